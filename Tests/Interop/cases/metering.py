"""MeterValues: sampled, clock-aligned, and in StopTransaction (OCPP 1.6 §3.16, §9.1)."""

import asyncio

from harness.referee import moment
from harness.registry import case
from harness.scenario import msg

ENERGY, POWER = "Energy.Active.Import.Register", "Power.Active.Import"
FOUR = f"{ENERGY},{POWER},Current.Import,Voltage"
SCALE = {"Wh": 1, "kWh": 1000, "W": 1, "kW": 1000, "A": 1, "V": 1}


def samples(meter_values):
    """(time, context, measurand, value in base units) of a list of meterValue elements."""
    for element in meter_values:
        for s in element["sampledValue"]:
            measurand = s.get("measurand", ENERGY)
            unit = s.get("unit", "Wh" if measurand.startswith("Energy") else "W")
            yield (moment(element["timestamp"]), s.get("context", "Sample.Periodic"), measurand,
                   float(s["value"]) * SCALE.get(unit, 1))


def in_context(t, wanted, connector=1):
    """MeterValues messages of a connector that have a sample in this context."""
    return [r for r in t.seen(msg("MeterValues", connectorId=connector))
            if any(s[1] == wanted for s in samples(r.payload["meterValue"]))]


async def gather(t, context, count, within, connector=1):
    await t.csms.until(lambda: len(in_context(t, context, connector)) >= count, within,
                       f"{count} MeterValues with {context} for connector {connector}")
    return in_context(t, context, connector)


@case("sampled: interval, context, measurands and plausible values", "070",
      keys={"MeterValueSampleInterval": "1", "MeterValuesSampledData": FOUR})
async def sampled(t):
    await t.boot()
    transaction = await t.begin()
    received = await gather(t, "Sample.Periodic", 4, 8)
    times, energies = [], []
    for r in received:
        t.equal(r.payload.get("transactionId"), transaction, "transactionId of MeterValues")
        found = list(samples(r.payload["meterValue"]))
        t.true({s[2] for s in found} == set(FOUR.split(",")),
               f"measurands {sorted({s[2] for s in found})}, asked for {FOUR}")
        values = {s[2]: s[3] for s in found}
        times.append(found[0][0].timestamp())
        energies.append(values[ENERGY])
        t.near(values["Voltage"], 230, 12, "voltage")
    t.near(values[POWER], 7360, 400, "power at 32 A and 230 V")
    t.near(values["Current.Import"], 32, 2, "current")
    for earlier, later in zip(times, times[1:]):
        t.near(later - earlier, 1, 0.5, "seconds between samples")
    t.true(energies == sorted(energies) and energies[-1] > energies[0], f"energies {energies}")
    t.near(energies[-1] - energies[1], 7360 / 3600 * (times[-1] - times[1]), 2.5, "energy")


@case("sampled: the interval is changed in the middle of a session", "070",
      keys={"MeterValueSampleInterval": "60"})
async def interval_changes(t):
    await t.boot()
    await t.begin()
    await t.set_key("MeterValueSampleInterval", "1")
    await gather(t, "Sample.Periodic", 2, 6)


@case("sampled: interval 0 means no samples", "070", keys={"MeterValueSampleInterval": "0"})
async def no_samples(t):
    await t.boot()
    await t.begin()
    await asyncio.sleep(2.5)
    t.equal(len(in_context(t, "Sample.Periodic")), 0, "samples")
    await t.end()


@case("clock-aligned: at multiples of the interval, in and out of sessions", "071",
      keys={"ClockAlignedDataInterval": "2", "MeterValuesAlignedData": f"{ENERGY},{POWER}"})
async def clock_aligned(t):
    await t.boot()
    transaction = await t.begin()
    since = t.mark()
    received = await gather(t, "Sample.Clock", 3, 10)
    for r in received:
        for at, context, measurand, _ in samples(r.payload["meterValue"]):
            t.equal(context, "Sample.Clock", "context")
            t.equal(measurand, {ENERGY, POWER}, "measurand")
            off = at.timestamp() % 2
            t.true(off < 1.0 or off > 1.9, f"{at} is not at a multiple of two seconds")
    inside = [r for r in t.seen(msg("MeterValues", connectorId=1), since)]
    t.true(any(r.payload.get("transactionId") == transaction for r in inside),
           "no clock-aligned values with the transaction's id")


@case("clock-aligned: values also come while nothing charges", "071",
      keys={"ClockAlignedDataInterval": "1"})
async def clock_aligned_idle(t):
    await t.boot()
    received = await gather(t, "Sample.Clock", 2, 6)
    t.true(all("transactionId" not in r.payload for r in received), "a transaction while idle")


def stop_contexts(stop):
    return {s[1] for s in samples(stop.get("transactionData", []))}


@case("StopTxnSampledData: samples from begin to end in StopTransaction", "070",
      keys={"MeterValueSampleInterval": "1", "StopTxnSampledData": ENERGY})
async def stop_sampled(t):
    await t.boot()
    await t.begin()
    await asyncio.sleep(2.5)
    stop = await t.end()
    contexts = stop_contexts(stop)
    t.true({"Transaction.Begin", "Transaction.End", "Sample.Periodic"} <= contexts,
           f"contexts of transactionData: {sorted(contexts)}")
    found = list(samples(stop["transactionData"]))
    t.true({s[2] for s in found} == {ENERGY}, "other measurands than StopTxnSampledData")
    begin = next(s[3] for s in found if s[1] == "Transaction.Begin")
    end = next(s[3] for s in found if s[1] == "Transaction.End")
    t.near(begin, t.transaction().meter_start, 1, "value at Transaction.Begin")
    t.near(end, stop["meterStop"], 1, "value at Transaction.End")
    t.true([s[0] for s in found] == sorted(s[0] for s in found), "samples are out of order")


@case("StopTxnAlignedData: clock-aligned values in StopTransaction", "071",
      keys={"ClockAlignedDataInterval": "1", "StopTxnAlignedData": f"{ENERGY},{POWER}"})
async def stop_aligned(t):
    await t.boot()
    await t.begin()
    await asyncio.sleep(2.5)
    stop = await t.end()
    t.true("Sample.Clock" in stop_contexts(stop), f"contexts {stop_contexts(stop)}")


@case("MeterValues wait for the answer to their own StartTransaction",
      keys={"MeterValueSampleInterval": "1"})
async def values_wait_for_start(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].delay = 3
    await t.station.plug(1)
    await t.station.swipe("04A1B2C3", [1])
    await t.wait_for(msg("StartTransaction"))
    await t.wait_for(msg("MeterValues"), within=8, count=2)
    transaction = t.transaction().id
    for r in t.seen(msg("MeterValues")):
        t.equal(r.payload.get("transactionId"), transaction, "transactionId of MeterValues")
