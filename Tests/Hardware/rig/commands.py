"""`chargepi hw` and `off` on the board's chips, without a station and beside one."""

from __future__ import annotations

import re
import subprocess
import time

from harness.config import Configuration, merge

from . import wiring


def said(world, *arguments, config=None) -> tuple[int, str]:
    """Runs a command to its end; gives its exit code and all that it wrote."""
    command = [world.station.binary, *arguments, "--config", str(config or world.station.config)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60)
    return done.returncode, done.stdout


async def alone(world, check):
    """Every chip answers; a relay closes once, for a second; cards are read; nothing collides."""
    code, text = said(world, "hw", "scan")
    check.equal(code, 0, f"the scan finds every chip ({text})")
    for words in ("[cp2112_gpio]", "0x24 (configured): answers", "0x27 (configured): answers",
                  "0x3F: nobody", "version 0x92", "chip 0x32, firmware 1.6"):
        check.true(words in text, f"the scan says {words!r}: {text}")
    # Its number and its good health; the other bits tell what it has finished since it was asked.
    found = [int(number, 16) for number in re.findall(r"CS5460A.*status 0x([0-9A-F]{6})", text)]
    check.equal([number & 0x0003C1 for number in found], [0x0003C1] * 2, f"both meters: {text}")
    world.board.ask("line", "stop", 0)
    world.board.ask("load", 2, 20_000)
    relay(world, check)
    for number, reader in (("1", "mfrc522"), ("2", "pn532")):
        world.card(reader, True)
        code, text = said(world, "hw", "test", "reader", number)
        world.card(reader, False)
        check.equal(code, 0, f"the {reader} reads ({text})")
        check.true(f"card {wiring.CARDS[reader]} " in text, f"it tells the card: {text}")
    check.equal(world.board.state()["spiCollisions"], 0, "no two chips were selected at once")


def relay(world, check):
    """Twice: with the emergency stop, which forbids it, and without."""
    world.cable(2, False)
    since = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    world.board.ask("line", "stop", 1)
    code, text = said(world, "hw", "test", "relay", "2.1", "--yes")
    check.equal((code, "emergency stop: active" in text), (4, True), f"a stop forbids it: {text}")
    check.equal(world.board.edges("relay-2", since), [], "the relay did not move")
    world.board.ask("line", "stop", 0)
    code, text = said(world, "hw", "test", "relay", "2.1", "--yes")
    check.equal(code, 0, f"the relay is tried ({text})")
    edges = world.board.edges("relay-2", since)
    check.equal([level for _, level in edges], [True, False], "it closed and opened once")
    seconds = (edges[1][0] - edges[0][0]) / 1e9
    check.true(0.5 < seconds < 1.5, f"it was closed for a second: {seconds:.2f} s")
    button(world, check)
    amperes = float(re.search(r"while closed: [\d.]+ V, ([\d.]+) A", text)[1])
    check.near(amperes, 20, 1, "its meter saw the load")
    world.board.ask("load", 2, 0)


def button(world, check):
    """The same for a stop whose contact closes when it is pressed (`active_low`)."""
    folder = world.folder / "normally-open"
    changes = {"hardware": {"emergency_stop": {"active_low": True}}}
    Configuration(merge(wiring.settings(world.board), changes), wiring.connectors()).write(folder)
    for level, wanted in ((0, 4), (1, 0)):
        world.board.ask("line", "stop", level)
        code, text = said(world, "hw", "test", "relay", "2.1", "--yes", config=folder)
        check.equal(code, wanted, f"a contact that closes at level {level}: {text}")


async def beside(world, check):
    """While a station runs, nothing is touched, and who runs is said."""
    for arguments in (("off",), ("hw", "scan"), ("hw", "test", "meter", "1.1"),
                      ("hw", "test", "relay", "1.1", "--yes")):
        code, text = said(world, *arguments)
        check.equal(code, 4, f"{arguments} is refused ({text})")
        check.true("held by chargepi-relay-1.1: a station is running" in text,
                   f"{arguments} says who runs: {text}")
