"""What the daemon does while it is recorded: a random user, a moody central system, and ends.

The user never uses a card for two sessions, so that a card names its session. The daemon is ended
by the layer at an operation that is drawn, by SIGTERM, or by a Reset, and started again.
"""

from __future__ import annotations

import asyncio
import random
import signal
from dataclasses import dataclass
from pathlib import Path

from harness import api
from harness.station import active

from . import layer
from .central import Central
from .daemon import Daemon, Ended, configure
from .recording import Recording

GONE = (OSError, EOFError, ValueError, IndexError, asyncio.TimeoutError, Ended, AssertionError)


@dataclass
class Stage:
    """A daemon under the layer, and a central system for it."""

    recording: Recording
    programs: object
    library: Path
    resumes: bool = False

    async def play(self):
        """Makes the record; gives it back."""
        self.recording.root.mkdir(parents=True, exist_ok=True)
        (self.recording.folder / "prefix").write_text(str(self.recording.root.resolve()))
        configure(self.recording.config, self.resumes)
        self.layer = layer.Layer(self.library, self.recording.folder, self.recording.root)
        self.control = self.layer.control
        self.central = Central()
        await self.central.listen()
        self.desk, url = self.central.open_desk()
        self.daemon = Daemon(self.programs, self.recording.config, self.recording.data,
                             self.recording.folder / "log", url, self.layer.environment)
        try:
            await self.perform()
        finally:
            if self.daemon.is_alive:
                await self.daemon.end()
            await self.central.close()
        return self.recording

    def kill_at(self, operation, moment=layer.AFTER):
        self.control.kill_moment = moment
        self.control.kill_at = operation


@dataclass
class Story(Stage):
    """Plays until so many operations are recorded."""

    seed: int = 0
    operations: int = 700
    lives: int = 0
    cards: int = 0

    async def perform(self):
        self.random = random.Random(self.seed)
        self.desk.delay_seconds = lambda: self.random.choice((0, 0, 0, 0, 0.02))
        while self.control.operations < self.operations:
            await self.life()

    async def life(self):
        """From one start to the next end."""
        control, self.lives = self.control, self.lives + 1
        self.kill_at(0)
        if self.random.random() < 0.3:  # it ends while it starts
            self.kill_at(control.operations + self.random.randint(1, 40), self.moment())
        await self.daemon.spawn()
        until = control.operations + self.random.randint(60, 200)
        try:
            await self.daemon.ready()
            while control.operations < until and self.daemon.is_alive:
                await self.act()
            await self.finish()
        except api.Refused as refused:
            raise AssertionError(f"the API refused: {refused}") from refused
        except GONE:
            if control.kill_at == 0:
                raise
        code = await self.daemon.end()
        if code not in (0, -signal.SIGKILL):
            raise AssertionError(f"the daemon ended with {code}\n{self.daemon.said()}")

    async def finish(self):
        """How a life ends."""
        if self.random.random() < 0.3:
            await self.daemon.end(signal.SIGTERM)
            return
        self.kill_at(self.control.operations + self.random.randint(1, 12), self.moment())
        while True:
            await self.act()

    def moment(self):
        return self.random.choice((layer.BEFORE, layer.WITHIN, layer.AFTER))

    async def act(self):
        """One deed of somebody."""
        state = await self.daemon.state()
        evse = self.random.choice(state["evses"])
        deed = self.random.random()
        if deed < 0.75:
            await self.use(evse)
        elif deed < 0.9:
            await self.manage(evse["id"])
        else:
            seq = state["seq"]
            await self.daemon.get(f"/v1/events?since={max(0, seq - self.random.randint(1, 60))}")
        await asyncio.sleep(self.random.choice((0, 0.01, 0.03, 0.05, 0.3)))

    async def use(self, evse):
        """The user at one EVSE."""
        number, session, chance = evse["id"], active(evse), self.random.random()
        try:
            if not evse["connectors"][0]["cable"]:
                await self.daemon.plug(number)
            elif session is None and evse["session"] is None and chance < 0.8:
                self.cards += 1
                await self.daemon.swipe(f"S{self.seed % 1000:03d}{self.cards:05d}", number)
                await asyncio.sleep(0.03)
            elif session is None:
                await self.daemon.unplug(number)
            elif chance < 0.35:
                await self.daemon.swipe(session["token"], number)
            elif chance < 0.45:
                await self.daemon.unplug(number, side="ev")
            elif chance < 0.6:
                await self.daemon.sim("ev", evse=number,
                                      demand=self.random.choice(("suspend", "charge")))
            elif chance < 0.7:
                await asyncio.sleep(1.1)
        except api.Refused as refused:
            if refused.status != 409:
                raise

    async def manage(self, evse):
        """The central system, the network and the equipment."""
        deed = self.random.randrange(9)
        if deed == 0:
            await self.daemon.sim("link", up=False)
        elif deed in (1, 2):
            await self.daemon.sim("link", up=True)
        elif deed == 3:
            self.desk.failures["StartTransaction"] = 1
        elif deed == 4:
            self.desk.failures["StopTransaction"] = self.random.choice((1, 2))
        elif deed == 5:
            await self.desk.ask("ChangeConfiguration", {
                "key": "HeartbeatInterval", "value": str(self.random.randint(60, 600))}, 1)
        elif deed == 6:
            await self.desk.ask("ChangeAvailability", {
                "connectorId": evse, "type": self.random.choice(("Operative", "Operative",
                                                                 "Inoperative"))}, 1)
        elif deed == 7:
            self.cards += 1
            await self.desk.ask("RemoteStartTransaction", {
                "connectorId": evse, "idTag": f"R{self.seed % 1000:03d}{self.cards:05d}"}, 1)
        else:
            await self.desk.ask("Reset", {"type": "Soft"}, 1)
            await asyncio.sleep(0.2)
            await self.daemon.ready()
