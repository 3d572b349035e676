"""Short records: one charge with something bad in it, and one more charge after it."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass

from harness import api

from . import layer
from .daemon import Ended, charge, is_drained
from .disk import Disk
from .story import Stage

GONE = (OSError, EOFError, ValueError, IndexError, asyncio.TimeoutError, Ended, AssertionError,
        api.Refused)


@dataclass
class Charges(Stage):
    """Two lives, a charge in each, undisturbed: says how many operations a charge has."""

    async def perform(self):
        await self.begin()
        await charge(self.daemon, self.desk, "FIRST")
        await self.daemon.end(signal.SIGTERM)
        await self.go_on()

    async def begin(self):
        await self.daemon.spawn()
        await self.daemon.ready()
        await self.daemon.until(is_drained, 8, "registration")

    async def go_on(self):
        """The next life: ready, everything told, and able to charge."""
        if not self.daemon.is_alive:
            await self.daemon.spawn()
        await self.daemon.ready()
        await self.daemon.until(is_drained, 8, "an empty queue after the restart")
        await charge(self.daemon, self.desk, "SECOND")
        await self.daemon.end()


@dataclass
class Killed(Charges):
    """The first life ends at an operation, by a real SIGKILL from within the call."""

    operation: int = 1
    moment: int = layer.AFTER

    async def perform(self):
        self.kill_at(self.operation, self.moment)
        try:
            await self.begin()
            await charge(self.daemon, self.desk, "FIRST")
            await self.daemon.end(signal.SIGTERM)
        except GONE:
            pass
        code = await self.daemon.end()
        if code not in (0, -signal.SIGKILL):
            raise AssertionError(f"the daemon ended with {code}\n{self.daemon.said()}")
        self.compare()
        self.kill_at(0)
        await self.go_on()

    def compare(self):
        """The model must say what is on the disk now: else its power cuts prove nothing."""
        disk = Disk.of(self.recording.base)
        for event in self.recording.events():
            if event.is_operation:
                disk.begin(event)
                disk.end(event)
        if difference := self.recording.difference(disk.after_kill()):
            raise AssertionError(f"the model is wrong: {difference}")


@dataclass
class Failing(Charges):
    """An operation fails, without a crash: once, or until the process has ended by itself."""

    operation: int = 1
    error: int = 5
    has_effect: bool = False
    lasts: bool = False
    outcome: str = ""

    async def perform(self):
        control = self.control
        control.fail_errno, control.fail_effect = self.error, self.has_effect
        control.fail_at = self.operation
        control.fail_through = 2**63 if self.lasts else self.operation
        try:
            await self.begin()
            await charge(self.daemon, self.desk, "FIRST")
        except GONE:
            pass
        if control.failed:
            await self.judge()
        control.fail_at = 0
        await self.go_on()

    async def judge(self):
        """It stopped with a sentence, or opened the contactors, said so, and began anew."""
        said = self.daemon.said(400)
        try:
            code = await asyncio.wait_for(self.daemon.process.wait(), 5 if self.lasts else 0.5)
        except asyncio.TimeoutError:
            code = None
        said = self.daemon.said(400)
        if code is None and "contactors are open" in said:
            self.outcome = "opened, said so, went on from the journal"
        elif code in (1, 3) and len(said.strip()) > 20:  # 1: the API cannot listen
            self.outcome = f"ended with {code} and a sentence"
        elif code is None and not self.lasts:
            self.outcome = "went on: nothing durable was concerned"
        else:
            raise AssertionError(f"the daemon ended with {code} after a failure\n{said}")

