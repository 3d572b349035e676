"""The daemon under test, from wrong wiring to a pulled bus: every stage is a sentence."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path

from harness.scenario import status

from . import wiring
from .checks import Checks
from .station import World

RESULTS = Path("/run/results")


async def refusals(world: World, check: Checks):
    """Each mistake ends the start with exit code 1 and a sentence that names the key."""
    for number, (what, hardware, first, key) in enumerate(wiring.WRONG):
        settings, connectors = wiring.wrong(world.board, hardware, first)
        folder = world.folder / f"wrong-{number}"
        other = World(world.station.binary, folder, world.board, settings, connectors)
        code = await other.station.ended(within=20)
        said = other.station.errors()
        check.equal(code, 1, f"{what} is refused ({said})")
        check.true(key in said, f"{what} names {key}, in: {said}")
    check.true(all(not edges_on(world, n) for n in (1, 2)), "no contactor moved for it")


def edges_on(world: World, evse: int, since=0) -> list:
    """The edges with which a relay's coil was switched on."""
    on_level = evse == 2
    return [at for at, level in world.board.edges(f"relay-{evse}", since) if level == on_level]


async def start(world: World, check: Checks):
    # The first meter has its voltage behind the contactor, the second before it.
    world.board.ask("tap", 1, "load")
    await world.boot()
    check.true(all(not edges_on(world, n) for n in (1, 2)), "no contactor closes at the start")
    check.true(any(row.strip() for row in world.board.ask("display")["rows"]),
               "the display says something")
    check.true(any(world.board.ask("lamps")["colours"]), "lamps are lit")


async def charge(world: World, check: Checks, evse: int, reader: str):
    before, register = world.model(evse), (await world.station.evse(evse))["energyWh"]
    transaction = await world.begin_charge(evse, reader, 80_000)
    rows = world.board.ask("display")["rows"]
    check.true(any("kW" in row or "Wh" in row for row in rows), f"the display tells it: {rows}")
    check.equal(len(edges_on(world, evse)), 1, "the contactor closed once")
    await asyncio.sleep(4)
    await world.end_charge(evse, reader)
    await asyncio.sleep(2.5)
    drawn = world.model(evse) - before
    counted = (await world.station.evse(evse))["energyWh"] - register
    check.true(drawn > 10, f"energy flowed: {drawn:.3f} Wh")
    check.near(counted, drawn, drawn / 500, "the register counts what the model drew, in Wh")
    check.near(transaction.energy_wh, drawn, 1 + drawn / 20, "the bill is for what was drawn")


async def emergency_stop(world: World, check: Checks):
    await world.begin_charge(1, "mfrc522", 20_000)
    mark = world.mark()
    pressed = world.board.ask("line", "stop", 1)["at"]
    await world.until_contact(1, False)
    opened = next(at for at, level in world.board.edges("relay-1", pressed) if level)
    print(f"  emergency stop: open after {(opened - pressed) / 1e6:.1f} ms", flush=True)
    check.true(opened - pressed < 100e6, "the contactor opens within 100 ms")
    await world.wait_for("StopTransaction", within=10, since=mark)
    await world.wait_for(("StatusNotification", {"status": "Faulted"}), within=10, since=mark)
    mark = world.mark()
    world.board.ask("line", "stop", 0)
    world.board.ask("load", 1, 0)
    world.cable(1, False)
    await world.wait_for(status(1, "Available"), within=20, since=mark)
    world.catch_up()


async def killed(world: World, check: Checks):
    await world.begin_charge(2, "pn532", 20_000)
    await world.station.killed()
    check.true(world.closed(2), "kill -9 leaves the contactor closed")
    began = time.monotonic_ns()
    code = await world.station.ended(world.station.arguments("off"))
    check.equal(code, 0, "chargepi off succeeds")
    check.true(not world.closed(2), "chargepi off opens the contactor")
    print(f"  chargepi off: {(time.monotonic_ns() - began) / 1e9:.2f} s", flush=True)
    world.board.ask("load", 2, 0)
    world.cable(2, False)
    await world.station.start()
    await world.registered(statuses=False)
    await world.wait_for("StopTransaction", within=15)
    await world.station.until_evse(lambda e: e["state"] == "Available", 2, within=15)
    world.catch_up()


async def unplugged(world: World, check: Checks):
    """The I2C bus goes during a charge: the charge goes on; the bus comes back: so do its chips."""
    await world.begin_charge(1, "mfrc522", 20_000)
    world.board.ask("unplug", "i2c")
    await asyncio.sleep(3)
    check.true(world.closed(1), "the charge goes on without display and reader")
    check.equal((await world.station.evse(1))["fault"], None, "its connector has no fault")
    world.board.ask("plug", "i2c")
    await world.csms.until(lambda: "i2c" in world.board.adapters(), 5, "the bus is back")
    await world.csms.until(
        lambda: any("Wh" in row for row in world.board.ask("display")["rows"]), 45,
        "the display is back")
    await world.end_charge(1, "mfrc522")
    await world.begin_charge(2, "pn532", 20_000)
    await world.end_charge(2, "pn532")


async def ending(world: World, check: Checks):
    await world.begin_charge(1, "mfrc522", 20_000)
    await world.station.stop(within=10)
    check.true(not world.closed(1), "asked to stop, the station opens its contactors")
    state = world.board.state()
    check.equal(state["spiCollisions"], 0, "no two chips were ever selected at once")
    check.equal(state["spiMisheard"], 0, "every chip was spoken to in its mode and speed")
    shown = world.board.ask("display")
    check.equal((shown["timingViolations"], shown["holdViolations"]), (0, 0),
                "the display was never hurried")
    check.equal(world.board.ask("lamps")["wrongPatterns"], 0, "every pulse was one for a lamp")
    await world.finish()


STAGES = [
    ("wrong wiring is refused, with the key", refusals),
    ("the station starts", start),
    ("a charge by the MFRC522", lambda w, c: charge(w, c, 1, "mfrc522")),
    ("a charge by the PN532", lambda w, c: charge(w, c, 2, "pn532")),
    ("the emergency stop opens", emergency_stop),
    ("after kill -9, chargepi off opens", killed),
    ("the I2C bus is pulled and comes back", unplugged),
    ("the station ends", ending),
]


async def run(board, binary, stage) -> bool:
    """All stages, in order, up to the first that fails."""
    # LMDB maps its file: it wants a file system of the guest's own.
    folder = Path(tempfile.mkdtemp(prefix="station-"))
    world = World(binary, folder, board)
    try:
        for name, body in STAGES:
            if not await stage(name, partial(counted, world, body)):
                print(world.log.tail(), world.station.errors(), sep="\n", flush=True)
                return False
        return True
    finally:
        await world.cleanup()
        shutil.copytree(folder, RESULTS / "station", ignore=lambda *_: ["http.port", "socket"])


async def counted(world, body) -> int:
    check = Checks()
    await body(world, check)
    return check.count
