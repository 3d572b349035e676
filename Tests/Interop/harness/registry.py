"""The list of cases, and what runs one of them."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from .scenario import Scenario


@dataclass
class Case:
    group: str
    title: str
    run: Callable
    covers: tuple  # certification cases, `OCPP-CASES` numbers
    limit: float  # seconds
    world: dict = field(default_factory=dict)  # arguments of Scenario
    needs_replay: bool = False

    @property
    def name(self):
        numbers = f"{' '.join(self.covers)} " if self.covers else ""
        return f"{self.group}: {numbers}{self.title}"


CASES: list[Case] = []


def case(title, *covers, limit=60.0, needs_replay=False, **world):
    """Registers an `async def (t)` as a case; `world` goes to `Scenario`."""

    def register(function):
        group = function.__module__.rsplit(".", 1)[-1]
        CASES.append(Case(group, title, function, covers, limit, world, needs_replay))
        return function

    return register


@dataclass
class Outcome:
    case: Case
    seconds: float
    error: str = ""
    conversation: str = ""
    stderr: str = ""


async def run_case(entry: Case, binary, replay=None, keep=False) -> Outcome:
    """Runs one case in its own folder, with its own central system and daemon."""
    folder = Path(tempfile.mkdtemp(prefix="chargepi-interop-"))
    began, error = time.monotonic(), ""
    world = Scenario(binary, folder, replay=replay, **entry.world)
    try:
        await asyncio.wait_for(_body(entry, world), entry.limit)
    except asyncio.TimeoutError:
        error = f"the case took longer than {entry.limit} s"
    except AssertionError as failure:
        error = f"{failure}{_place()}"
    except Exception:
        error = traceback.format_exc()
    finally:
        code = world.station.process.returncode if world.station.process else None
        if error and code not in (None, 0, -signal.SIGKILL):
            error += f"\n  the daemon ended with {code}"
        await world.cleanup()
    outcome = Outcome(entry, time.monotonic() - began, error)
    if error:
        outcome.conversation = world.log.tail()
        if world.csms.violations:
            outcome.conversation += "\n  violations:\n    " + "\n    ".join(
                world.csms.violations[:10])
        outcome.stderr = world.station.errors()
    if keep:
        outcome.error = outcome.error and f"{outcome.error}\n  kept: {folder}"
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


async def _body(entry, world):
    await entry.run(world)
    await world.finish()


def _place() -> str:
    """Where in the case the expectation stood."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    inside = [f for f in frames if "/cases/" in f.filename]
    return f"  ({Path(inside[-1].filename).name}:{inside[-1].lineno})" if inside else ""
