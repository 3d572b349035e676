"""The daemon on a DATA directory, as a user has it: its process, its log, its API."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from harness import api
from harness.config import Configuration
from harness.station import EV, active

KEYS = {"MeterValueSampleInterval": "1", "LocalPreAuthorize": "false",
        "AllowOfflineTxForUnknownId": "true", "TransactionMessageAttempts": "2"}
SPEED = 4
SETTINGS = {"simulation": {"speed": SPEED}}


class Ended(Exception):
    """The daemon ended by itself."""


@dataclass
class Programs:
    chargepi: Path
    replay: Path
    worker: Path  # JournalTestWorker


def configure(folder: Path, resumes=False) -> Path:
    configuration = Configuration({**SETTINGS, "resume_after_power_loss": resumes}, keys=KEYS)
    configuration.write(folder)
    return folder


class Daemon:
    """One process after the other on `data`."""

    def __init__(self, programs: Programs, config: Path, data: Path, log: Path, url: str,
                 environment=None):
        self.programs, self.config, self.data = programs, config, data
        self.log, self.url, self.environment = log, url, environment
        self.process, self.port = None, 0

    async def spawn(self):
        """Starts the process, without waiting for anything."""
        self.port = 0
        with open(self.log, "ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                str(self.programs.chargepi), "run", "--config", str(self.config),
                "--data", str(self.data), "--simulate", "--http", "127.0.0.1:0",
                "--csms", self.url, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment)

    @property
    def is_alive(self):
        return self.process is not None and self.process.returncode is None

    async def ready(self, within=10.0):
        """Waits until the API answers: `http.port` may be an old one at first."""
        for _ in range(int(within / 0.004)):
            if not self.is_alive:
                raise Ended(f"with code {self.process.returncode}")
            try:
                self.port = int((self.data / "http.port").read_text())
                await self.get("/v1/health")
                return
            except (OSError, ValueError, IndexError, EOFError):
                await asyncio.sleep(0.004)
        raise Ended(f"is not ready after {within} s")

    async def get(self, path):
        status, body = await api.request("GET", path, port=self.port, timeout=5)
        if status != 200:
            raise api.Refused(status, body)
        return body

    async def state(self):
        return await self.get("/v1/state")

    async def sim(self, what, **body):
        status, answer = await api.request("POST", f"/v1/sim/{what}", body, port=self.port,
                                           timeout=5)
        if status != 202:
            raise api.Refused(status, answer)
        return answer["seq"]

    async def plug(self, evse):
        return await self.sim("plug", evse=evse, connector=1, ev=EV)

    async def unplug(self, evse, side="both"):
        return await self.sim("unplug", evse=evse, connector=1, side=side)

    async def swipe(self, card, evse):
        return await self.sim("swipe", token=card, type="ISO14443", evses=[evse])

    async def until(self, condition, within, what):
        """Polls the state until `condition` holds for it; gives it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            state = await self.state()
            if condition(state):
                return state
            if loop.time() > deadline:
                raise AssertionError(f"not within {within} s: {what}; the state is {state}")
            await asyncio.sleep(0.004)

    async def end(self, number=signal.SIGKILL, within=8.0) -> int:
        """Ends the process (it is ours); gives its exit code."""
        if self.is_alive:
            # Not the process's own method: it would take the exit code away from the loop.
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, number)
        try:
            return await asyncio.wait_for(self.process.wait(), within)
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise AssertionError(f"the daemon did not end within {within} s") from None

    def said(self, lines=12) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join("      " + line for line in text.splitlines()[-lines:])


def is_drained(state) -> bool:
    """Registered, nothing waits for the central system, and no session is left."""
    upstream = state["upstreams"][0]
    return upstream["registration"] == "Accepted" and upstream["queued"]["transaction"] == 0


async def verify(programs: Programs, journal: Path) -> str:
    """What `chargepi-replay verify` has against a journal; empty when it is intact."""
    process = await asyncio.create_subprocess_exec(
        str(programs.replay), str(journal), "verify", stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    said, _ = await process.communicate()
    if process.returncode == 0:
        return ""
    return f"verify ended with {process.returncode}: {said.decode(errors='replace').strip()}"


async def charge(daemon: Daemon, desk, card: str, evse=1):
    """A whole charge, from plugging in to the last message."""
    state = await daemon.state()
    if state["evses"][evse - 1]["connectors"][0]["cable"]:
        await daemon.unplug(evse)
    await daemon.plug(evse)
    await daemon.swipe(card, evse)
    await daemon.until(lambda s: is_charging(s, evse, card), 8, f"{card} charges")
    await daemon.swipe(card, evse)
    await daemon.until(lambda s: not active(s["evses"][evse - 1]), 8, f"{card} has stopped")
    await daemon.unplug(evse)
    await daemon.until(lambda s: is_drained(s) and s["upstreams"][0]["queued"]["other"] == 0
                       or is_drained(s) and s["evses"][evse - 1]["state"] == "Available", 8,
                       f"everything about {card} is told")
    told = " ".join(desk.frames)
    for action in ("StartTransaction", "StopTransaction"):
        if not any(action in frame and card in frame for frame in desk.frames):
            raise AssertionError(f"{action} of {card} was not sent: {told[-500:]}")


def is_charging(state, evse, card) -> bool:
    found = state["evses"][evse - 1]
    session = active(found)
    return found["state"] == "Charging" and session is not None and session["token"] == card
