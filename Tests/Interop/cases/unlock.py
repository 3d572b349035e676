"""UnlockConnector and failing locks (OCPP 1.6 §5.18)."""

from harness.config import fixed_cable
from harness.registry import case
from harness.scenario import CARD, msg, status


async def unlock(t, wanted, connector=1):
    answer = await t.csms.request("UnlockConnector", connectorId=connector)
    t.equal(answer["status"], wanted, f"UnlockConnector {connector}")


@case("unlock, idle: Unlocked", "017_1")
async def idle(t):
    await t.boot()
    await unlock(t, "Unlocked")


@case("unlock a fixed cable, idle: NotSupported", "017_2", connectors=fixed_cable())
async def idle_fixed(t):
    await t.boot()
    await unlock(t, "NotSupported")


@case("unlock in a session: Unlocked, Stop UnlockCommand", "018_1")
async def in_session(t):
    await t.boot()
    await t.begin()
    await unlock(t, "Unlocked")
    await t.stopped(1, "UnlockCommand")
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))


@case("unlock a fixed cable in a session: NotSupported, session kept", "018_2",
      connectors=fixed_cable())
async def in_session_fixed(t):
    await t.boot()
    await t.begin()
    await unlock(t, "NotSupported")
    await t.expect_none(msg("StopTransaction"), during=1)
    t.equal((await t.station.evse(1))["state"], "Charging", "state")


@case("the lock fails to lock: Faulted ConnectorLockFailure, no transaction", "024")
async def lock_failure(t):
    await t.boot()
    await t.station.sim("lock", evse=1, mode="failLock")
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    await t.expect("StatusNotification", connectorId=1, status="Faulted",
                   errorCode="ConnectorLockFailure",
                   skip=[status(1, "Preparing"), msg("Authorize")])
    await t.expect_none(msg("StartTransaction"))
    t.true((await t.station.evse(1))["contactor"] == "open", "the contactor is closed")


@case("the lock fails to unlock: UnlockFailed", "030")
async def unlock_failed(t):
    await t.boot()
    await t.station.sim("lock", evse=1, mode="failUnlock")
    await unlock(t, "UnlockFailed")


@case("unlock an unknown connector: NotSupported", "031")
async def unknown(t):
    await t.boot()
    await unlock(t, "NotSupported", connector=17)
    await unlock(t, "NotSupported", connector=0)
