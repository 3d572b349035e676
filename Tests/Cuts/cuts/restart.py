"""Starts the real daemon on what a cut has left, and looks whether everything is there."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from harness import api

from . import books
from .daemon import Daemon, Ended, charge, is_drained, verify
from .duty import Duty, books_faults

TROUBLE = (OSError, EOFError, ValueError, IndexError, AssertionError, Ended, api.Refused,
           asyncio.TimeoutError)


def write(image: dict, root: Path):
    """Makes the files of an image; parents come before what is in them."""
    root.mkdir(parents=True)
    for path, (kind, content) in sorted(image.items()):
        target = root / path
        if kind == "directory":
            target.mkdir(mode=0o700)
        elif kind == "socket":
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(target))
        else:
            target.write_bytes(content)
            target.chmod(0o600)


@dataclass
class Restart:
    """One image under examination."""

    programs: object
    config: Path
    folder: Path  # of this image alone
    central: object
    reference: object
    resumes: bool
    has_phantoms: bool
    charges: bool = False

    @property
    def data(self) -> Path:
        return self.folder / "root" / "data"

    async def faults(self, image: dict, duty: Duty, lost_energy) -> list[str]:
        write(image, self.folder / "root")
        try:
            last, faults = await self.before(duty)
            if not faults:
                faults = lost_energy(last) + await self.after(duty, last)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        return faults

    async def before(self, duty: Duty):
        """The journal and the vault as they lie there: the number of the last event, and faults."""
        journal = self.data / "journal.db"
        if not journal.exists():
            owed = f"events to {duty.last} were told ({duty.because}), and there is no journal"
            return 0, [owed] if duty.last else []
        if fault := await verify(self.programs, journal):
            return 0, [f"on the image: {fault}"]
        records = books.records(journal)
        last, faults = len(records), []
        same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1],
                                                  zip(records, self.reference.records)))
        if same < last and not self.has_phantoms:
            faults.append(f"of its {last} records only {same} are as they were written")
        # A commit that failed may be found all the same, if nobody was told of what replaced it.
        last = same
        if last < duty.last:
            faults.append(f"it ends with event {last}; event {duty.last} was told: {duty.because}")
        if last not in self.reference.ends_commit:
            faults.append(f"it ends with event {last}, in the middle of a commit")
        return last, faults + self.vault_faults(last)

    def vault_faults(self, last):
        vault, whole = books.Vault.read(self.data / "vault.db"), self.reference.vault
        faults = [f"token {token} of event {number} is not in the vault"
                  for number, token in self.reference.tokens
                  if number <= last and token not in vault.tokens]
        faults += [f"secret {secret} of event {number} is not in the vault"
                   for number, secret in self.reference.secrets
                   if number <= last and secret not in vault.secrets]
        for mine, theirs in ((vault.tokens, whole.tokens), (vault.secrets, whole.secrets)):
            faults += [f"the vault says {value!r} for {name}, which is {theirs.get(name)!r}"
                       for name, value in mine.items() if theirs.get(name) != value]
        return faults

    async def after(self, duty: Duty, last: int) -> list[str]:
        """The daemon's own life on it."""
        desk, url = self.central.open_desk()
        daemon = Daemon(self.programs, self.config, self.data, self.folder / "log", url)
        try:
            await daemon.spawn()
            await daemon.ready()
            state = await daemon.until(is_drained, 8, "an empty queue")
            faults = books_faults(duty, desk.frames, self.reference, last, state, self.resumes)
            if self.charges and not faults:
                await charge(daemon, desk, "FULLCHARGE")
        except TROUBLE as trouble:
            faults = [f"the daemon {type(trouble).__name__}: {trouble}\n{daemon.said()}"]
        finally:
            await daemon.end()
            self.central.close_desk(url)
        return faults or await self.afterwards(last)

    async def afterwards(self, last: int) -> list[str]:
        journal = self.data / "journal.db"
        if fault := await verify(self.programs, journal):
            return [f"after the restart: {fault}"]
        if books.records(journal)[:last] != self.reference.records[:last]:
            return ["the restart has changed events"]
        return []
