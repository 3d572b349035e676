"""The simulated board: its process, its commands, and the kernel's devices that it made."""

from __future__ import annotations

import glob
import json
import os
import socket
import subprocess
import time
from pathlib import Path


class Refused(Exception):
    """The board could not do what a command asked for."""


class Board:
    """`boardsim` and what it is asked; a context manager that ends it."""

    SOCKET = "/run/boardsim.sock"

    # SPI nodes of each wiring.
    NODES = {"chips": 3, "contacts": 4}

    def __init__(self, binary, log: Path, wiring="chips"):
        with open(log, "ab") as file:
            self.process = subprocess.Popen([str(binary), self.SOCKET, wiring],
                                            stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        try:
            self.link = self.until(self.connect, "the board's socket")
            self.answers = self.link.makefile("r")
            self.until(lambda: len(self.adapters()) == 2
                       and len(self.spi_nodes()) == self.NODES[wiring], "the board's devices")
        except BaseException:
            self.process.kill()
            raise

    def connect(self):
        link = socket.socket(socket.AF_UNIX)
        try:
            link.connect(self.SOCKET)
            return link
        except OSError:
            link.close()
            return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            # The kernel keeps it until whoever has the I2C bus open closes it.
            pass

    def until(self, condition, what, within=10.0):
        deadline = time.monotonic() + within
        while not (value := condition()):
            if self.process.poll() is not None:
                raise AssertionError(f"boardsim ended with {self.process.returncode}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {within} s: {what}")
            time.sleep(0.02)
        return value

    def ask(self, *words) -> dict:
        """One command; gives its answer."""
        self.link.sendall((" ".join(str(w) for w in words) + "\n").encode())
        answer = json.loads(self.answers.readline())
        if "error" in answer:
            raise Refused(f"{' '.join(map(str, words))}: {answer['error']}")
        return answer

    def state(self) -> dict:
        return self.ask("state")

    def edges(self, line, since=0) -> list:
        """(nanoseconds since boot, level) of a line's edges."""
        return [(e["at"], e["level"]) for e in self.ask("edges")["edges"]
                if e["line"] == line and e["at"] >= since]

    # What the kernel made of it

    @staticmethod
    def adapters() -> dict:
        """The board's USB adapters by name: (`/dev/i2c-N`, `/dev/gpiochipN`)."""
        found = {}
        for folder in glob.glob("/sys/bus/hid/drivers/cp2112/0003:*"):
            uevent = Path(folder, "uevent").read_text()
            name = next(line.split("chargepi test ")[1] for line in uevent.splitlines()
                        if line.startswith("HID_NAME="))
            nodes = [os.path.basename(p) for p in glob.glob(f"{folder}/i2c-*")
                     + glob.glob(f"{folder}/gpiochip*") + glob.glob(f"{folder}/gpio/gpiochip*")]
            bus = next((f"/dev/{n}" for n in nodes if n.startswith("i2c-")), None)
            chip = next((f"/dev/{n}" for n in nodes if n.startswith("gpiochip")), None)
            if bus and chip and os.path.exists(bus) and os.path.exists(chip):
                found[name] = (bus, chip)
        return found

    @staticmethod
    def spi_nodes() -> list:
        return sorted(glob.glob("/dev/spidev*"))

    @property
    def bus(self) -> str:
        """The I2C bus with the display and the reader."""
        return self.adapters()["i2c"][0]

    @property
    def pins(self) -> str:
        """The chip with the relays and switches."""
        return self.adapters()["pins"][1]
