"""Erasing, pruning, scrubbing and forgetting, cut at every operation.

The daemon does none of it yet, so the journal's test worker does, and says each thing before and
after. After a cut the worker opens everything as a start does: what was said to be done is done.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import layer, losses, restart
from .disk import Disk, File
from .layer import NAMES, SYNC, TALK, UNLINK, WRITE
from .sweep import Choice, Result, fingerprint


@dataclass
class Said:
    """What the worker had said by an operation."""

    last: int = 0
    erased: set = field(default_factory=set)
    touched: set = field(default_factory=set)  # records that an erasure or a pruning had begun on
    scrubbed: set = field(default_factory=set)  # erased before the last scrub
    tokens: dict = field(default_factory=dict)
    forgetting: set = field(default_factory=set)
    forgot: set = field(default_factory=set)

    def take(self, line: str):
        word, *rest = line.split()
        if word == "appended":
            self.last = int(rest[0])
        elif word == "erasing":
            self.touched.add(int(rest[0]))
        elif word == "pruning":
            self.touched |= set(range(2, int(rest[0]) + 1))
        elif word == "erased":
            self.erased.add(int(rest[0]))
        elif word == "scrubbed" and rest == ["true"]:
            self.scrubbed = set(self.erased)
        elif word == "token":
            self.tokens[int(rest[0])] = rest[1]
        elif word == "forgetting":
            self.forgetting.add(int(rest[0]))
        elif word == "forgot":
            self.forgot.add(int(rest[0]))

    def faults_of_files(self, data: Path) -> list[str]:
        """What is gone must not stand in any file."""
        faults = []
        vaults = b"".join(p.read_bytes() for p in data.glob("vault.db*"))
        faults += [f"token {t} was forgotten, and its text is there"
                   for t in self.forgot if self.tokens[t].encode() in vaults]
        journal = (data / "journal.db").read_bytes() if self.scrubbed else b""
        return faults + [f"record {r} was erased and scrubbed, and its text is there"
                         for r in self.scrubbed if f"record {r};".encode() in journal]

    def faults_of(self, found: Said, text: str) -> list[str]:
        """What the worker has found against what was said."""
        faults = [] if "intact true" in text else ["the chain is not intact"]
        pruned = int(text.split("pruned ")[1].split()[0])
        if found.last < self.last:
            faults.append(f"it ends with record {found.last}; {self.last} was said")
        lost = [r for r in self.erased if r > pruned and r not in found.erased]
        faults += [f"record {r} was erased, and is there again" for r in lost]
        faults += [f"record {r} is erased, and nobody asked for that"
                   for r in found.erased if r not in self.touched]
        for token, card in self.tokens.items():
            if token in self.forgot and token in found.tokens:
                faults.append(f"token {token} was forgotten, and is there")
            elif token not in self.forgetting and found.tokens.get(token) != card:
                faults.append(f"token {token} is {found.tokens.get(token)}, and was {card}")
        return faults


@dataclass
class Forgetful:
    """One story of the worker, recorded and cut."""

    worker: Path
    library: Path
    folder: Path

    def record(self, seed: int, steps: int):
        root = self.folder / "root"
        (root / "data").mkdir(parents=True)
        stage = layer.Layer(self.library, self.folder, root)
        with open(self.folder / "said", "wb") as said:
            subprocess.run([self.worker, "forgetful", root / "data", str(seed), str(steps)],
                           env=stage.environment, check=True, stdout=said)
        self.events = stage.events()

    def faults_of_order(self) -> list[str]:
        """What is overwritten is synced before it is removed: else the zeros go with the file."""
        unsynced, faults = set(), []
        for event in (e for e in self.events if e.is_operation):
            if event.kind == WRITE:
                unsynced.add(event.paths[0])
            elif event.kind == SYNC:
                unsynced.discard(event.paths[0])
            elif event.kind == UNLINK and event.paths[0] in unsynced:
                faults.append(f"{event}: what it was overwritten with was never synced")
        return faults

    def sweep(self, choice: Choice) -> Result:
        disk, said, result, seen = Disk(), Said(), Result(), set()
        if faults := self.faults_of_order():
            result.failures.append(("forgetful", "the order of its operations", 0, faults))
        disk.now["data"] = disk.durable["data"] = File("directory")
        for event in self.events:
            if event.kind == TALK:
                for line in event.data.decode().splitlines():
                    said.take(line)
            elif event.is_operation:
                disk.begin(event)
                if choice.takes(event.number):
                    result.points += 1
                    self.cut(event, choice, disk, said, result, seen)
                disk.end(event)
        return result

    def cut(self, event, choice, disk, said, result, seen):
        for cut in choice.cuts(event):
            result.cuts[NAMES[event.kind], cut.mode] += 1
            image = losses.image(disk, cut.mode, cut.number, cut.draw)
            mark = (fingerprint(image), repr(said))
            if mark in seen:
                continue
            seen.add(mark)
            result.opened += 1
            if faults := self.examine(image, said):
                result.failures.append((self.folder.name, str(cut), 0, faults))

    def examine(self, image, said: Said) -> list[str]:
        place = self.folder / "image"
        shutil.rmtree(place, ignore_errors=True)
        restart.write(image, place)
        data = place / "data"
        faults = said.faults_of_files(data)
        done = subprocess.run([self.worker, "remembers", data], capture_output=True, text=True)
        if done.returncode != 0:
            return [*faults, f"the worker ended with {done.returncode}: {done.stdout[-500:]}"]
        found = Said()
        for line in done.stdout.splitlines():
            if not line.startswith("appended"):
                found.take(line)
            if line.startswith("last "):
                found.last = int(line.split()[1])
        if left := [p.name for p in data.glob("vault.db.*")]:
            faults.append(f"a start leaves {left}")
        return faults + said.faults_of(found, done.stdout) + said.faults_of_files(data)

