"""The guest's thermometers: files that the kernel's own drivers make.

The thermal zone is ACPI's (`guest/thermal_zone.py`); the DS18B20 hangs behind a DS2482, an I2C chip
of the board, which the kernel has to be told of.
"""

from __future__ import annotations

import glob
import time
from pathlib import Path

ZONE = "/sys/class/thermal/thermal_zone0/temp"
SCRATCH = 0x3FF  # the register that the table's _TMP reads


def set_zone(degrees: int):
    with open("/dev/port", "r+b", buffering=0) as ports:
        ports.seek(SCRATCH)
        ports.write(bytes([degrees]))


def one_wire(board) -> str:
    """The `w1_slave` of the board's sensor, whose bus is searched once."""
    bus = Path("/sys/bus/i2c/devices", Path(board.adapters()["pins"][0]).name)
    (bus / "new_device").write_text("ds2482 0x18")
    found = board.until(lambda: glob.glob("/sys/bus/w1/devices/28-*/w1_slave"), "a 1-wire sensor")
    for search in glob.glob("/sys/bus/w1/devices/*/w1_master_search"):
        Path(search).write_text("0")
    return found[0]


def check(board, check):
    """The files say what the sensors have."""
    path = one_wire(board)
    for degrees in (-5.125, 20.5):
        board.ask("heat", round(degrees * 1000))
        began = time.monotonic()
        lines = Path(path).read_text().split("\n")
        check.true(lines[0].endswith("YES"), f"the sensor's checksum is right: {lines}")
        check.near(int(lines[1].rsplit("=", 1)[1]) / 1000, degrees, 0.001,
                   "w1_slave has the sensor's temperature")
        check.true(time.monotonic() - began > 0.7, "a measurement takes its time")
    set_zone(41)
    check.equal(Path(ZONE).read_text().strip(), "41000", "the thermal zone has its temperature")
