"""Does the rig tell the truth? Asked with small probes of the kernel's interfaces, no daemon.

Each check is a sentence; the first one that does not hold ends the run.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

from .board import Refused
from .checks import Checks
from .probes import ACTIVE_LOW, I2C, INPUT, OUTPUT, SPI, Lines, consumer, label

MEMORY, NOBODY = 0x50, 0x51
RELAY_1, RELAY_2, SELECT_1, SELECT_2, PLUG_1 = 0, 1, 2, 3, 4


def failure(function, *arguments) -> str:
    """The name of the errno with which this fails."""
    try:
        function(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "nothing"


def pins(board, check: Checks):
    check.equal(label(board.pins), ("cp2112_gpio", 8), "the chip of the pins is the driver's own")
    relay = Lines(board.pins, [RELAY_1], OUTPUT | ACTIVE_LOW, consumer="chargepi-relay-1")
    check.equal(board.edges("relay-1"), [], "direction and value in one request make no edge")
    check.equal(consumer(board.pins, RELAY_1), "chargepi-relay-1", "a line has its user's name")
    check.equal(failure(Lines, board.pins, [RELAY_1], OUTPUT), "EBUSY", "a line has one user")
    before = time.monotonic_ns()
    relay.set(1)
    edges = board.edges("relay-1")
    check.equal([level for _, level in edges], [False], "active is low where the user says so")
    check.true(before < edges[0][0] < time.monotonic_ns(), "edges have the kernel's time")
    check.true(board.state()["evses"][0]["closed"], "the coil closes the contacts")
    relay.close()
    check.true(board.state()["evses"][0]["closed"], "a released line stays driven")
    Lines(board.pins, [RELAY_1], OUTPUT | ACTIVE_LOW).close()
    check.true(not board.state()["evses"][0]["closed"], "the next request drives it again")
    plug = Lines(board.pins, [PLUG_1], INPUT)
    check.equal(plug.get(), 1, "an open switch is pulled up")
    board.ask("line", "plug-1", 0)
    check.equal(plug.get(), 0, "a switch is seen")
    board.ask("line", "plug-1", 1)
    plug.close()


def killed(board, check: Checks):
    """A process that holds a relay on and is killed leaves it on: what `chargepi off` is for."""
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys, time; sys.path.insert(0, sys.argv[2])\n"
         "from rig.probes import Lines, OUTPUT\n"
         f"lines = Lines(sys.argv[1], [{RELAY_2}], OUTPUT, 1)\ntime.sleep(60)",
         board.pins, os.path.dirname(os.path.dirname(os.path.abspath(__file__)))])
    board.until(lambda: board.state()["evses"][1]["closed"], "a closed relay")
    check.equal(failure(Lines, board.pins, [RELAY_2], OUTPUT), "EBUSY", "its holder has the line")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    check.true(board.state()["evses"][1]["closed"], "kill -9 leaves the relay closed")
    Lines(board.pins, [RELAY_2], OUTPUT).close()
    check.true(not board.state()["evses"][1]["closed"], "who comes next can open it")


def i2c(board, check: Checks):
    with I2C(board.bus) as bus:
        bus.transfer(MEMORY, bytes([0x10]) + bytes(range(32)))
        check.equal(bus.transfer(MEMORY, bytes([0x10]), 32), bytes(range(32)),
                    "what was written is read, joined by a repeated start")
        check.equal(bus.transfer(MEMORY, 2), b"\xff\xff", "a read of its own goes on behind it")
        check.equal(failure(bus.transfer, NOBODY, b"x"), "ETIMEDOUT",
                    "an address where nobody is fails within the adapter's time")


def spi(board, check: Checks):
    selects = Lines(board.pins, [SELECT_1, SELECT_2], OUTPUT | ACTIVE_LOW)
    with SPI("/dev/spidev0.1") as bus:
        bus.configure()
        check.equal(bus.transfer(bytes(4)), [b"\xff" * 4], "nobody is selected: ones are read")
        meters(board, check, bus, selects)
        check.equal(failure(bus.transfer, bytes(4097)), "EMSGSIZE",
                    "a message has at most 4096 bytes")
        check.equal(failure(bus.configure, 8), "EINVAL", "a Pi cannot send the lowest bit first")
    selects.close()


def meters(board, check: Checks, bus, selects):
    """Each meter answers to its own chip select and to no other."""
    del board, check, bus, selects


def collisions(board, check: Checks):
    """Two chips at once, the wrong mode, too fast a clock: the rig says so."""
    before = board.state()
    selects = Lines(board.pins, [SELECT_1, SELECT_2], OUTPUT | ACTIVE_LOW, 3)
    with SPI("/dev/spidev0.1") as bus:
        bus.configure()
        bus.transfer(bytes([0xFE] * 4))
        check.equal(board.state()["spiCollisions"] - before["spiCollisions"], 4,
                    "two selected chips are a collision")
        selects.set(1)
        bus.configure(mode=1)
        bus.transfer(bytes([0xFE] * 3))
        bus.configure(hertz=5_000_000)
        bus.transfer(bytes([0xFE] * 2))
        check.equal(board.state()["spiMisheard"] - before["spiMisheard"], 5,
                    "the wrong mode and too fast a clock are not understood")
    selects.set(0)
    selects.close()


def unplugged(board, check: Checks):
    path = board.bus
    with I2C(path) as bus:
        board.ask("unplug", "i2c")
        board.until(lambda: not os.path.exists(path), f"{path} is gone")
        check.equal(failure(bus.transfer, MEMORY, b"x"), "ETIMEDOUT",
                    "an unplugged I2C adapter answers nobody who has it open")
    board.ask("plug", "i2c")
    board.until(lambda: "i2c" in board.adapters(), "the I2C bus is back")
    with I2C(board.bus) as bus:
        check.equal(bus.transfer(MEMORY, bytes([0x10]), 1), b"\0", "its chips were there all along")
    with SPI("/dev/spidev0.0") as bus:
        board.ask("unplug", "spidev0.0")
        check.equal(failure(bus.configure), "ESHUTDOWN", "an unplugged SPI controller is shut down")
        check.true(not os.path.exists("/dev/spidev0.0"), "its node is gone")
    board.ask("plug", "spidev0.0")
    board.until(lambda: os.path.exists("/dev/spidev0.0"), "the SPI node is back")


def refusals(board, check: Checks):
    for words in (["nonsense"], ["line", "nothing", 1], ["load", 3, 1], ["unplug", "nothing"]):
        try:
            board.ask(*words)
        except Refused:
            continue
        check.true(False, f"{words} is refused")
    check.true(True, "commands that make no sense are refused")


def run(board) -> int:
    """Gives the number of checks."""
    check = Checks()
    for part in (pins, killed, i2c, spi, collisions, unplugged, refusals):
        part(board, check)
    return check.count
