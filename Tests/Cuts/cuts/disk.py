"""A disk as POSIX promises it: what is synced is there; of the rest, anything may be.

A file is a row of 512-byte sectors, each written as a whole or not at all. Of every sector the
model keeps what is durable and every later content that it has had in memory: after a power cut,
any of them may be found (the system writes back when it likes, in any order). So it is with a
file's size, and with the names in a directory, which are durable when the *directory* is synced.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path

from .layer import (ALLOCATE, CREATE, DATA_SYNC, DIRECTORY, FAILED, LINK, OF_DIRECTORY, RENAME, SOCKET,
                    SYNC, TRUNCATE, UNLINK, WRITE, Event)

SECTOR = 512
ZEROS = bytes(SECTOR)
KEEP_SIZE, PUNCH, ZERO = 0x01, 0x02, 0x10  # linux/falloc.h


class Unknown(Exception):
    """Something was recorded that this model cannot follow."""


class File:
    """An inode: `now` is what readers see, `durable` what a power cut leaves at least."""

    identities = itertools.count()

    def __init__(self, kind="file"):
        self.identity, self.kind = next(self.identities), kind
        self.now, self.now_bytes = {}, 0  # sector number -> bytes; absent: zeros
        self.durable, self.durable_bytes = {}, 0
        self.pending = {}  # sector number -> [(operation, bytes)], in order
        self.sizes = []  # [(operation, bytes)], in order
        self.abandoned = set()  # sectors that no later sync will write: see `fail_sync`

    def write(self, number, offset, data):
        position = 0
        while position < len(data):
            sector, start = divmod(offset + position, SECTOR)
            part = data[position:position + SECTOR - start]
            old = self.now.get(sector, ZEROS)
            self._put(number, sector, old[:start] + part + old[start + len(part):])
            position += len(part)
        if offset + len(data) > self.now_bytes:
            self.resize(number, offset + len(data))

    def truncate(self, number, size):
        for sector in [s for s in self.now if (s + 1) * SECTOR > size]:
            start = max(0, size - sector * SECTOR)
            self._put(number, sector, self.now[sector][:start] + bytes(SECTOR - start))
        if size != self.now_bytes:
            self.resize(number, size)

    def resize(self, number, size):
        self.now_bytes = size
        self.sizes.append((number, size))

    def settle(self, offset, count):
        """What a write has brought is durable, and the size that it needs."""
        for sector in range(offset // SECTOR, -(-(offset + count) // SECTOR)):
            self.durable[sector] = self.now[sector]
            self.pending.pop(sector, None)
        if self.durable_bytes < offset + count <= self.now_bytes:
            self.durable_bytes, self.sizes = self.now_bytes, []

    def sync(self):
        for sector in self.pending.keys() - self.abandoned:
            self.durable[sector] = self.pending.pop(sector)[-1][1]
        if self.sizes:
            self.durable_bytes, self.sizes = self.sizes[-1][1], []

    def fail_sync(self):
        """Linux calls pages clean that it could not write: the next sync succeeds without them."""
        self.abandoned |= self.pending.keys()

    def _put(self, number, sector, content):
        self.now[sector] = content
        self.abandoned.discard(sector)
        self.pending.setdefault(sector, []).append((number, content))

    def content(self, choose) -> bytes:
        """After a power cut; `choose` takes one of [(operation, value), …], oldest first."""
        size = choose(self, None, [(0, self.durable_bytes), *self.sizes])
        sectors = dict(self.durable)
        for sector, contents in self.pending.items():
            sectors[sector] = choose(self, sector, [(0, self.durable.get(sector, ZEROS)),
                                                    *contents])
        return joined(sectors, size)

    @property
    def current(self) -> bytes:
        return joined(self.now, self.now_bytes)


def joined(sectors: dict, size: int) -> bytes:
    content = bytearray(-(-size // SECTOR) * SECTOR)
    for sector, data in sectors.items():
        if (start := sector * SECTOR) < size:
            content[start:start + SECTOR] = data
    return bytes(content[:size])


@dataclass
class Naming:
    """A change of names that its directory has not been synced after: (path, file or None)."""

    number: int
    changes: list


@dataclass
class Disk:
    """Everything below the root, which is durable itself."""

    now: dict = field(default_factory=dict)  # path -> File
    durable: dict = field(default_factory=dict)
    pending: list = field(default_factory=list)  # of Naming
    inodes: dict = field(default_factory=dict)  # inode -> File, for writes to open files

    @classmethod
    def of(cls, base: Path) -> Disk:
        """Everything below a directory, durable."""
        disk = cls()
        for path in sorted(base.rglob("*")):
            file = File("directory" if path.is_dir() else "file")
            if path.is_file():
                file.write(0, 0, path.read_bytes())
                file.sync()
            disk.now[str(path.relative_to(base))] = file
        disk.durable = dict(disk.now)
        return disk

    def begin(self, event: Event):
        """Takes an operation that is in progress: nothing of it is durable yet."""
        if event.result < 0 or event.kind == SYNC:
            return
        if event.kind == WRITE:
            self._file(event).write(event.number, event.offset, event.data)
        elif event.kind == TRUNCATE:
            self._file(event).truncate(event.number, event.offset)
        elif event.kind == ALLOCATE:
            self._allocate(event)
        else:
            self._name(event)

    def end(self, event: Event):
        """The operation has ended, and what it promised is durable."""
        if event.kind == SYNC and event.result < 0 and not event.flags & OF_DIRECTORY:
            self._file(event).fail_sync()
        if event.result < 0 or event.flags & FAILED:
            return
        if event.kind == SYNC:
            self._sync(event)
        elif event.kind == WRITE and event.flags & DATA_SYNC:
            self._file(event).settle(event.offset, len(event.data))

    def _file(self, event) -> File:
        file = self.inodes.get(event.inode)
        if file is None:  # it was there at the beginning
            file = self.inodes[event.inode] = self.now[event.paths[0]]
        return file

    def _sync(self, event):
        if not event.flags & OF_DIRECTORY:
            self._file(event).sync()
            return
        directory = event.paths[0]
        waiting = []
        for naming in self.pending:
            for path, file in naming.changes:
                if parent(path) == directory:
                    put(self.durable, path, file)
            naming.changes = [c for c in naming.changes if parent(c[0]) != directory]
            if naming.changes:
                waiting.append(naming)
        self.pending = waiting

    def _allocate(self, event):
        mode, at, count = (int.from_bytes(event.data[i:i + 8], "little") for i in (0, 8, 16))
        file = self._file(event)
        if mode & ~(KEEP_SIZE | PUNCH | ZERO):
            raise Unknown(f"{event}: mode {mode} of fallocate")
        if mode & (PUNCH | ZERO):
            length = max(0, min(count, file.now_bytes - at))
            file.write(event.number, at, bytes(length))
        if not mode & KEEP_SIZE and at + count > file.now_bytes:
            file.resize(event.number, at + count)

    def _name(self, event):
        path = event.paths[0]
        if event.kind == CREATE:
            file = self.inodes[event.inode] = File()
            changes = [(path, file)]
        elif event.kind in (DIRECTORY, SOCKET):
            changes = [(path, File("directory" if event.kind == DIRECTORY else "socket"))]
        elif event.kind == RENAME:
            if event.offset:
                raise Unknown(f"{event}: flags {event.offset} of renameat2")
            changes = [(path, None), (event.paths[1], self.now[path])]
        elif event.kind == LINK:
            changes = [(event.paths[1], self.now[path])]
        elif event.kind == UNLINK:
            changes = [(path, None)]
        else:
            raise Unknown(f"{event}: an operation without a model")
        for name, file in changes:
            put(self.now, name, file)
        self.pending.append(Naming(event.number, changes))

    # What is found

    def after_kill(self) -> dict:
        """path -> (kind, content): everything that was written, synced or not."""
        return {path: (file.kind, file.current) for path, file in self.now.items()}

    def after_power_cut(self, choose, keeps) -> dict:
        """`choose` for sectors and sizes (`File.content`), `keeps(Naming)` for names."""
        names = dict(self.durable)
        for naming in self.pending:
            if keeps(naming):
                for path, file in naming.changes:
                    put(names, path, file)
        found = {}
        for path, file in sorted(names.items()):
            above = parent(path)
            if above == "" or above in found:  # not without its directory
                found[path] = (file.kind, file.content(choose))
        return found

def put(names: dict, path: str, file):
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def parent(path: str) -> str:
    return path.rpartition("/")[0]
