"""Power cuts (SIGKILL), stops, and what persists over them (CONTRACT: programs)."""

import asyncio

from harness.registry import case
from harness.scenario import CARD, msg, status

RESUME = {"resume_after_power_loss": True}


async def settled(t, reason, connector=1):
    """After a start with the cable in: Boot, statuses, and the interrupted session's stop."""
    stop = (await t.expect_all(
        msg("StopTransaction", reason=reason), msg("BootNotification"), status(0, "Available"),
        status(connector, "Finishing"), status(3 - connector, "Available"), within=12,
        skip=[status(connector, "SuspendedEV", "SuspendedEVSE")]))[0]
    return stop


@case("power cut in a session: Boot, Finishing, Stop PowerLoss at the last reading", "032_2")
async def power_cut(t):
    await t.boot()
    transaction = await t.begin()
    await asyncio.sleep(1.5)
    before = (await t.station.evse(1))["session"]["energyWh"]
    await t.station.killed()
    await t.station.start()
    stop = await settled(t, "PowerLoss")
    t.equal(stop["transactionId"], transaction, "transactionId")
    lost = before - t.transaction().energy_wh
    t.true(-2 <= lost <= max(10, 10 * 7360 / 3600) + 1, f"{lost} Wh were lost by one cut")
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))
    await t.normal_session()
    t.equal(len(t.csms.ledger.transactions), 2, "transactions")


@case("stopped in a session (SIGTERM): settled at the next start, reason Reboot", "032_1")
async def asked_to_stop(t):
    await t.boot()
    transaction = await t.begin()
    await t.station.stop()
    await t.station.start()
    # The stop may have gone out before the end of the process, as with a UPS.
    stops = t.seen(msg("StopTransaction"))
    if stops:
        t.equal(stops[0].payload["reason"], {"Reboot", "PowerLoss"}, "reason")
        await t.wait_for(msg("BootNotification"), since=t.position, within=10)
    else:
        stop = await settled(t, "Reboot")
        t.equal(stop["transactionId"], transaction, "transactionId")
    t.catch_up()
    await t.station.unplug(1)
    await t.expect(status(1, "Available"), skip=[msg("StatusNotification")])
    t.equal(len(t.csms.ledger.open), 0, "open transactions")


@case("power cut in a session that resumes: same transaction, charging goes on", "032_2",
      settings=RESUME)
async def resume(t):
    await t.boot()
    transaction = await t.begin()
    await asyncio.sleep(1)
    await t.station.killed()
    await t.station.start()
    await t.expect_all(msg("BootNotification"), status(0, "Available"), status(1, "Charging"),
                       status(2, "Available"), within=12,
                       skip=[status(1, "Preparing", "SuspendedEV", "SuspendedEVSE")])
    session = (await t.station.evse(1))["session"]
    t.equal(session["transactionId"], transaction, "transactionId after the cut")
    before = session["energyWh"]
    # Readings may ride with later commits for up to ten seconds before they are shown.
    await t.station.until_evse(lambda e: e["session"]["energyWh"] > before + 1, within=13,
                               what="more energy")
    await t.end()
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")


@case("power cut while offline: the session is told afterwards, once",
      keys={"LocalPreAuthorize": "true"})
async def power_cut_offline(t):
    await t.boot()
    await t.begin()
    await t.end()
    await t.link(False)
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: e["state"] == "Charging")
    await asyncio.sleep(1)
    await t.station.killed()
    t.catch_up()
    await t.station.start()
    await t.expect_all(msg("StartTransaction"), msg("StopTransaction", reason="PowerLoss"),
                       msg("BootNotification"), within=12, skip=[msg("StatusNotification")])
    await t.station.drained()
    t.equal(len(t.csms.ledger.transactions), 2, "transactions")
    t.equal(len(t.csms.ledger.open), 0, "open transactions")


@case("two power cuts in a row settle a session once")
async def two_cuts(t):
    await t.boot()
    await t.begin()
    await t.station.killed()
    await t.csms.offline()
    await t.station.start()
    await asyncio.sleep(0.5)
    await t.station.killed()
    await t.csms.listen()
    t.catch_up()
    await t.station.start()
    await settled(t, "PowerLoss")
    await t.expect_none(msg("StopTransaction"), msg("StartTransaction"))


@case("a power cut between a start and its answer: one session in the books")
async def cut_before_answer(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].withhold = 1
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize")
    await t.expect("StartTransaction")
    await t.station.killed()
    await t.station.start()
    await t.expect_all(msg("StartTransaction"), msg("StopTransaction", reason="PowerLoss"),
                       msg("BootNotification"), within=12, skip=[msg("StatusNotification")])
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")
    starts = t.transaction().starts
    t.equal(starts[0].payload, starts[1].payload, "the repeated StartTransaction")
    t.equal(starts[0].id, starts[1].id, "message id after a lost connection")


def unavailable(connector):
    @case(f"Unavailable persists over a power cut, connector {connector}", "034")
    async def persists(t):
        await t.boot()
        answer = await t.csms.request("ChangeAvailability", connectorId=connector,
                                      type="Inoperative")
        t.equal(answer["status"], "Accepted", "ChangeAvailability")
        affected = range(3) if connector == 0 else [connector]
        await t.expect_all(*[status(n, "Unavailable") for n in affected])
        await t.station.killed()
        await t.station.start()
        await t.expect("BootNotification", within=10)
        await t.expect_all(*t.statuses({n: ("Unavailable",) for n in affected}))
        answer = await t.csms.request("ChangeAvailability", connectorId=connector,
                                      type="Operative")
        t.equal(answer["status"], "Accepted", "ChangeAvailability")
        await t.expect_all(*[status(n, "Available") for n in affected])


for _connector in (0, 1, 2):
    unavailable(_connector)
