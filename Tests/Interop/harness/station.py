"""The daemon as a black box: start, stop, kill, and its HTTP API."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from . import api

EV = {"requestAfterMs": 100, "maxA": 32, "phases": 1, "soc": 20, "unplugAfterS": 0}


def spelled(card):
    """The card in any spelling: idToken is a CiString, either is right."""
    return lambda found: found is not None and found.upper() == card.upper()


def active(evse):
    """The EVSE's session from its start to its stop.

    `session` may be there before (cable in, card read but not yet accepted) and after (cable still
    in): the contract does not say when it appears.
    """
    idle = ("Available", "Preparing", "Finishing", "Reserved", "Unavailable")
    started = evse["state"] not in idle or evse["contactor"] == "closed"
    return evse["session"] if started else None


class Station:
    """One DATA directory and the processes that one after the other live on it."""

    def __init__(self, binary, folder: Path, configuration, log, csms_url=None):
        self.binary, self.folder, self.configuration = str(binary), folder, configuration
        self.config, self.data = folder / "config", folder / "data"
        self.log, self.csms_url = log, csms_url
        self.process, self.port = None, None
        self.stopped = False  # asked to stop, and did
        self.stderr = folder / "stderr.log"
        self.on_start = lambda: None
        self.environment = {}  # beside this process's own
        configuration.write(self.config)
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    # The process

    def arguments(self):
        wanted = [self.binary, "run", "--config", str(self.config), "--data", str(self.data),
                  "--simulate", "--http", "127.0.0.1:0"]
        return wanted + (["--csms", self.csms_url] if self.csms_url else [])

    async def spawn(self, arguments=None):
        with open(self.stderr, "ab") as errors:
            return await asyncio.create_subprocess_exec(
                *(arguments or self.arguments()), stdin=asyncio.subprocess.DEVNULL,
                stdout=errors, stderr=errors, env={**os.environ, **self.environment})

    async def start(self, within=10.0) -> float:
        """Starts the daemon; gives the seconds until `/v1/health` said 200."""
        (self.data / "http.port").unlink(missing_ok=True)
        self.log.remark("the daemon starts")
        self.on_start()
        began = time.monotonic()
        self.process, self.stopped = await self.spawn(), False
        while time.monotonic() - began < within:
            if self.process.returncode is not None:
                raise AssertionError(f"the daemon ended with {self.process.returncode} at start")
            if await self.healthy():
                return time.monotonic() - began
            await asyncio.sleep(0.02)
        raise AssertionError(f"/v1/health did not answer 200 within {within} s")

    async def healthy(self) -> bool:
        try:
            self.port = int((self.data / "http.port").read_text())
            status, _ = await api.request("GET", "/v1/health", port=self.port, timeout=2)
            return status == 200
        except (OSError, ValueError, IndexError, EOFError, asyncio.TimeoutError):
            return False

    def kill(self):
        """SIGKILL: for the daemon, a power cut."""
        self.log.remark("the daemon is killed (SIGKILL)")
        if self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGKILL)

    async def killed(self):
        self.kill()
        await self.process.wait()

    async def stop(self, within=5.0):
        """SIGTERM, and the promise: exit code 0 within five seconds."""
        if self.process is None or self.process.returncode is not None:
            return
        self.log.remark("the daemon is asked to stop (SIGTERM)")
        os.kill(self.process.pid, signal.SIGTERM)
        try:
            code = await asyncio.wait_for(self.process.wait(), within)
        except asyncio.TimeoutError:
            await self.killed()
            raise AssertionError(f"the daemon did not stop within {within} s of SIGTERM")
        assert code == 0, f"the daemon ended with {code} after SIGTERM, not with 0"
        self.stopped = True

    async def cleanup(self):
        if self.process and self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGKILL)
            await self.process.wait()

    @property
    def alive(self):
        return self.process is not None and self.process.returncode is None

    async def ended(self, arguments=None, within=10.0) -> int:
        """Runs the program to its own end; gives its exit code."""
        process = await self.spawn(arguments)
        try:
            return await asyncio.wait_for(process.wait(), within)
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError(f"{(arguments or self.arguments())[1:]} did not end")

    def errors(self, count=60) -> str:
        text = self.stderr.read_text(errors="replace") if self.stderr.exists() else ""
        return "\n".join("  " + line for line in text.splitlines()[-count:])

    # The API

    async def get(self, path):
        status, body = await api.request("GET", path, port=self.port)
        if status >= 400:
            raise api.Refused(status, body)
        return body

    async def state(self) -> dict:
        return await self.get("/v1/state")

    async def evse(self, number=1) -> dict:
        return next(e for e in (await self.state())["evses"] if e["id"] == number)

    async def post(self, path) -> int:
        """The status of the answer to a `POST` without a body."""
        status, _ = await api.request("POST", path, port=self.port)
        return status

    async def sim(self, what: str, **body):
        """`POST /v1/sim/what`; gives the journal's position at acceptance."""
        self.log.remark(f"sim/{what} {body}")
        status, answer = await api.request("POST", f"/v1/sim/{what}", body, port=self.port)
        if status != 202:
            raise api.Refused(status, answer)
        return answer["seq"]

    async def plug(self, evse=1, connector=1, **ev):
        return await self.sim("plug", evse=evse, connector=connector, ev={**EV, **ev})

    async def unplug(self, evse=1, connector=1, side="both"):
        return await self.sim("unplug", evse=evse, connector=connector, side=side)

    async def swipe(self, token, evses=(1, 2)):
        return await self.sim("swipe", token=token, type="ISO14443", evses=list(evses))

    async def until(self, condition, within=5.0, what="a state"):
        """Polls `/v1/state` until `condition(state)` is true; gives that state."""
        deadline = time.monotonic() + within
        while True:
            state = await self.state()
            if condition(state):
                return state
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {within} s: {what}; the state is {state}")
            await asyncio.sleep(0.05)

    async def until_evse(self, condition, number=1, within=5.0, what="a state of the EVSE"):
        def holds(state):
            return condition(next(e for e in state["evses"] if e["id"] == number))

        state = await self.until(holds, within, what)
        return next(e for e in state["evses"] if e["id"] == number)

    async def drained(self, within=13.0):
        """Nothing is queued for the central system any more (parked messages aside).

        An answer that releases nothing may ride with the next commit before the state shows it: a
        wire on which nothing has moved for two and a half seconds counts, too.
        """
        def empty(state):
            queued = state["upstreams"][0]["queued"]
            moved = next((f.at for f in reversed(self.log.frames) if f.direction != "*"), 0.0)
            return queued["transaction"] == queued["other"] == 0 or (
                state["upstreams"][0]["online"] and self.log.now() - moved > 2.5)

        return await self.until(empty, within, "an empty queue")
