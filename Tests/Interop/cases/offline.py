"""Without a central system: what may start, and that all of it is told (§4.1, §3.7)."""

import asyncio
from datetime import datetime, timezone

from harness.referee import moment
from harness.registry import case
from harness.scenario import CARD, OTHER_CARD, active, msg, status

STATUSES = [msg("StatusNotification")]
UNKNOWN_ALLOWED = {"AllowOfflineTxForUnknownId": "true"}


async def start_offline(t, card=CARD, evse=1):
    await t.station.plug(evse)
    await t.station.swipe(card, [evse])
    await t.station.until_evse(lambda e: e["state"] == "Charging", evse, what="Charging")


async def learn(t, card=CARD):
    await t.begin(card=card)
    await t.end(card=card)


@case("the connection is lost in a session: it goes on, MeterValues come later", "036",
      keys={"MeterValueSampleInterval": "1"})
async def lost_in_session(t):
    await t.boot()
    transaction = await t.begin()
    await t.link(False)
    t.equal(t.csms.close_codes[-1], 1000, "close code")
    since, began = t.mark(), t.log.now()
    await asyncio.sleep(3.2)
    t.equal((await t.station.evse(1))["state"], "Charging", "state while offline")
    outage = t.log.now() - began
    await t.link(True)
    received = await t.wait_for(msg("MeterValues", transactionId=transaction), since=since,
                                within=6, count=3)
    times = [moment(r.payload["meterValue"][0]["timestamp"]).timestamp() for r in received]
    t.true(times == sorted(times), "MeterValues are out of order")
    t.true(times[0] < times[-1] and outage > 3, "no values from the outage")
    t.catch_up()
    await t.end()


@case("offline start of a card that turns out valid", "037_1", keys=UNKNOWN_ALLOWED)
async def offline_valid(t):
    await t.boot()
    await t.link(False)
    await start_offline(t)
    await asyncio.sleep(1)
    began = await t.station.state()
    await t.link(True)
    start = await t.expect("StartTransaction", idTag=CARD, skip=STATUSES)
    session = began["evses"][0]["session"]
    t.near(moment(start["timestamp"]).timestamp(), moment(session["startedAt"]).timestamp(), 1.1,
           "the time of the start")
    await t.expect_none(msg("StopTransaction"))
    t.equal((await t.station.evse(1))["state"], "Charging", "state")
    await t.end()


@case("offline start of an invalid card, StopTransactionOnInvalidId false: SuspendedEVSE", "037_2",
      keys={**UNKNOWN_ALLOWED, "StopTransactionOnInvalidId": "false"})
async def offline_invalid_kept(t):
    await t.boot()
    t.csms.tokens[CARD] = {"status": "Invalid"}
    await t.link(False)
    await start_offline(t)
    await t.link(True)
    await t.expect("StartTransaction", skip=STATUSES)
    await t.expect(status(1, "SuspendedEVSE"), skip=STATUSES)
    before = (await t.station.evse(1))["energyWh"]
    await t.expect_none(msg("StopTransaction"))
    evse = await t.station.evse(1)
    t.near(evse["energyWh"], before, 0.5, "energy after the card was refused")
    transaction = t.transaction().id
    answer = await t.csms.request("RemoteStopTransaction", transactionId=transaction)
    t.equal(answer["status"], "Accepted", "RemoteStopTransaction")
    await t.stopped(1, "Remote")


@case("offline start of an invalid card, StopTransactionOnInvalidId true: DeAuthorized", "037_3",
      keys={**UNKNOWN_ALLOWED, "StopTransactionOnInvalidId": "true"})
async def offline_invalid_stopped(t):
    await t.boot()
    t.csms.tokens[CARD] = {"status": "Invalid"}
    await t.link(False)
    await start_offline(t)
    await t.link(True)
    await t.expect("StartTransaction", skip=STATUSES)
    stop = await t.expect("StopTransaction", reason="DeAuthorized", skip=STATUSES)
    t.equal(stop["transactionId"], t.transaction().id, "transactionId")
    t.equal((await t.station.evse(1))["contactor"], "open", "contactor")


@case("MaxEnergyOnInvalidId: so much and no more after the card was refused", "037_2",
      settings={"simulation": {"speed": 10}},
      keys={**UNKNOWN_ALLOWED, "StopTransactionOnInvalidId": "false",
            "MaxEnergyOnInvalidId": "60"})
async def max_energy(t):
    await t.boot()
    t.csms.tokens[CARD] = {"status": "Invalid"}
    await t.link(False)
    await start_offline(t)
    await t.link(True)
    await t.expect("StartTransaction", skip=STATUSES)
    before = (await t.station.evse(1))["session"]["energyWh"]
    await t.expect(status(1, "SuspendedEVSE"), within=12, skip=STATUSES)
    await asyncio.sleep(0.3)
    after = (await t.station.evse(1))["session"]["energyWh"]
    # Counted from the start or from the refusal; a second of this car is 20 Wh.
    t.true(40 <= after <= before + 60 + 30, f"{before} Wh when refused, {after} Wh at the end")
    await t.expect_none(msg("StopTransaction"), during=1)


@case("offline stop: told after the reconnection", "038")
async def offline_stop(t):
    await t.boot()
    await t.begin()
    await t.link(False)
    await asyncio.sleep(0.5)
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: e["contactor"] == "open" and not active(e))
    await t.station.unplug(1)
    await t.link(True)
    await t.expect("StopTransaction", reason={"Local", None}, skip=STATUSES)
    await t.station.drained()
    t.equal(t.seen(msg("StatusNotification", connectorId=1))[-1].payload["status"], "Available",
            "the last status")


@case("a whole session offline: Start and Stop in order, once", "039",
      keys={"MeterValueSampleInterval": "1"})
async def whole_session(t):
    await t.boot()
    await learn(t)
    await t.link(False)
    await start_offline(t)
    await asyncio.sleep(2.2)
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: not active(e))
    await t.station.unplug(1)
    since = t.mark()
    await t.link(True)
    start = await t.expect("StartTransaction", skip=STATUSES)
    stop = await t.expect("StopTransaction", reason={"Local", None}, skip=STATUSES)
    t.true(moment(start["timestamp"]) < moment(stop["timestamp"]), "times")
    t.true(stop["meterStop"] > start["meterStart"], "no energy")
    await t.station.drained()
    order = [r.action for r in t.csms.calls[since:]
             if r.action in ("StartTransaction", "StopTransaction") or (
                 r.action == "MeterValues" and "transactionId" in r.payload)]
    t.true(order[0] == "StartTransaction" and order[-1] == "StopTransaction", f"order {order}")
    t.true(order.count("MeterValues") >= 1, "the samples of the outage are missing")
    t.equal(len(t.csms.ledger.transactions), 2, "transactions")


@case("five sessions offline on one connector, all of them told in order", "039")
async def five_sessions(t):
    await t.boot()
    await learn(t)
    await t.link(False)
    energies = []
    for _ in range(5):
        await start_offline(t)
        await asyncio.sleep(0.7)
        await t.station.sim("ev", evse=1, demand="suspend")
        await asyncio.sleep(1.5)  # meters are read once a second
        energies.append((await t.station.evse(1))["session"]["energyWh"])
        await t.station.swipe(CARD, [1])
        await t.station.until_evse(lambda e: not active(e))
        await t.station.unplug(1)
        await t.station.until_evse(lambda e: not e["connectors"][0]["cable"])
    since = t.mark()
    await t.link(True)
    await t.wait_for(msg("StopTransaction"), since=since, within=10, count=5)
    order = [r.action for r in t.csms.calls[since:] if "Transaction" in r.action]
    t.equal(order, ["StartTransaction", "StopTransaction"] * 5, "order")
    told = [x.energy_wh for x in list(t.csms.ledger.transactions.values())[1:]]
    for found, wanted in zip(told, energies):
        t.near(found, wanted, 1.01, "energy in the books")


@case("a cached card starts offline with LocalAuthorizeOffline")
async def cached_offline(t):
    await t.boot()
    await learn(t)
    await t.link(False)
    await start_offline(t)


@case("a cached card does not start offline without LocalAuthorizeOffline",
      keys={"LocalAuthorizeOffline": "false"})
async def cached_not_offline(t):
    await t.boot()
    await learn(t)
    await t.link(False)
    await refused(t, CARD)


@case("an unknown card does not start offline without AllowOfflineTxForUnknownId")
async def unknown_not_offline(t):
    await t.boot()
    await t.link(False)
    await refused(t, OTHER_CARD)


@case("a card that was refused online does not start offline", keys=UNKNOWN_ALLOWED)
async def refused_not_offline(t):
    # §4.1.1 with the cache: an identifier with another status than Accepted is not unknown.
    t.csms.tokens[CARD] = {"status": "Blocked"}
    await t.boot()
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    await t.wait_for(msg("Authorize"))
    await t.station.unplug(1)
    await t.station.until_evse(lambda e: not e["connectors"][0]["cable"])
    await t.link(False)
    await refused(t, CARD)


async def refused(t, card):
    await t.station.plug(1)
    await t.station.swipe(card, [1])
    await asyncio.sleep(1.2)
    evse = await t.station.evse(1)
    t.true(not active(evse) and evse["contactor"] == "open", f"it started: {evse}")


@case("the station starts without a central system and sells by cache", "039")
async def never_online(t):
    await t.boot()
    await learn(t)
    await t.station.stop()
    await t.csms.offline()
    await t.station.start()
    await start_offline(t)
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: not active(e))
    t.catch_up()
    await t.csms.listen()
    await t.expect("BootNotification", within=15)
    await t.expect("StartTransaction", skip=STATUSES)
    await t.expect("StopTransaction", skip=STATUSES)


@case("a station that does not know the time sells, and tells true times when it learns them")
async def clock_unknown(t):
    await t.boot()
    await learn(t)
    await t.station.stop()
    await t.csms.offline()
    await t.station.start()
    await t.station.sim("clock", wall="unknown")
    began = datetime.now(timezone.utc).timestamp()
    await start_offline(t)
    await asyncio.sleep(1.5)
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: not active(e))
    ended = datetime.now(timezone.utc).timestamp()
    t.catch_up()
    await t.csms.listen()
    await t.expect("BootNotification", within=15)
    start = await t.expect("StartTransaction", skip=STATUSES)
    stop = await t.expect("StopTransaction", skip=STATUSES)
    t.near(moment(start["timestamp"]).timestamp(), began, 2.5, "the time of the start")
    t.near(moment(stop["timestamp"]).timestamp(), ended, 2.5, "the time of the stop")
