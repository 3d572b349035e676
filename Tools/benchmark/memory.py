"""Memory with four cars charging and over thousands of sessions, and the size of a reading."""

from __future__ import annotations

import asyncio
import time

from .table import Row, megabytes, thousands
from .tools import Bench, central_system, fields, memory, records, station

METER_READ, COMMIT_HASH, HASH_BYTES = 23, 15, 34
SAMPLED = {"MeterValueSampleInterval": "10"}


async def until_idle(daemon, within=60.0):
    await daemon.until(lambda s: s["upstreams"][0]["queued"]["transaction"] == 0, within,
                       "an empty queue")


async def charging(bench: Bench) -> list[Row]:
    folder = bench.new("charging")
    with central_system() as (_, url):
        daemon = station(bench, folder, url, SAMPLED)
        await daemon.start()
        try:
            for evse in range(1, 5):
                await daemon.plug(evse, maxA=10)
                await daemon.swipe(f"04A1B2C{evse}", [evse])
            await daemon.until(lambda s: all(e["state"] == "Charging" for e in s["evses"]), 10,
                               "four cars that charge")
            await asyncio.sleep(bench.size(75, 12))
            anonymous, resident = memory(daemon.process.pid)
            await daemon.stop()
        finally:
            await daemon.cleanup()
    return [
        Row("anonymous memory, four charging", megabytes(anonymous), "8.0 MB", anonymous < 8e6),
        Row("resident memory, four charging", megabytes(resident), "20.0 MB", resident < 20e6),
        *reading_rows(records(daemon.data / "journal.db")),
    ]


def reading_rows(found: list[bytes]) -> list[Row]:
    """A reading's record without key and page overhead and without a commit's hash."""
    sizes = []
    for record in found:
        kinds = [number for number, _ in fields(record)]
        if METER_READ in kinds:
            sizes.append(len(record) - (HASH_BYTES if COMMIT_HASH in kinds else 0))
    return [Row(f"bytes of a reading's record ({len(sizes)} readings)",
                f"{sum(sizes) / len(sizes):.1f} mean, {max(sizes)} most", "60", max(sizes) <= 60)]


class Driver:
    """One EVSE's endless row of short sessions."""

    def __init__(self, daemon, evse: int):
        self.daemon, self.evse, self.done = daemon, evse, 0

    async def drive(self, count: int):
        for _ in range(count):
            await self.daemon.plug(self.evse, requestAfterMs=0, maxA=16)
            await self.daemon.swipe(f"04A1B2C{self.done % 64}", [self.evse])
            await self.daemon.unplug(self.evse)
            self.done += 1


async def sessions(bench: Bench) -> list[Row]:
    total, step = bench.size(10_000, 400), bench.size(1_000, 40)
    folder, samples = bench.new("sessions"), []
    with central_system() as (_, url):
        daemon = station(bench, folder, url, SAMPLED)
        await daemon.start()
        began = time.monotonic()
        try:
            drivers = [Driver(daemon, evse) for evse in range(1, 5)]
            for _ in range(0, total, step):
                for _ in range(0, step, step // 10):
                    await asyncio.gather(*(d.drive(step // 40) for d in drivers))
                    await until_idle(daemon)
                samples.append(memory(daemon.process.pid))
            seconds = time.monotonic() - began
            await daemon.stop()
        finally:
            await daemon.cleanup()
    return session_rows(samples, total, seconds)


def session_rows(samples, total: int, seconds: float) -> list[Row]:
    """Flat: the second half's greatest is no more than half a megabyte above the first half's."""
    half, rows = len(samples) // 2, []
    for index, name in enumerate(("anonymous", "resident")):
        values = [sample[index] for sample in samples]
        growth = max(values[half:]) - max(values[:half])
        rows.append(Row(f"{name} memory over {thousands(total)} sessions, growth",
                        f"{growth / 1e6:+.1f} MB, {megabytes(max(values))} most",
                        "flat", growth <= 5e5, "MB after each tenth of the way: "
                        + " ".join(f"{value / 1e6:.1f}" for value in values)))
    rows.append(Row("  sessions/s on the way", f"{total / seconds:.0f}"))
    return rows
