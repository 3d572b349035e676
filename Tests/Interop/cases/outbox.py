"""The queue towards the central system: repeats, errors, parking, order (§3.7, §3.9, §9.1)."""

import asyncio

from harness.naive import NaiveCentralSystem
from harness.registry import case
from harness.scenario import CARD, OTHER_CARD, active, msg, status

STATUSES = [msg("StatusNotification")]


async def start(t, evse=1, card=CARD):
    await t.station.plug(evse)
    await t.expect(status(evse, "Preparing"))
    await t.station.swipe(card, [evse])
    await t.expect("Authorize", idTag=card)


@case("CALLERROR to StartTransaction: retried as configured, then parked with its stop",
      keys={"TransactionMessageAttempts": "3", "TransactionMessageRetryInterval": "1",
            "MeterValueSampleInterval": "1"})
async def parked(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].fail = "InternalError"
    await start(t)
    attempts = await t.wait_for(msg("StartTransaction"), within=12, count=3)
    # §3.7.1: the n-th repeat waits n times the interval.
    t.true(attempts[1].at - attempts[0].at >= 0.8, "the first repeat came too early")
    t.true(attempts[2].at - attempts[1].at >= 1.6, "the second repeat came too early")
    t.true(all(a.payload == attempts[0].payload for a in attempts), "payloads of the repeats")
    state = await t.station.until(
        lambda s: s["upstreams"][0]["queued"]["parked"] > 0, within=4, what="parked")
    t.equal(state["evses"][0]["state"], "Charging", "state while the start is parked")
    t.catch_up()
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: not active(e))
    await t.station.unplug(1)
    await t.expect_none(msg("StopTransaction"), msg("StartTransaction"), during=3)
    t.true(not [r for r in t.seen(msg("MeterValues")) if "transactionId" in r.payload],
           "MeterValues of a transaction that the central system never took")
    # The next session goes on, with its own id.
    t.csms.behaviour["StartTransaction"].fail = None
    t.catch_up()
    await start(t, card=OTHER_CARD)
    await t.expect("StartTransaction", idTag=OTHER_CARD, skip=STATUSES)
    await t.charging()
    stop = await t.end(card=OTHER_CARD)
    t.equal(stop["transactionId"], t.transaction().id, "transactionId of the next session")


@case("two CALLERRORs, then an answer: one transaction, and its own stop")
async def late_answer(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].fail = ["InternalError", "GenericError"]
    await start(t)
    await t.wait_for(msg("StartTransaction"), within=12, count=3)
    t.catch_up()
    await t.station.swipe(CARD, [1])
    stop = await t.expect("StopTransaction", skip=STATUSES)
    t.equal(stop["transactionId"], t.transaction().id, "transactionId")


@case("a stop while its start is being retried waits, and carries the true id")
async def stop_waits(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].fail = ["InternalError", "InternalError"]
    await start(t)
    await t.wait_for(msg("StartTransaction"))
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: not active(e))
    await t.expect("StopTransaction", within=10, skip=[*STATUSES, msg("StartTransaction")])
    order = [r.action for r in t.csms.calls if "Transaction" in r.action]
    t.equal(order, ["StartTransaction"] * 3 + ["StopTransaction"], "order")


@case("CALLERROR to StopTransaction: retried, then parked; the next session goes on",
      keys={"TransactionMessageAttempts": "2"})
async def stop_parked(t):
    await t.boot()
    await t.begin()
    t.csms.behaviour["StopTransaction"].fail = "InternalError"
    await t.station.swipe(CARD, [1])
    await t.wait_for(msg("StopTransaction"), within=8, count=2)
    await t.station.unplug(1)
    await t.station.until(lambda s: s["upstreams"][0]["queued"]["parked"] > 0, what="parked")
    await asyncio.sleep(1.5)
    t.equal(len(t.seen(msg("StopTransaction"))), 2, "attempts")
    t.csms.behaviour["StopTransaction"].fail = None
    t.catch_up()
    await t.normal_session()


@case("a start whose answer was lost with the connection: same id, same bytes, one transaction")
async def answer_lost(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].withhold = 1
    await start(t)
    await t.expect("StartTransaction")
    t.csms.drop()
    await t.csms.disconnected()
    await t.expect("StartTransaction", within=10, skip=STATUSES)
    await t.charging()
    starts = t.transaction().starts
    t.equal(starts[0].id, starts[1].id, "message id after a lost connection")
    t.equal(starts[0].payload, starts[1].payload, "payload of the repeat")
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")
    await t.end()


@case("a stop whose answer was lost with the connection is repeated with the same bytes")
async def stop_answer_lost(t):
    await t.boot()
    await t.begin()
    t.csms.behaviour["StopTransaction"].withhold = 1
    await t.station.swipe(CARD, [1])
    await t.wait_for(msg("StopTransaction"))
    t.csms.drop()
    stops = await t.wait_for(msg("StopTransaction"), within=10, count=2)
    t.equal(stops[0].payload, stops[1].payload, "payload of the repeat")
    t.equal(stops[0].id, stops[1].id, "message id after a lost connection")


@case("a naive central system sees a repeat only where its answer was lost",
      system=NaiveCentralSystem)
async def naive(t):
    await t.boot()
    await t.begin()
    await t.end()
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")
    t.csms.behaviour["StartTransaction"].withhold = 1
    await start(t)
    await t.expect("StartTransaction")
    t.csms.drop()
    await t.expect("StartTransaction", within=10, skip=STATUSES)
    await t.charging()
    t.equal(len(t.csms.ledger.transactions), 3, "transactions")
    stop = await t.end()
    t.equal(stop["transactionId"], t.transaction().id, "the id of the answer that arrived")


@case("a call that is never answered is given up; the station goes on", limit=150)
async def never_answered(t):
    # How long it waits is not specified (OCPP-J §4.1.1 asks for a time-out); within two minutes.
    await t.boot()
    t.csms.behaviour["StartTransaction"].withhold = 1
    await start(t)
    await t.expect("StartTransaction")
    await t.wait_for(msg("StartTransaction"), within=120, count=2)
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")
    await t.station.until_evse(lambda e: e["session"]["transactionId"], what="a transaction id")


@case("stale statuses of an outage are not told one by one")
async def superseded(t):
    await t.boot()
    await t.link(False)
    for _ in range(10):
        await t.station.plug(1)
        await t.station.unplug(1)
    since = t.mark()
    await t.link(True)
    await asyncio.sleep(1)
    await t.station.drained()
    told = t.seen(msg("StatusNotification", connectorId=1), since)
    t.true(len(told) <= 2, f"{len(told)} statuses of connector 1 after the outage")
    t.true(not told or told[-1].payload["status"] == "Available", "the last status")


@case("the queue survives a power cut while offline", keys={"LocalPreAuthorize": "true"})
async def queue_survives(t):
    await t.boot()
    await t.begin()
    await t.end()
    await t.link(False)
    for _ in range(2):
        await t.station.plug(1)
        await t.station.swipe(CARD, [1])
        await t.station.until_evse(lambda e: e["state"] == "Charging")
        await t.station.swipe(CARD, [1])
        await t.station.until_evse(lambda e: not active(e))
        await t.station.unplug(1)
        await t.station.until_evse(lambda e: not e["connectors"][0]["cable"])
    await t.station.killed()
    since = t.mark()
    await t.station.start()
    await t.wait_for(msg("StopTransaction"), since=since, within=12, count=2)
    order = [r.action for r in t.csms.calls[since:] if "Transaction" in r.action]
    t.equal(order, ["StartTransaction", "StopTransaction"] * 2, "order")


@case("what was answered leaves the queue in the state within ten seconds, also when all is quiet")
async def quiet_commit(t):
    # DESIGN §4: an observation may ride with the next commit "within … ten seconds".
    await t.boot()
    await t.station.until(lambda s: not any(s["upstreams"][0]["queued"].values()), 12,
                          "an empty queue")
