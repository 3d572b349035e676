"""The daemon under test, from wrong wiring to a pulled bus: every stage is a sentence."""

from __future__ import annotations

import asyncio
import shutil
import time
from functools import partial
from pathlib import Path

from harness.scenario import msg, status

from . import commands, wiring
from .checks import Checks
from .station import World

RESULTS = Path("/run/results")
READERS = {1: "mfrc522", 2: "pn532"}
AMPERES = {1: 80, 2: 60}


async def refusals(world: World, check: Checks):
    """Each mistake ends the start with exit code 1 and a sentence that names the key."""
    faults = []
    for number, (what, hardware, first, key) in enumerate(wiring.WRONG):
        settings, connectors = wiring.wrong(world.board, hardware, first)
        folder = world.folder / f"wrong-{number}"
        other = World(world.station.binary, folder, world.board, settings, connectors)
        code = await other.station.ended(within=40)
        said = other.station.errors().strip()
        if code != 1 or key not in said:
            faults.append(f"{what}: exit code {code}, and {key} in: {said}")
        check.count += 1
    check.equal(faults, [], "all of them are refused by their keys")
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
    await world.until_board(lambda b: any(row.strip() for row in b.ask("display")["rows"]),
                            "the display says something")
    await world.until_board(lambda b: any(b.ask("lamps")["colours"]), "lamps are lit")
    check.count += 2


async def charges(world: World, check: Checks):
    """Two cars at once: each reader starts one, each contactor and each meter has its own."""
    before = [(world.drawn(n), world.measured(n)) for n in (1, 2)]
    registers = [(await world.station.evse(n))["energyWh"] for n in (1, 2)]
    transactions = [await world.begin_charge(n, reader, AMPERES[n] * 1000)
                    for n, reader in READERS.items()]
    check.equal([len(edges_on(world, n)) for n in (1, 2)], [1, 1], "each contactor closed once")
    await world.until_board(lambda b: any("Wh" in row for row in b.ask("display")["rows"]),
                            "the display tells the energy")
    await asyncio.sleep(3)
    for n, reader in READERS.items():
        await world.end_charge(n, reader)
    await asyncio.sleep(2.5)
    for n in (1, 2):
        drawn, measured = world.drawn(n) - before[n - 1][0], world.measured(n) - before[n - 1][1]
        counted = (await world.station.evse(n))["energyWh"] - registers[n - 1]
        energy(check, AMPERES[n], drawn, measured, counted, transactions[n - 1].energy_wh)


def energy(check: Checks, amperes, drawn, measured, counted, billed):
    """All in watt-hours: what the car drew, what meter, register and bill say."""
    cycle = 230 * amperes / 3600
    check.true(drawn > 3 * cycle, f"energy flowed: {drawn:.3f}")
    check.near(measured, drawn, drawn / 1000, "the meter's model measures what the car drew")
    check.near(counted, measured, 0.005, "the register has each of the meter's cycles")
    # Cycles that are read after the session's end are not in its bill: the one that was running,
    # and the one before for up to a fifth of a second; OCPP 1.6 bills whole watt-hours.
    check.true(drawn - 1.5 * cycle - 1 <= billed <= drawn + 1,
               f"{billed} are billed for {drawn:.3f}")


async def emergency_stop(world: World, check: Checks):
    await world.begin_charge(1, "mfrc522", 20_000)
    mark = world.mark()
    pressed = world.board.ask("line", "stop", 1)["at"]
    await world.until_contact(1, False)
    opened = next(at for at, level in world.board.edges("relay-1", pressed) if level)
    print(f"  emergency stop: open after {(opened - pressed) / 1e6:.1f} ms", flush=True)
    check.true(opened - pressed < 100e6, "the contactor opens within 100 ms")
    await world.wait_for(msg("StopTransaction", reason="EmergencyStop"), within=10, since=mark)
    for number in range(3):
        await world.wait_for(pressed_at(number), within=10, since=mark)
    events = await world.history()
    check.happened(events, "trip_reported", evse=1, info="emergency stop")
    check.happened(events, "session_ended", evse=1, reason="emergencyStop")
    mark = world.mark()
    world.board.ask("line", "stop", 0)
    world.board.ask("load", 1, 0)
    world.cable(1, False)
    await world.wait_for(status(1, "Available"), within=20, since=mark)
    world.catch_up()


def pressed_at(connector):
    return status(connector, "Faulted", vendorErrorCode="EmergencyStop")


async def meter_lost(world: World, check: Checks):
    """Without a meter nothing is charged, and nobody else has to know."""
    await world.begin_charge(1, "mfrc522", 20_000)
    mark = world.mark()
    lost = world.board.ask("missing", "meter-1", 1)["at"]
    await world.until_contact(1, False, within=15)
    opened = next(at for at, level in world.board.edges("relay-1", lost) if level)
    print(f"  silent meter: open after {(opened - lost) / 1e9:.1f} s", flush=True)
    await world.wait_for(("StatusNotification", {"connectorId": 1, "status": "Faulted"}),
                         within=10, since=mark)
    await world.wait_for("StopTransaction", within=10, since=mark)
    others = [r.payload for r in world.seen("StatusNotification", since=mark)
              if r.payload["connectorId"] != 1]
    check.equal(others, [], "the other connector knows nothing of it")
    mark = world.mark()
    world.board.ask("missing", "meter-1", 0)
    world.board.ask("load", 1, 0)
    world.cable(1, False)
    await world.wait_for(status(1, "Available"), within=20, since=mark)
    world.catch_up()


async def killed(world: World, check: Checks):
    await world.begin_charge(2, "pn532", 20_000)
    await world.station.killed()
    check.true(world.closed(2), "kill -9 leaves the contactor closed")
    began = time.monotonic_ns()
    code = await world.station.ended(world.station.arguments("off"), within=30)
    check.equal(code, 0, "chargepi off succeeds")
    check.true(not world.closed(2), "chargepi off opens the contactor")
    print(f"  chargepi off: {(time.monotonic_ns() - began) / 1e9:.2f} s", flush=True)
    world.board.ask("load", 2, 0)
    world.cable(2, False)
    mark, since = world.mark(), world.board.ask("line", "stop", 1)["at"]
    await world.station.start()
    await world.wait_for("StopTransaction", within=15, since=mark)
    for number in range(3):
        await world.wait_for(pressed_at(number), within=15, since=mark)
    world.cable(1, True)
    await world.tap("mfrc522")
    mark = world.mark()
    world.cable(1, False)
    world.board.ask("line", "stop", 0)
    for number in range(3):
        await world.wait_for(status(number, "Available"), within=15, since=mark)
    check.equal([edges_on(world, n, since) for n in (1, 2)], [[], []],
                "nothing closes while the emergency stop is pressed")
    world.catch_up()


async def unplugged(world: World, check: Checks):
    """The I2C bus goes during a charge: the charge goes on; the bus comes back: so do its chips."""
    await world.begin_charge(1, "mfrc522", 20_000)
    mark = world.mark()
    world.board.ask("unplug", "i2c")
    # Display and reader are told, each as a fault of its own that stops nothing.
    await world.wait_for(("StatusNotification", {"status": "Charging", "errorCode": told}),
                         within=10, since=mark)
    await asyncio.sleep(2)
    check.true(world.closed(1), "the contactor stays closed without display and reader")
    check.equal((await world.station.evse(1))["state"], "Charging", "the charge goes on")
    world.board.ask("plug", "i2c")
    world.board.ask("brownout", "display")
    began = time.monotonic()
    await world.until_board(lambda b: any("Wh" in row for row in b.ask("display")["rows"]),
                            "the display is back", within=45)
    await world.station.until_evse(lambda e: e["fault"] is None, within=45, what="no fault")
    print(f"  back: {time.monotonic() - began:.1f} s after the bus", flush=True)
    await world.station.drained()
    world.catch_up()
    await world.end_charge(1, "mfrc522")
    await world.begin_charge(2, "pn532", 20_000)
    await world.end_charge(2, "pn532")
    check.count += 2


def told(code):
    return code != "NoError"


async def ending(world: World, check: Checks):
    await world.begin_charge(1, "mfrc522", 20_000)
    await world.station.stop(within=10)
    check.true(not world.closed(1), "asked to stop, the station opens its contactors")
    state = world.board.state()
    check.equal(state["spiCollisions"], 0, "no two chips were ever selected at once")
    check.equal(state["spiMisheard"], 0, "every chip was spoken to in its mode and speed")
    shown = world.board.ask("display")
    # Pauses are the unit tests' to judge: here they end when the emulated kernel finds the time.
    print(f"  display: {shown['timingViolations']} pauses too short as the board saw them",
          flush=True)
    check.equal(shown["holdViolations"], 0, "no line to the display changed as E fell")
    check.equal(world.board.ask("lamps")["wrongPatterns"], 0, "every pulse was one for a lamp")
    await world.finish()


STAGES = [
    ("wrong wiring is refused, with the key", refusals),
    ("the station starts", start),
    ("beside a station the commands touch nothing", commands.beside),
    ("two charges, by the MFRC522 and by the PN532", charges),
    ("the emergency stop opens", emergency_stop),
    ("a meter that falls off stops its own connector only", meter_lost),
    ("after kill -9, chargepi off opens; a start with the stop pressed closes nothing", killed),
    ("the I2C bus is pulled and comes back", unplugged),
    ("the station ends", ending),
    ("the commands talk with every chip", commands.alone),
]


async def run(world: World, stages, stage) -> bool:
    """All stages, in order, up to the first that fails with the station running."""
    failed = []
    try:
        for name, body in stages:
            if await stage(name, partial(counted, world, body)):
                continue
            failed.append(name)
            if world.station.process is not None:
                print(world.log.tail(), world.station.errors(), sep="\n", flush=True)
                break
        return not failed
    finally:
        await world.cleanup()
        shutil.copytree(world.folder, RESULTS / world.folder.name,
                        ignore=shutil.ignore_patterns("*.sock"))


async def counted(world, body) -> int:
    check = Checks()
    await body(world, check)
    return check.count
