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

CARD = "FULLCHARGE"
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
    charges: bool = False

    @property
    def data(self) -> Path:
        return self.folder / "root" / "data"

    async def faults(self, image: dict, duty: Duty, lost_energy) -> list[str]:
        write(image, self.folder / "root")
        try:
            state, frames, faults = await self.live()
            faults = faults or await self.compare(duty, lost_energy, state, frames)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        return faults

    async def live(self):
        """The daemon's life on it: its last state, what it has told the central system, faults."""
        desk, url = self.central.open_desk()
        daemon = Daemon(self.programs, self.config, self.data, self.folder / "log", url)
        state, frames, faults = None, [], []
        try:
            await daemon.spawn()
            await daemon.ready()
            state = await daemon.until(is_drained, 8, "an empty queue")
            frames = list(desk.frames)
            if self.charges:
                await charge(daemon, desk, CARD)
        except TROUBLE as trouble:
            faults = [f"the daemon: {type(trouble).__name__}: {trouble}\n{daemon.said()}"]
        finally:
            await daemon.end()
            self.central.close_desk(url)
        return state, frames, faults

    async def compare(self, duty: Duty, lost_energy, state, frames) -> list[str]:
        """What has become of the journal, the vault and the books."""
        journal = self.data / "journal.db"
        if fault := await verify(self.programs, journal):
            return [fault]
        pairs = zip(books.records(journal), self.reference.records)
        last = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
        faults = []
        if last < duty.last:
            faults.append(f"events are as they were to {last}; event {duty.last} was told: "
                          f"{duty.because}")
        if last > 1 and last not in self.reference.ends_commit:
            faults.append(f"events are as they were to {last}, which ends no commit")
        return faults + self.vault_faults(last) + lost_energy(last) + books_faults(
            duty, frames, self.reference, last, state, self.resumes)

    def vault_faults(self, last):
        vault, whole = books.Vault.read(self.data / "vault.db"), self.reference.vault
        vault.tokens = {k: v for k, v in vault.tokens.items() if v != CARD.encode()}
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
