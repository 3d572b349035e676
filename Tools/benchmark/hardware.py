"""What the drivers cost, and whether a slow bus can hold the loop up: models of the chips."""

from __future__ import annotations

import asyncio
import copy
import os
from pathlib import Path

from .table import Row
from .tools import Bench, Silent, central_system  # and with it the harness's folder

from harness import api  # noqa: E402
from harness.config import HARDWARE, Configuration, wired  # noqa: E402
from harness.station import Station  # noqa: E402

SLOWED_MS = 20


def four_meters() -> dict:
    """Four sockets with a meter each, all at one bus."""
    pins = [(26, 25, 17), (13, 24, 5), (12, 23, 27), (6, 22, 16)]
    shape = wired()["EVSEs"][0]["connectors"][0]
    evses = []
    for number, (relay, select, plug) in enumerate(pins, 1):
        connector = copy.deepcopy(shape)
        del connector["lock"]
        connector["relay"]["relay_pin"] = relay
        connector["power_meter"]["power_meter_pin"] = select
        connector["plug_sense_pin"] = plug
        evses.append({"id": number, "connectors": [connector]})
    return {"EVSEs": evses}


def processor(pid: int) -> float:
    """Seconds of processor time so far, all threads."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def pace(daemon) -> dict:
    return (await api.request("GET", "/v1/health", port=daemon.port))[1]["loop"]


async def measure(bench: Bench) -> list[Row]:
    readers = {"rfid_reader": [HARDWARE["rfid_reader"][0]]}
    configuration = Configuration(
        {"hardware": {**HARDWARE, **readers}}, four_meters(),
        {"MeterValueSampleInterval": "10"})
    with central_system() as (_, url):
        daemon = Station(bench.binary, bench.new("hardware"), configuration, Silent(), url)
        await daemon.start()
        try:
            await asyncio.sleep(bench.size(10, 4))
            before, seconds = processor(daemon.process.pid), bench.size(60, 10)
            await asyncio.sleep(seconds)
            idle = (processor(daemon.process.pid) - before) / seconds
            first = await pace(daemon)
            for bus in ("spi0", "i2c1", "lamps"):
                await daemon.sim("bus", bus=bus, latencyMs=SLOWED_MS)
            await charge(daemon, bench.size(60, 12))
            last = await pace(daemon)
            await daemon.stop()
        finally:
            await daemon.cleanup()
    turns, slow = last["turns"] - first["turns"], last["slowTurns"] - first["slowTurns"]
    share = 100 * (1 - slow / turns)
    return [
        Row("processor, idle, with drivers and models", f"{100 * idle:.2f} % of a core", "2 %",
            idle < 0.02, "four meters, a reader, a display, lamps"),
        Row(f"turns under 5 ms, every bus {SLOWED_MS} ms slower", f"{share:.2f} % of {turns}",
            "99.9 %", share >= 99.9, f"the longest of all {last['longestUs'] / 1e3:.1f} ms"),
    ]


async def charge(daemon, seconds: int):
    """One car charges; somebody looks ten times a second."""
    await daemon.plug(1)
    await daemon.swipe("04A1B2C3", [1])
    for _ in range(seconds * 10):
        await daemon.healthy()
        await asyncio.sleep(0.1)
    charging = [e for e in (await daemon.state())["evses"] if e["state"] == "Charging"]
    if not charging:
        raise AssertionError("no car charges over slow buses")
