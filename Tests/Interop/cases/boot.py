"""Registration: BootNotification, the first statuses, heartbeats (OCPP 1.6 §4.2, §4.6)."""

import asyncio

from harness.referee import moment
from harness.registry import case
from harness.scenario import active, msg, status


@case("cold boot: registration, a status for each connector and 0, heartbeats", "001", interval=2)
async def cold_boot(t):
    await t.listen()
    await t.station.start()
    boot = await t.registered()
    t.equal(boot["chargePointVendor"], "UL FE", "vendor")
    t.equal(boot["chargePointModel"], "ChargePi", "model")
    beats = await t.wait_for(msg("Heartbeat"), within=7, count=3)
    for earlier, later in zip(beats, beats[1:]):
        t.near(later.at - earlier.at, 2, 0.8, "seconds between heartbeats")
    upstream = (await t.station.state())["upstreams"][0]
    t.equal((upstream["online"], upstream["registration"], upstream["version"]),
            (True, "Accepted", "1.6"), "upstream in /v1/state")


@case("the heartbeat follows the interval of the boot answer, then HeartbeatInterval", interval=1)
async def heartbeat_interval(t):
    await t.boot()
    await t.wait_for(msg("Heartbeat"), within=3)
    t.equal(int((await t.keys("HeartbeatInterval"))["HeartbeatInterval"]), 1, "HeartbeatInterval")
    await t.set_key("HeartbeatInterval", "3")
    since = t.mark()
    first, second = (await t.wait_for(msg("Heartbeat"), within=9, since=since, count=2))[:2]
    t.near(second.at - first.at, 3, 0.8, "seconds between heartbeats")


@case("boot Pending: configuration is served, boot again after the interval", "002", interval=2)
async def pending(t):
    t.csms.boot_status = "Pending"
    await t.listen()
    await t.station.start()
    await t.expect("BootNotification", within=10)
    first = t.seen(msg("BootNotification"))[-1].at
    t.true("HeartbeatInterval" in await t.keys(), "GetConfiguration is not served while Pending")
    await t.set_key("MeterValueSampleInterval", "77")
    started = await t.csms.request("RemoteStartTransaction", idTag="04A1B2C3", connectorId=1)
    t.equal(started["status"], "Rejected", "RemoteStartTransaction while Pending")
    t.csms.boot_status = "Accepted"
    await t.registered()
    second = t.seen(msg("BootNotification"))[-1].at
    t.near(second - first, 2, 1, "seconds between the two BootNotifications")
    t.equal((await t.keys("MeterValueSampleInterval"))["MeterValueSampleInterval"], "77", "kept")
    await t.wait_for(msg("Heartbeat"), within=4)


@case("boot Rejected: nothing else until the interval has passed, then boot again", interval=2)
async def rejected(t):
    t.csms.boot_status = "Rejected"
    await t.listen()
    await t.station.start()
    await t.wait_for(msg("BootNotification"), within=15, count=3)
    boots = t.seen(msg("BootNotification"))
    t.equal(len(t.csms.calls), len(boots), "calls while Rejected")
    for earlier, later in zip(boots, boots[1:]):
        t.true(later.at - earlier.at >= 1.7, "BootNotification came before the interval was over")
    t.csms.boot_status = "Accepted"
    t.catch_up()
    await t.registered(within=6)


@case("boot Rejected with interval 0: the station chooses its own, and does not flood", interval=0)
async def rejected_without_interval(t):
    t.csms.boot_status = "Rejected"
    await t.listen()
    await t.station.start()
    await t.wait_for(msg("BootNotification"), within=10)
    await asyncio.sleep(3)
    t.true(len(t.csms.calls) <= 3, f"{len(t.csms.calls)} BootNotifications within three seconds")


@case("the session of a station that is not registered is told after registration", interval=2,
      keys={"AllowOfflineTxForUnknownId": "true"})
async def session_before_registration(t):
    # 1.6 §4.2: while not accepted the station may charge by its own rules; it may also refuse.
    t.csms.boot_status = "Rejected"
    await t.listen()
    await t.station.start()
    await t.wait_for(msg("BootNotification"), within=10)
    await t.station.plug(1)
    await t.station.swipe("04A1B2C3", [1])
    await asyncio.sleep(1)
    charging = active(await t.station.evse(1)) is not None
    t.csms.boot_status = "Accepted"
    t.catch_up()
    await t.expect("BootNotification", within=6)
    if charging:
        start = await t.expect("StartTransaction", skip=[msg("StatusNotification")])
        boot = t.seen(msg("BootNotification"))[-1]
        t.true(moment(start["timestamp"]).timestamp() > 0 and boot.at > 1, "start time")
    else:
        await t.expect(status(1, "Preparing", "Available"), skip=[msg("StatusNotification")])


@case("a reconnection is not a reboot: no second BootNotification is needed")
async def reconnection(t):
    await t.boot()
    t.csms.drop()
    await t.csms.disconnected()
    await t.csms.connected()
    await t.expect_none(msg("StatusNotification", connectorId=lambda c: c > 2))
    await t.normal_session()


@case("times without a zone and with an offset are read in the boot answer")
async def times_with_and_without_zone(t):
    t.csms.behaviour["BootNotification"].reply = lambda _: {
        "currentTime": "2026-11-23T12:00:00", "interval": 2, "status": "Accepted"}
    t.csms.behaviour["Heartbeat"].reply = lambda _: {"currentTime": "2026-11-23T13:00:00+01:00"}
    await t.boot()
    await t.wait_for(msg("Heartbeat"), within=5, count=2)
    t.equal((await t.station.state())["upstreams"][0]["registration"], "Accepted", "registration")
