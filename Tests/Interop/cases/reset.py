"""Reset, idle and in a session (OCPP 1.6 §5.14)."""

from harness.registry import case
from harness.scenario import msg, status


async def reset(t, kind):
    link = t.csms.session._connection.link
    answer = await t.csms.request("Reset", type=kind)
    t.equal(answer["status"], "Accepted", f"Reset {kind}")
    return link


async def back(t, link):
    """The station has come back on a new connection."""
    await t.csms.until(lambda: t.csms.session and t.csms.session._connection.link > link, 15,
                       "a new connection after Reset")


async def idle(t, kind):
    await t.boot()
    answer = await t.csms.request("ChangeAvailability", connectorId=2, type="Inoperative")
    t.equal(answer["status"], "Accepted", "ChangeAvailability")
    await t.expect(status(2, "Unavailable"))
    process, port = t.station.process.pid, t.station.port
    link = await reset(t, kind)
    await t.expect("BootNotification", within=15)
    await t.expect_all(*t.statuses({2: ("Unavailable",)}))
    await back(t, link)
    t.true(t.station.alive and t.station.process.pid == process, "another process")
    t.true(await t.station.healthy() and t.station.port == port, "another port")
    await t.normal_session(1)


async def in_session(t, kind):
    await t.boot()
    await t.begin()
    link = await reset(t, kind)
    # Before the restart or after it: both are allowed; with the cable in, the connector is
    # Finishing or, after the restart, Preparing.
    await t.expect_all(
        msg("StopTransaction", reason=f"{kind}Reset"), msg("BootNotification"),
        status(0, "Available"), status(1, "Finishing", "Preparing"), status(2, "Available"),
        within=15, skip=[status(1, "SuspendedEVSE", "SuspendedEV", "Finishing", "Preparing")])
    await back(t, link)
    await t.station.unplug(1)
    await t.expect(status(1, "Available"), skip=[status(1, "Finishing", "Preparing")])
    t.equal(len(t.csms.ledger.open), 0, "open transactions")
    await t.normal_session(1)


@case("hard reset, idle: Boot, statuses, Unavailable kept", "013")
async def hard_idle(t):
    await idle(t, "Hard")


@case("soft reset, idle: Boot, statuses, Unavailable kept", "014")
async def soft_idle(t):
    await idle(t, "Soft")


@case("hard reset in a session: Stop HardReset, Boot, statuses", "015")
async def hard_in_session(t):
    await in_session(t, "Hard")


@case("soft reset in a session: Stop SoftReset, Boot, statuses", "016")
async def soft_in_session(t):
    await in_session(t, "Soft")


@case("what was changed by ChangeConfiguration survives a reset")
async def configuration_survives(t):
    await t.boot()
    await t.set_key("MeterValueSampleInterval", "41")
    await reset(t, "Soft")
    await t.expect("BootNotification", within=15)
    t.equal((await t.keys("MeterValueSampleInterval"))["MeterValueSampleInterval"], "41", "value")
