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

from . import sensors
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
        chips = Meters(bus, selects)
        chips.write(1, 5, 800)
        check.equal((chips.read(1, 5), chips.read(2, 5)), (800, 4000),
                    "each meter has its own chip select")
        metering(board, check, chips)
        check.equal(failure(bus.transfer, bytes(4097)), "EMSGSIZE",
                    "a message has at most 4096 bytes")
        check.equal(failure(bus.configure, 8), "EINVAL", "a Pi cannot send the lowest bit first")
    collisions(board, check, selects)
    selects.close()


class Meters:
    """Registers of the CS5460As by their chip selects."""

    FILLER = 0xFE

    def __init__(self, bus, selects):
        self.bus, self.selects = bus, selects

    def frame(self, number, *data) -> bytes:
        self.selects.set(1 << number - 1)
        try:
            return self.bus.transfer(bytes(data))[0]
        finally:
            self.selects.set(0)

    def read(self, number, register) -> int:
        answer = self.frame(number, register << 1, *[self.FILLER] * 3)
        return int.from_bytes(answer[1:], "big")

    def write(self, number, register, value):
        self.frame(number, 0x40 | register << 1, *value.to_bytes(3, "big"))


def metering(board, check: Checks, meters):
    """A load on EVSE 1, and its meter's registers by the data sheet's formulas."""
    relay = Lines(board.pins, [RELAY_1], OUTPUT | ACTIVE_LOW, 1)
    board.ask("load", 1, 80_000, 230_000)
    meters.frame(1, 0xE8)
    time.sleep(0.7)
    energy, volts, amperes = (meters.read(1, register) for register in (10, 12, 11))
    power = 230 / 400.25 * 80 / 250
    check.near(energy / 2**23, power * 800 / 4096, 1e-5, "E is the energy of one cycle")
    check.near(volts / 2**24 * 400.25, 230, 0.01, "the voltage is the mains'")
    check.near(amperes / 2**24 * 250, 80, 0.01, "the current is the car's")
    evse = board.state()["evses"][0]
    seconds = evse["milliwattSeconds"] / 230 / 80_000
    check.near(evse["meterCycles"] * 0.2, seconds, 0.45, "cycles last as long as they should")
    drawn = evse["meterUnits"] / 2**23 * 400.25 * 250 * 1.024
    check.near(drawn, evse["meterCycles"] * 0.2 * 230 * 80, 5,
               "the meter's cycles add up to the energy")
    board.ask("brownout", "meter-1")
    check.equal(meters.read(1, 5), 4000, "a meter whose supply dipped has forgotten everything")
    board.ask("load", 1, 0)
    relay.set(0)
    relay.close()


def collisions(board, check: Checks, selects):
    """Two chips at once, the wrong mode, too fast a clock: the rig says so."""
    before = board.state()
    selects.set(3)
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


def mfrc522(board, check: Checks):
    with SPI("/dev/spidev0.0") as bus:
        bus.configure(hertz=5_000_000)
        version = bytes([0x80 | 0x37 << 1, 0])
        check.equal(bus.transfer(version)[0][1], 0x92, "the MFRC522 is at the kernel's chip select")
        board.ask("missing", "mfrc522", 1)
        check.equal(bus.transfer(version)[0][1], 0xFF, "a chip that fell off is silent")
        board.ask("missing", "mfrc522", 0)
        bus.configure(mode=SPI.NO_SELECT, hertz=5_000_000)
        check.equal(bus.transfer(version)[0][1], 0xFF, "without chip select it is silent")
        bus.configure()


def lamps(board, check: Checks):
    """One red LED and three dark ones: a 1 is 110 at 2.4 MHz, a 0 is 100."""
    colours = "".join(f"{byte:08b}" for byte in bytes([0, 255, 0] + [0] * 9))
    bits = "".join("110" if bit == "1" else "100" for bit in colours)
    frame = int(bits, 2).to_bytes(len(bits) // 8, "big") + bytes(91)
    with SPI("/dev/spidev1.0") as bus:
        bus.configure(hertz=2_400_000)
        bus.transfer(frame)
    lit = board.ask("lamps")
    check.equal((lit["colours"], lit["wrongPatterns"]), ([0xFF0000, 0, 0, 0], 0),
                "a strip shows what its pulses say")


def display(board, check: Checks):
    """The data sheet's start in 4-bit mode, then two letters."""
    with I2C(board.bus) as bus:
        def send(nibble, data=0):
            lines = nibble << 4 | 0x08 | data
            bus.transfer(0x27, bytes([lines | 0x04, lines]))
            time.sleep(0.005)

        for nibble in (3, 3, 3, 2, 2, 8, 0, 0xC, 0, 1, 0, 6):
            send(nibble)
        for letter in b"OK":
            send(letter >> 4, 1)
            send(letter & 15, 1)
    shown = board.ask("display")
    check.equal([row.strip() for row in shown["rows"]], ["OK", ""],
                "text is read back from the nibbles")
    check.equal(shown["timingViolations"], 0, "and nothing came too early")


def pn532(board, check: Checks):
    with I2C(board.bus) as bus:
        failure(bus.transfer, 0x24, 1)  # it sleeps: this wakes it
        bus.transfer(0x24, bytes.fromhex("0000ff02fed4022a00"))
        for size, wanted in ((7, "0000ff00ff00"), (13, "0000ff06fad50332010607e8")):
            board.until(lambda: bus.transfer(0x24, 1) == b"\x01", "the PN532 to be ready")
            check.true(bus.transfer(0x24, size)[1:].hex().startswith(wanted[:2 * size - 2]),
                       "the PN532 acknowledges and tells its firmware")
        board.ask("missing", "pn532", 1)
        check.equal(failure(bus.transfer, 0x24, 1), "ETIMEDOUT", "one that fell off is silent")
        board.ask("missing", "pn532", 0)


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
    for words in (["nonsense"], ["line", "nothing", 1], ["load", 3, 1], ["unplug", "nothing"],
                  ["card", "display", "off"], ["card", "pn532", "88"], ["missing", "nobody", 1]):
        try:
            board.ask(*words)
        except Refused:
            continue
        check.true(False, f"{words} is refused")
    check.true(True, "commands that make no sense are refused")


def run(board) -> int:
    """Gives the number of checks."""
    check = Checks()
    for part in (pins, killed, i2c, spi, mfrc522, lamps, display, pn532, sensors.check, unplugged,
                 refusals):
        part(board, check)
    return check.count
