"""ChangeAvailability, scheduled and at once, and how long a status must last (§5.2, §9.1)."""

import asyncio

from harness.registry import case
from harness.scenario import CARD, msg, status


async def change(t, connector, kind, wanted="Accepted"):
    answer = await t.csms.request("ChangeAvailability", connectorId=connector, type=kind)
    t.equal(answer["status"], wanted, f"ChangeAvailability {connector} {kind}")


@case("a connector: Unavailable and back; nothing starts meanwhile")
async def one_connector(t):
    await t.boot()
    await change(t, 1, "Inoperative")
    await t.expect(status(1, "Unavailable"))
    answer = await t.csms.request("RemoteStartTransaction", idTag=CARD, connectorId=1)
    t.equal(answer["status"], "Rejected", "RemoteStartTransaction while Unavailable")
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    await t.expect_none(msg("StartTransaction"))
    await t.station.unplug(1)
    await change(t, 1, "Operative")
    await t.expect(status(1, "Available"))
    await t.normal_session()


@case("connector 0 takes the whole station")
async def connector_0(t):
    await t.boot()
    await change(t, 0, "Inoperative")
    await t.expect_all(*[status(n, "Unavailable") for n in range(3)])
    await change(t, 0, "Operative")
    await t.expect_all(*[status(n, "Available") for n in range(3)])
    await t.normal_session(2)


@case("what is already so is Accepted")
async def already_so(t):
    await t.boot()
    await change(t, 1, "Operative")
    await change(t, 1, "Inoperative")
    await t.expect(status(1, "Unavailable"))
    await change(t, 1, "Inoperative")


@case("in a session: Scheduled, and Unavailable when it has ended")
async def scheduled(t):
    await t.boot()
    await t.begin()
    await change(t, 1, "Inoperative", "Scheduled")
    await t.expect_none(msg("StopTransaction"), status(1, "Unavailable"), during=0.8)
    t.equal((await t.station.evse(1))["state"], "Charging", "state")
    await t.station.swipe(CARD, [1])
    await t.stopped(1, "Local", after=("Finishing", "Unavailable"), skip=[msg("Authorize")])
    await t.station.unplug(1)
    await t.wait_for(status(1, "Unavailable"))
    await t.station.drained()
    t.equal(t.seen(msg("StatusNotification", connectorId=1))[-1].payload["status"],
            "Unavailable", "the last status")


@case("connector 0 in a session: Scheduled; the idle connector need not wait")
async def scheduled_station(t):
    await t.boot()
    await t.begin()
    await change(t, 0, "Inoperative", "Scheduled")
    await t.station.swipe(CARD, [1])
    await t.wait_for(msg("StopTransaction"))
    await t.station.unplug(1)
    for connector in range(3):
        await t.wait_for(status(connector, "Unavailable"))


@case("a scheduled change survives a power cut")
async def scheduled_survives(t):
    await t.boot()
    await t.begin()
    await change(t, 1, "Inoperative", "Scheduled")
    await t.station.killed()
    since = t.mark()
    await t.station.start()
    await t.wait_for(msg("StopTransaction", reason="PowerLoss"), within=12, since=since)
    await t.station.unplug(1)
    await t.wait_for(status(1, "Unavailable"), since=since)


@case("a scheduled change is taken back")
async def taken_back(t):
    await t.boot()
    await t.begin()
    await change(t, 1, "Inoperative", "Scheduled")
    await change(t, 1, "Operative")
    await t.end()


@case("an unknown connector is Rejected")
async def unknown(t):
    await t.boot()
    await change(t, 17, "Inoperative", "Rejected")


@case("MinimumStatusDuration: what passes quickly is not told",
      keys={"MinimumStatusDuration": "2"})
async def minimum_duration(t):
    await t.boot()
    await t.station.plug(1)
    await asyncio.sleep(0.5)
    await t.station.unplug(1)
    await t.expect_none(msg("StatusNotification"), during=3)
    began = t.log.now()
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"), within=4)
    t.near(t.log.now() - began, 2, 0.7, "seconds until the status was told")
