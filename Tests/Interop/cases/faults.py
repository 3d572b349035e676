"""Faults: reported, safe, and never the start of a session (OCPP 1.6 §4.9, §7.6)."""

from harness.registry import case
from harness.scenario import CARD, active, msg, status


async def fault(t, kind, active=True, evse=1):
    await t.station.sim("fault", evse=evse, kind=kind, active=active)


@case("a faulted connector does not start a transaction", "041", keys={"ConnectionTimeOut": "2"})
async def no_start(t):
    await t.boot()
    await fault(t, "GroundFailure")
    await t.expect("StatusNotification", connectorId=1, status="Faulted",
                   errorCode="GroundFailure")
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    await t.expect_none(msg("StartTransaction"), during=3)
    answer = await t.csms.request("RemoteStartTransaction", idTag=CARD, connectorId=1)
    t.equal(answer["status"], "Rejected", "RemoteStartTransaction on a faulted connector")
    await t.station.unplug(1)
    await fault(t, "GroundFailure", False)
    await t.wait_for(status(1, "Available"), since=t.position)
    await t.normal_session()


@case("a fault in a session opens the contactor and is reported", "041")
async def in_session(t):
    await t.boot()
    await t.begin()
    await fault(t, "HighTemperature")
    # The session may end (reason Other, EmergencyStop …) or wait; the power must be off.
    await t.wait_for(msg("StatusNotification", connectorId=1, status="Faulted",
                         errorCode="HighTemperature"))
    await t.station.until_evse(lambda e: e["contactor"] == "open", within=1, what="open")
    t.true((await t.station.evse(1))["fault"], "no fault in the state")


@case("a word that is no OCPP error code is OtherError with vendorErrorCode")
async def vendor_code(t):
    await t.boot()
    await fault(t, "SpiderInside")
    await t.expect("StatusNotification", connectorId=1, status="Faulted", errorCode="OtherError",
                   vendorErrorCode="SpiderInside")
    await fault(t, "SpiderInside", False)
    await t.expect(status(1, "Available"))


@case("the other connector is not touched by a fault")
async def other_connector(t):
    await t.boot()
    await fault(t, "GroundFailure")
    await t.expect("StatusNotification", connectorId=1, status="Faulted")
    await t.normal_session(2)


@case("a fault survives a power cut as long as it is there, or is found again")
async def after_cut(t):
    await t.boot()
    await fault(t, "GroundFailure")
    await t.expect("StatusNotification", connectorId=1, status="Faulted")
    await t.station.killed()
    await t.station.start()
    await t.expect("BootNotification", within=10)
    # The simulated board starts anew: its fault may be gone with the process.
    await t.expect_all(status(0, "Available"), msg("StatusNotification", connectorId=1),
                       status(2, "Available"))


@case("a welded contact is noticed when the session ends")
async def welded(t):
    await t.boot()
    await t.begin()
    await t.station.sim("contactor", evse=1, mode="welded")
    await t.station.swipe(CARD, [1])
    await t.wait_for(msg("StatusNotification", connectorId=1, status="Faulted"), within=8)
    await t.wait_for(msg("StopTransaction"))


@case("a full disk refuses new sessions and finishes the running one")
async def full_disk(t):
    await t.boot()
    await t.begin(1)
    await t.station.sim("storage", freeBytes=0)
    await t.station.plug(2)
    await t.station.swipe("04D4E5F6", [2])
    await t.expect_none(msg("StartTransaction"), msg("StopTransaction"))
    t.true(active(await t.station.evse(2)) is None, "a session without room to finish it")
    await t.station.swipe(CARD, [1])
    await t.wait_for(msg("StopTransaction"))
    t.true(t.transaction(1).energy_wh >= 0, "energy")
    await t.station.unplug(1)
    await t.station.sim("storage", freeBytes=10**10)
    await t.station.unplug(2)
    await t.station.until_evse(lambda e: not e["connectors"][0]["cable"], 2)
    await t.station.drained()
    await t.normal_session(1)
