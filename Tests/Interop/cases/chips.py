"""The drivers of a Raspberry Pi under a whole station, against models of their chips."""

import asyncio

from harness.config import HARDWARE, wired
from harness.registry import case
from harness.scenario import CARD, OTHER_CARD, active, msg, status

# A card counts again when it has been away for two seconds.
AWAY = 3.5


def on_chips(title, **world):
    hardware = {"hardware": HARDWARE, **world.pop("settings", {})}
    return case(title, settings=hardware, connectors=wired(), **world)


async def charging(t, evse=1, card=CARD, **ev):
    """From the plug to a charging car, through reader, lock, contactor and meter."""
    # A card that was shown before is gone from the reader by then, also on a busy machine.
    await asyncio.sleep(1.5)
    await t.station.plug(evse, **ev)
    await t.expect(status(evse, "Preparing"))
    await t.station.swipe(card, [evse])
    await t.expect("StartTransaction", connectorId=evse, skip=[msg("Authorize")])
    await t.charging(evse)


@on_chips("a session through reader, lock, contactor and meter; its energy is the car's", keys={
    "MeterValueSampleInterval": "2",
    "MeterValuesSampledData": "Energy.Active.Import.Register,Power.Active.Import,Voltage,"
                              "Current.Import"})
async def session(t):
    await t.boot()
    await charging(t, maxA=16)
    began = t.log.now()
    values = (await t.wait_for(msg("MeterValues"), within=8, count=3))[-1]
    sampled = {v["measurand"]: float(v["value"])
               for v in values.payload["meterValue"][0]["sampledValue"]}
    t.true(abs(sampled["Voltage"] - 230) < 1, f"voltage {sampled['Voltage']}")
    t.true(abs(sampled["Current.Import"] - 16) < 0.1, f"current {sampled['Current.Import']}")
    t.true(abs(sampled["Power.Active.Import"] - 3680) < 20, f"{sampled['Power.Active.Import']} W")
    stop = await t.end()
    seconds = t.log.now() - began
    energy = stop["meterStop"] - t.transaction().meter_start
    # Two cycles of one second are the most by which the two clocks can differ.
    t.true(abs(energy - 3680 * seconds / 3600) <= 3680 * 3 / 3600,
           f"{energy} Wh in {seconds:.1f} s at 3,680 W")
    t.catch_up()
    await charging(t, 2, OTHER_CARD)
    await asyncio.sleep(AWAY)
    await t.end(2, OTHER_CARD)


@on_chips("a welded contact is found behind the open relay")
async def welded(t):
    await t.boot()
    await charging(t)
    await t.station.sim("contactor", evse=1, mode="welded")
    await asyncio.sleep(AWAY)
    await t.station.swipe(CARD, [1])
    await t.expect("StopTransaction", skip=[msg("Authorize")], within=6)
    await t.wait_for(msg("StatusNotification", connectorId=1, status="Faulted",
                         errorCode="PowerSwitchFailure"), within=10)
    t.equal((await t.station.evse(1))["contactor"], "open", "commanded contactor")
    t.catch_up()
    await charging(t, 2, OTHER_CARD)
    await asyncio.sleep(AWAY)
    await t.end(2, OTHER_CARD)


async def until_stuck(t):
    """A session whose contactor does not close, until that is told."""
    await t.boot()
    await t.station.sim("contactor", evse=1, mode="stuckOpen")
    await t.station.plug(1)
    await t.expect(status(1, "Preparing"))
    await t.station.swipe(CARD, [1])
    await t.wait_for(msg("StatusNotification", connectorId=1, status="Faulted",
                         errorCode="PowerSwitchFailure"), within=12)


@on_chips("contacts that do not close are a fault until somebody has looked, and not billed",
          limit=40)
async def stuck_open(t):
    await until_stuck(t)
    stops = await t.wait_for(msg("StopTransaction"), within=6)
    t.equal(stops[-1].payload["meterStop"], t.transaction().meter_start, "meterStop")
    await t.station.sim("contactor", evse=1, mode="ok")
    await asyncio.sleep(AWAY)
    t.equal((await t.station.evse(1))["state"], "Faulted", "before somebody has looked after it")
    t.catch_up()
    t.equal((await t.station.post("/v1/evses/3/reset")), 404, "an EVSE that is not there")
    t.equal((await t.station.post("/v1/evses/1/reset")), 202, "the reset")
    await t.expect(status(1, "Finishing"))
    await t.station.unplug(1)
    await t.expect(status(1, "Available"))
    await charging(t)


@on_chips("a contactor that did not close is tried again after a restart")
async def stuck_open_restart(t):
    await until_stuck(t)
    await t.station.killed()
    await t.station.start()
    await t.station.until_evse(lambda e: e["state"] == "Finishing", within=12, what="no fault")


@on_chips("an emergency stop opens at once, ends the session, and holds until it is released",
          settings={"hardware": {**HARDWARE, "emergency_stop": {"pin": 16}}})
async def emergency_stop(t):
    await t.boot()
    await charging(t)
    await t.station.sim("input", input="emergency_stop", active=True)
    await t.station.until_evse(lambda e: e["contactor"] == "open", within=1, what="open")
    stops = await t.wait_for(msg("StopTransaction"), within=6)
    t.equal(stops[-1].payload["reason"], "EmergencyStop", "reason")
    t.equal((await t.station.evse(2))["state"], "Faulted", "the other EVSE")
    await t.station.sim("input", input="emergency_stop", active=False)
    await t.station.until_evse(lambda e: e["state"] == "Available", 2, within=3, what="released")


@on_chips("one chip fails alone, and a supply that dips is noticed and healed")
async def one_chip(t):
    await t.boot()
    await t.station.sim("bus", bus="meter 1.1", missing=True)
    await t.wait_for(msg("StatusNotification", connectorId=1, errorCode="PowerMeterFailure"),
                     within=8)
    t.equal((await t.station.evse(2))["state"], "Available", "the other EVSE")
    await t.station.sim("bus", bus="meter 1.1")
    await t.station.until_evse(lambda e: e["state"] == "Available", within=12, what="well again")
    await t.station.sim("bus", bus="meter 2.1", brownOut=True)
    await t.station.until_evse(lambda e: e["state"] == "Faulted", 2, within=8, what="noticed")
    t.equal((await t.station.evse(1))["state"], "Available", "the first EVSE")
    await t.station.until_evse(lambda e: e["state"] == "Available", 2, within=8, what="healed")


@on_chips("killed while charging: the relay is open at the next start, the bill at most short")
async def killed(t):
    await t.boot()
    await charging(t)
    await asyncio.sleep(3)
    await t.station.killed()
    t.catch_up()
    await t.station.start()
    stops = await t.wait_for(msg("StopTransaction", reason="PowerLoss"), within=12)
    energy = stops[-1].payload["meterStop"] - t.transaction().meter_start
    t.true(0 <= energy <= 7360 * 6 / 3600, f"{energy} Wh")
    t.equal(active(await t.station.evse(1)), None, "session after the restart")
    t.equal((await t.station.evse(1))["contactor"], "open", "contactor")


@on_chips("the car suspends and goes on: seen by the meter")
async def suspended(t):
    await t.boot()
    await charging(t)
    await t.station.sim("ev", evse=1, demand="suspend")
    await t.expect(status(1, "SuspendedEV"), within=8)
    await t.station.sim("ev", evse=1, demand="charge")
    await t.expect(status(1, "Charging"), within=8)
    await asyncio.sleep(AWAY)
    await t.end()
