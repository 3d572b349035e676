"""Regular sessions at a socket with plug sensing and a lock."""

import asyncio
from datetime import datetime, timezone

from harness.referee import moment
from harness.registry import case
from harness.scenario import CARD, OTHER_CARD, msg, status


@case("plug first: Preparing, Authorize, Start, Charging, Stop Local, Finishing, Available", "003")
async def plug_first(t):
    await t.boot()
    await t.begin()
    start = t.transaction().starts[0].payload
    age = datetime.now(timezone.utc) - moment(start["timestamp"])
    t.true(abs(age.total_seconds()) < 10, f"the start's time is off by {age}")
    t.true("reservationId" not in start, "a reservationId without a reservation")
    await asyncio.sleep(1.2)
    stop = await t.end()
    t.equal(stop["transactionId"], t.transaction().id, "transactionId of the stop")
    t.equal(stop.get("idTag", CARD), CARD, "idTag of the stop")
    t.true(moment(stop["timestamp"]) > moment(start["timestamp"]), "stop is not after start")
    t.true(stop["meterStop"] > start["meterStart"], "no energy in a second of 7 kW")


@case("the books say what the meter says, to the watt-hour")
async def energy(t):
    await t.boot()
    await t.begin()
    await asyncio.sleep(2)
    await t.station.sim("ev", evse=1, demand="suspend")
    await t.expect(status(1, "SuspendedEV"))
    await asyncio.sleep(1.5)  # meters are read once a second
    told = (await t.station.evse(1))["session"]["energyWh"]
    t.true(2 < told < 12, f"{told} Wh after about two seconds at 7360 W")
    await t.end()
    t.near(t.transaction().energy_wh, told, 1, "energy in the books")
    register = (await t.station.evse(1))["energyWh"]
    t.near(t.transaction().stops[0].payload["meterStop"], register, 1, "meterStop")


@case("the register goes on: the second session starts where the first stopped")
async def register_goes_on(t):
    await t.boot()
    await t.begin()
    await asyncio.sleep(1)
    first = await t.end()
    await t.begin()
    second = t.transaction().starts[0].payload
    t.near(second["meterStart"], first["meterStop"], 1, "meterStart of the second session")
    await t.end()


@case("identification first, then the cable", "004_1")
async def id_first(t):
    await t.boot()
    await t.station.swipe(CARD, [1])
    await t.expect_all(msg("Authorize", idTag=CARD), status(1, "Preparing"))
    await t.station.plug(1)
    await t.expect("StartTransaction", connectorId=1, idTag=CARD,
                   skip=[status(1, "Preparing")])
    await t.charging()
    await t.end()


@case("identified but never plugged in: Available after ConnectionTimeOut", "004_2",
      keys={"ConnectionTimeOut": "2"})
async def connection_time_out(t):
    await t.boot()
    await t.station.swipe(CARD, [1])
    await t.expect_all(msg("Authorize", idTag=CARD), status(1, "Preparing"))
    began = t.log.now()
    await t.expect(status(1, "Available"))
    t.near(t.log.now() - began, 2, 0.8, "seconds of ConnectionTimeOut")
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.expect_none(msg("StartTransaction"))


@case("unplugged at the car: Stop EVDisconnected, Finishing, unlocked, Available", "005_1")
async def ev_side_disconnect(t):
    await t.boot()
    await t.begin()
    await t.station.unplug(1, side="ev")
    await t.stopped(1, "EVDisconnected")
    await t.station.until_evse(lambda e: not e["connectors"][0]["locked"], what="unlocked")
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))


@case("unplugged at the car, lock stays: UnlockConnector opens it", "005_2",
      keys={"UnlockConnectorOnEVSideDisconnect": "false"})
async def ev_side_disconnect_locked(t):
    await t.boot()
    await t.begin()
    await t.station.unplug(1, side="ev")
    await t.stopped(1, "EVDisconnected")
    t.equal((await t.station.evse(1))["connectors"][0]["locked"], True, "locked")
    answer = await t.csms.request("UnlockConnector", connectorId=1)
    t.equal(answer["status"], "Unlocked", "UnlockConnector")
    await t.station.until_evse(lambda e: not e["connectors"][0]["locked"], what="unlocked")
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))


@case("unplugged at the car, session kept: SuspendedEV, then a remote stop", "005_3",
      keys={"StopTransactionOnEVSideDisconnect": "false",
            "UnlockConnectorOnEVSideDisconnect": "false"})
async def ev_side_disconnect_kept(t):
    await t.boot()
    transaction = await t.begin()
    await t.station.unplug(1, side="ev")
    await t.expect(status(1, "SuspendedEV"))
    await t.expect_none(msg("StopTransaction"), during=1)
    answer = await t.csms.request("RemoteStopTransaction", transactionId=transaction)
    t.equal(answer["status"], "Accepted", "RemoteStopTransaction")
    await t.stopped(1, "Remote", after=("Finishing", "Available"))
    await t.station.unplug(1)
    await t.station.until_evse(lambda e: e["connectors"][0]["status"] == "Available")


@case("unplugged at the car, session kept, plugged in again: charging goes on",
      keys={"StopTransactionOnEVSideDisconnect": "false",
            "UnlockConnectorOnEVSideDisconnect": "false"})
async def ev_side_reconnect(t):
    await t.boot()
    await t.begin()
    await t.station.unplug(1, side="ev")
    await t.expect(status(1, "SuspendedEV"))
    # A simulated car comes back by a plug; where the cable counts as still in, 409 is right.
    try:
        await t.station.plug(1)
    except Exception:
        await t.end()
        return
    await t.charging()
    await t.end()


@case("a session is stopped by its own card only", "068")
async def stop_by_same_card(t):
    await t.boot()
    await t.begin()
    await t.station.swipe(OTHER_CARD, [1])
    await t.expect_none(msg("StopTransaction"), msg("StartTransaction"))
    t.equal((await t.station.evse(1))["state"], "Charging", "state")
    await t.end()


@case("a session is stopped by a card of the same group", "069")
async def stop_by_group(t):
    for card in (CARD, OTHER_CARD):
        t.csms.tokens[card] = {"status": "Accepted", "parentIdTag": "GROUP-1"}
    await t.boot()
    await t.begin()
    await t.station.swipe(OTHER_CARD, [1])
    await t.expect("Authorize", idTag=OTHER_CARD)
    stop = await t.stopped(1, "Local")
    t.equal(stop.get("idTag", OTHER_CARD), OTHER_CARD, "idTag of the stop")
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))


@case("a card of another group does not stop a session", "069")
async def other_group(t):
    t.csms.tokens[CARD] = {"status": "Accepted", "parentIdTag": "GROUP-1"}
    t.csms.tokens[OTHER_CARD] = {"status": "Accepted", "parentIdTag": "GROUP-2"}
    await t.boot()
    await t.begin()
    await t.station.swipe(OTHER_CARD, [1])
    await t.expect_none(msg("StopTransaction"))
    await t.end()


@case("the car suspends and resumes: SuspendedEV, Charging, one transaction")
async def suspend_and_resume(t):
    await t.boot()
    await t.begin()
    await t.station.sim("ev", evse=1, demand="suspend")
    await t.expect(status(1, "SuspendedEV"))
    before = (await t.station.evse(1))["energyWh"]
    await asyncio.sleep(0.6)
    t.near((await t.station.evse(1))["energyWh"], before, 0.5, "energy while suspended")
    await t.station.sim("ev", evse=1, demand="charge")
    await t.expect(status(1, "Charging"))
    await t.end()
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")


@case("both connectors charge at once, each with its own transaction")
async def two_at_once(t):
    await t.boot()
    first = await t.begin(1, CARD)
    second = await t.begin(2, OTHER_CARD)
    t.true(first != second, "one transaction id for two sessions")
    await t.end(1, CARD)
    await t.end(2, OTHER_CARD)
    t.equal(t.transaction(1).stops[0].payload["transactionId"], first, "stop of connector 1")
    t.equal(t.transaction(2).stops[0].payload["transactionId"], second, "stop of connector 2")


@case("cards are compared without case")
async def case_of_cards(t):
    await t.boot()
    await t.begin(card="04a1b2c3")
    await t.end(card="04A1B2C3")


@case("answers that take a second change nothing but the pace", limit=90)
async def slow_answers(t):
    for behaviour in t.csms.behaviour.values():
        behaviour.delay = 0.8
    await t.listen()
    await t.station.start()
    await t.registered(statuses=False)
    await t.expect_all(*t.statuses(), within=10)
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize")
    await t.expect("StartTransaction", within=8, skip=[msg("StatusNotification")])
    await t.charging(within=8)
    await t.station.swipe(CARD, [1])
    await t.stopped(1, "Local", within=10)
    await t.station.unplug(1)
    await t.expect(status(1, "Available"), within=10)


@case("the contactor opens at once when the user stops, whatever the central system does")
async def stop_without_answers(t):
    await t.boot()
    await t.begin()
    for behaviour in t.csms.behaviour.values():
        behaviour.withhold = True
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: e["contactor"] == "open", within=1.0, what="open")
