"""Outlets without plug sensing, EVSEs with two connectors, and limits of a session."""

import asyncio

from harness.config import schuko, two_connectors_on_one_evse
from harness.registry import case
from harness.scenario import CARD, OTHER_CARD, active, msg, status

SUSPENDED = [status(1, "Preparing", "SuspendedEV", "SuspendedEVSE")]


async def begin(t, card=CARD, evses=(1,)):
    """On an outlet the card comes first or alone; the cable cannot be seen."""
    await t.station.swipe(card, evses)
    await t.expect("Authorize", idTag=card, skip=[status(evses[0], "Preparing")])
    await t.expect("StartTransaction", connectorId=evses[0], idTag=card,
                   skip=[status(evses[0], "Preparing", "SuspendedEV", "SuspendedEVSE")])


@case("a simple outlet: the card starts, the draw says charging, the card stops",
      connectors=schuko())
async def plain(t):
    await t.boot()
    await begin(t)
    await t.station.plug(1, maxA=10)
    await t.charging()
    await t.station.swipe(CARD, [1])
    # Nothing senses the plug: after the stop the outlet is free again.
    await t.stopped(1, "Local", after=("Finishing", "Available"), skip=[msg("Authorize")])
    await t.station.unplug(1)
    await t.wait_for(status(1, "Available"), since=1)
    t.true(t.transaction().energy_wh >= 0, "energy")


@case("a simple outlet: the card chooses the free connector", connectors=schuko())
async def chooses(t):
    await t.boot()
    await begin(t)
    await t.station.swipe(OTHER_CARD, [1, 2])
    await t.expect("Authorize", idTag=OTHER_CARD, skip=SUSPENDED)
    await t.expect("StartTransaction", connectorId=2, idTag=OTHER_CARD,
                   skip=[*SUSPENDED, status(2, "Preparing")])


@case("a simple outlet: below min_power the session ends", connectors=schuko(), limit=150,
      keys={"ConnectionTimeOut": "3"})
async def min_power(t):
    await t.boot()
    await begin(t)
    await t.station.plug(1, maxA=10)
    await t.charging()
    await t.station.sim("ev", evse=1, demand="suspend")
    # How long the draw must stay low is the station's; SuspendedEV may come before.
    await t.wait_for(msg("StopTransaction", reason={"Local", "Other", "EVDisconnected", None}),
                     within=100)
    await t.station.until_evse(lambda e: e["contactor"] == "open" and not active(e))


@case("maximum charging time: the session ends after it", limit=110,
      settings={"info": {"max_charging_time": 1}})
async def max_charging_time(t):
    await t.boot()
    await t.begin()
    start = t.seen(msg("StartTransaction"))[0].at
    stop = (await t.wait_for(msg("StopTransaction"), within=75))[0]
    t.near(stop.at - start, 60, 3, "seconds of charging")
    await t.station.until_evse(lambda e: e["contactor"] == "open")


@case("the car gets no more than the connector's maximum current",
      connectors={"EVSEs": [{"id": 1, "connectors": [
          {**schuko()["EVSEs"][0]["connectors"][0], "plug_sense_pin": 7, "max_current_a": 16}]}]})
async def maximum_current(t):
    await t.boot()
    await t.begin()
    evse = await t.station.until_evse(lambda e: e["powerW"] > 1000, what="power")
    t.near(evse["powerW"], 16 * 230, 200, "power at 16 A")
    t.true(evse["limitA"] <= 16, f"limitA {evse['limitA']}")


@case("two connectors on one EVSE: one charges at a time",
      connectors=two_connectors_on_one_evse())
async def two_connectors(t):
    await t.boot()
    # The other connector may be told Unavailable meanwhile, or stay Available.
    await t.begin(skip=[status(2, "Unavailable")])  # EVSE 1, connector 1
    answer = await t.csms.request("RemoteStartTransaction", idTag=OTHER_CARD, connectorId=2)
    t.equal(answer["status"], "Rejected", "RemoteStartTransaction on the EVSE's other connector")
    await t.station.swipe(OTHER_CARD, [1])
    await t.expect_none(msg("StartTransaction"), msg("StopTransaction"))
    t.catch_up()
    await t.station.swipe(CARD, [1])
    await t.stopped(1, "Local", skip=[msg("Authorize"), status(2, "Available", "Unavailable")])
    await t.station.unplug(1)
    await t.expect(status(1, "Available"), skip=[status(2, "Available")])
    t.catch_up()


@case("two connectors on one EVSE: the second one charges too",
      connectors=two_connectors_on_one_evse())
async def second_connector(t):
    await t.boot()
    await t.station.plug(1, connector=2)
    await t.expect(status(2, "Preparing"), skip=[status(1, "Unavailable")])
    await t.station.swipe(CARD, [1])
    await t.expect("Authorize", skip=[status(1, "Unavailable")])
    await t.expect("StartTransaction", connectorId=2, skip=[status(1, "Unavailable")])
    await t.expect(status(2, "Charging"), skip=[
        status(1, "Unavailable"), status(2, "SuspendedEV", "SuspendedEVSE")])
    await t.station.swipe(CARD, [1])
    await t.expect("StopTransaction", skip=[msg("StatusNotification"), msg("Authorize")])
    await asyncio.sleep(0.2)


@case("a full battery tapers and suspends: SuspendedEV, session kept",
      settings={"simulation": {"speed": 2000}})
async def full_battery(t):
    await t.boot()
    await t.begin(soc=97)
    await t.expect(status(1, "SuspendedEV"), within=30)
    await t.expect_none(msg("StopTransaction"), during=1)
