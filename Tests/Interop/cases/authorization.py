"""Cards that are not welcome (OCPP 1.6 §3.5, §4.1), and what happens when nobody answers."""

import asyncio

from harness.registry import case
from harness.scenario import CARD, msg, status

REMOTE = {"AuthorizeRemoteTxRequests": "true"}


async def refused_locally(t, verdict):
    t.csms.tokens[CARD] = {"status": verdict}
    await t.boot()
    # Without a cable: nothing is reserved by a card that is not accepted.
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize", idTag=CARD, skip=[status(1, "Preparing")])
    await t.expect_none(msg("StartTransaction"), during=0.8)
    t.equal((await t.station.evse(1))["connectors"][0]["status"], "Available", "status")
    # With the cable in.
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize", idTag=CARD)
    await t.expect_none(msg("StartTransaction"), during=1)
    t.equal((await t.station.evse(1))["contactor"], "open", "contactor")
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))


async def refused_remotely(t, verdict):
    t.csms.tokens[CARD] = {"status": verdict}
    await t.boot()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    answer = await t.csms.request("RemoteStartTransaction", idTag=CARD, connectorId=1)
    t.equal(answer["status"], "Accepted", "RemoteStartTransaction")
    await t.expect("Authorize", idTag=CARD)
    await t.expect_none(msg("StartTransaction"), during=1)
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))


def register(verdict):
    @case(f"a card that is {verdict} does not start", "023_4")
    async def local(t):
        await refused_locally(t, verdict)

    @case(f"a card that is {verdict} does not start remotely", "023_5", keys=REMOTE)
    async def remote(t):
        await refused_remotely(t, verdict)


for _verdict in ("Invalid", "Blocked", "Expired"):
    register(_verdict)


@case("a refused card is not asked for in place of the next one")
async def next_card(t):
    t.csms.tokens[CARD] = {"status": "Invalid"}
    await t.boot()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize", idTag=CARD)
    await t.station.swipe("04D4E5F6", [1])
    await t.expect("Authorize", idTag="04D4E5F6")
    await t.expect("StartTransaction", idTag="04D4E5F6")


@case("StartTransaction is answered Invalid: Stop DeAuthorized",
      keys={"StopTransactionOnInvalidId": "true"})
async def invalid_at_start(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].reply = lambda _: {
        "transactionId": t.transaction().id, "idTagInfo": {"status": "Blocked"}}
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize")
    await t.expect("StartTransaction")
    await t.stopped(1, "DeAuthorized", skip=[status(1, "Charging")])


@case("a card that is in a transaction already (ConcurrentTx) gets no second one")
async def concurrent(t):
    await t.boot()
    await t.begin(1)
    t.csms.tokens[CARD] = {"status": "ConcurrentTx"}
    await t.station.plug(2)
    await t.expect(status(2, "Preparing"))
    await t.station.swipe(CARD, [2])
    # Refused at Authorize, or by its own knowledge, or stopped as DeAuthorized at the start.
    await asyncio.sleep(1.5)
    await t.station.drained()
    second = [x for x in t.csms.ledger.transactions.values() if x.connector == 2]
    t.true(all(not x.open for x in second), "a second transaction of the same card is open")


@case("Authorize is answered with a CALLERROR: no start, the station goes on")
async def authorize_error(t):
    t.csms.behaviour["Authorize"].fail = ["InternalError"]
    await t.boot()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize")
    await t.expect_none(msg("StartTransaction"), during=1)
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize")
    await t.expect("StartTransaction")
