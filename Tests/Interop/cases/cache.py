"""The authorization cache: LocalPreAuthorize, ClearCache (OCPP 1.6 §3.5.1, §5.4)."""

from harness.registry import case
from harness.scenario import CARD, msg, status

PRE = {"LocalPreAuthorize": "true", "AuthorizationCacheEnabled": "true"}
REMOTE = {**PRE, "AuthorizeRemoteTxRequests": "true"}


async def learn(t):
    """One whole session, after which the card is in the cache."""
    await t.boot()
    await t.begin()
    await t.end()


async def remote_start(t, authorize: bool):
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    answer = await t.csms.request("RemoteStartTransaction", idTag=CARD, connectorId=1)
    t.equal(answer["status"], "Accepted", "RemoteStartTransaction")
    if authorize:
        await t.expect("Authorize", idTag=CARD)
    await t.expect("StartTransaction", idTag=CARD)
    await t.charging()


@case("a cached card starts without Authorize", "007_1", keys=PRE)
async def cached_local(t):
    await learn(t)
    await t.begin(authorize=False)
    await t.end()


@case("a cached card starts remotely without Authorize", "007_2", keys=REMOTE)
async def cached_remote(t):
    await learn(t)
    await remote_start(t, authorize=False)


@case("after ClearCache a card is asked for again", "061_1", keys=PRE)
async def cleared_local(t):
    await learn(t)
    t.equal((await t.csms.request("ClearCache"))["status"], "Accepted", "ClearCache")
    await t.begin(authorize=True)
    await t.end()


@case("after ClearCache a remote start asks again", "061_2", keys=REMOTE)
async def cleared_remote(t):
    await learn(t)
    t.equal((await t.csms.request("ClearCache"))["status"], "Accepted", "ClearCache")
    await remote_start(t, authorize=True)


@case("the cache is compared without case", keys=PRE)
async def cached_without_case(t):
    await t.boot()
    await t.begin(card="04a1b2c3")
    await t.end(card="04a1b2c3")
    await t.begin(card="04A1B2C3", authorize=False)


@case("the cache survives a restart", keys=PRE)
async def cache_survives(t):
    await learn(t)
    await t.station.killed()
    t.catch_up()
    await t.station.start()
    await t.registered()
    await t.begin(authorize=False)


@case("without LocalPreAuthorize a cached card is asked for",
      keys={"LocalPreAuthorize": "false", "AuthorizationCacheEnabled": "true"})
async def no_pre_authorization(t):
    await learn(t)
    await t.begin(authorize=True)


@case("without the cache every card is asked for",
      keys={"LocalPreAuthorize": "true", "AuthorizationCacheEnabled": "false"})
async def cache_disabled(t):
    await learn(t)
    await t.begin(authorize=True)


@case("a card that the answer to StartTransaction blocks leaves the cache", keys=PRE)
async def blocked_in_cache(t):
    await learn(t)
    t.csms.tokens[CARD] = {"status": "Blocked"}
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("StartTransaction")  # pre-authorized from the cache
    await t.stopped(1, "DeAuthorized", skip=[status(1, "Charging")])
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    # It may ask again or know that the card is blocked; it must not start.
    await t.expect_none(msg("StartTransaction"))


@case("a cached card that has expired is asked for again", keys=PRE)
async def expired_in_cache(t):
    t.csms.tokens[CARD] = {"status": "Accepted", "expiryDate": "2020-01-01T00:00:00Z"}
    await t.boot()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize")
    await t.expect_none(msg("Reset"), during=1)  # whether an Accepted of the past starts is open
    await t.station.unplug(1)
    await t.station.until_evse(lambda e: e["connectors"][0]["status"] == "Available")
    await t.station.drained()
    t.catch_up()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize")
