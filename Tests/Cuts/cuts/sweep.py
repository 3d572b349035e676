"""All cuts of one record: every image that they leave is examined once."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from . import books, losses
from .central import Central
from .disk import Disk
from .duty import Duties
from .layer import MAP, NAMES, WRITE
from .promises import collect
from .restart import Restart

PAGE = 4096


@dataclass(frozen=True)
class Cut:
    """The operation that is cut, what is lost, and the draw of that."""

    number: int
    mode: str
    draw: int = 0

    @property
    def is_over(self) -> bool:
        """A kill comes after the operation and what was told then; a power cut finds it open."""
        return self.mode == losses.KILL

    def __str__(self):
        return f"--only {self.number} --mode {self.mode}" + (
            f" --draw {self.draw}" if self.draw else "")


@dataclass
class Result:
    """What a part of a sweep has found; parts are added up."""

    cuts: Counter = field(default_factory=Counter)  # (kind of operation, mode) -> cuts
    points: int = 0  # operations that were cut
    images: int = 0
    charges: int = 0
    lives: Counter = field(default_factory=Counter)  # what else was done, in words
    failures: list = field(default_factory=list)  # (record, cut, how many more, sentences)

    def add(self, other: Result):
        self.cuts += other.cuts
        self.points += other.points
        self.images += other.images
        self.charges += other.charges
        self.lives += other.lives
        self.failures += other.failures


@dataclass
class Choice:
    """Which cuts; `share` of `shares` is one process's part of them."""

    only: int | None = None
    mode: str | None = None
    draw: int | None = None
    draws: int = 1
    every: int = 1
    skips: int = 0  # operations at the beginning
    salt: int = 0  # another one takes another sample
    share: int = 0
    shares: int = 1

    def takes(self, number: int) -> bool:
        if self.only is not None:
            return number == self.only and self.share == 0
        if number < self.skips:
            return False
        # Which operations a sample takes must not follow the rhythm of the commits.
        place = int(hashlib.sha256(f"{self.salt} {number}".encode()).hexdigest()[:8], 16)
        return place % self.every == 0 and place // self.every % self.shares == self.share

    def cuts(self, event):
        for mode in losses.MODES:
            if self.mode not in (None, mode):
                continue
            if mode == losses.WITHIN and not (event.kind == WRITE and len(event.data) > PAGE):
                continue
            if mode not in losses.DRAWN:
                yield Cut(event.number, mode)
            elif self.draw is not None:
                yield Cut(event.number, mode, self.draw)
            else:
                yield from (Cut(event.number, mode, draw) for draw in range(self.draws))


class Sweep:
    """One record and the cuts of it that were chosen."""

    def __init__(self, recording, programs, scratch: Path, choice: Choice, lie=None):
        self.recording, self.programs, self.scratch = recording, programs, scratch
        self.choice = choice
        events = recording.events()
        if lie:  # the self-test's: something was not as the record says
            events = [lie(event) for event in events]
        if unseen := [e for e in events if e.kind == MAP and not e.paths[0].endswith("-lock")]:
            raise ValueError(f"a file is written through a map, which is not seen: {unseen[0]}")
        self.operations = [event for event in events if event.is_operation]
        self.resumes = recording.resumes
        scratch.mkdir(parents=True, exist_ok=True)
        self.reference = books.Reference(recording.data, books.record_class(scratch))
        self.duties = Duties(collect(events), self.reference, events, recording.past)
        self.result = Result()

    def images(self):
        """(operation, cut, image), in the order of the operations."""
        disk = Disk.of(self.recording.base)
        for event in self.operations:
            disk.begin(event)
            if self.choice.takes(event.number):
                for cut in self.choice.cuts(event):
                    yield event, cut, losses.image(disk, cut.mode, cut.number, cut.draw)
            disk.end(event)

    def run(self) -> Result:
        return asyncio.run(self.examine())

    async def examine(self) -> Result:
        for fault in self.duties.faults:
            self.result.failures.append((self.recording.folder.name, "the whole record", 0, [fault]))
        chosen = self.count()
        self.central = Central()
        await self.central.listen()
        waiting: set = set()
        for _, cut, image in self.images():
            if cut not in chosen:
                continue
            if len(waiting) >= 2:
                _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            waiting.add(asyncio.ensure_future(self.one(cut, image, chosen[cut])))
        if waiting:
            await asyncio.wait(waiting)
        await self.central.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        return self.result

    def count(self) -> dict:
        """Of the cuts that leave the same image, the one that owes most: cut -> how many."""
        groups, points = {}, set()
        for event, cut, image in self.images():
            self.result.cuts[NAMES[event.kind], cut.mode] += 1
            points.add(cut.number)
            groups.setdefault(fingerprint(image), []).append(cut)
        self.result.points += len(points)
        return {max(cuts, key=lambda c: (c.number + c.is_over, c.is_over)): len(cuts)
                for cuts in groups.values()}

    async def one(self, cut: Cut, image: dict, same: int):
        self.result.images += 1
        charges = self.result.images % 50 == 1
        self.result.charges += charges
        restart = Restart(
            self.programs, self.recording.config,
            self.scratch / f"{cut.number}-{cut.mode}-{cut.draw}", self.central, self.reference,
            self.resumes, charges)
        faults = await restart.faults(
            image, self.duties.at(cut.number, cut.is_over),
            lambda last: self.duties.lost_energy(cut.number, last))
        if faults:
            self.result.failures.append((self.recording.folder.name, cut, same - 1, faults))


def fingerprint(image: dict) -> bytes:
    """Tells images apart."""
    digest = hashlib.blake2b(digest_size=16)
    for path, (kind, content) in sorted(image.items()):
        digest.update(f"{path}\0{kind}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.digest()
