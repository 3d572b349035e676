"""The preloaded library: building it, steering it, and reading what it has recorded."""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "layer"

START, TALK, CLOSE, MAP = 1, 2, 3, 4
WRITE, SYNC, TRUNCATE, ALLOCATE, CREATE, RENAME, LINK, UNLINK, DIRECTORY, SOCKET = range(16, 26)
NAMES = {
    WRITE: "write", SYNC: "sync", TRUNCATE: "truncate", ALLOCATE: "allocate", CREATE: "create",
    RENAME: "rename", LINK: "link", UNLINK: "unlink", DIRECTORY: "mkdir", SOCKET: "socket",
}
DATA_SYNC, OF_DIRECTORY, HALF, FAILED = 1, 2, 4, 8
BEFORE, WITHIN, AFTER = 0, 1, 2

HEADER = struct.Struct("<IIQqqqQQQQ")


def build(folder: Path) -> Path:
    """The library, compiled if it is older than its sources."""
    library = folder / "cuts-layer.so"
    sources = sorted(SOURCES.glob("*.c"))
    newest = max(path.stat().st_mtime for path in SOURCES.iterdir())
    if library.exists() and library.stat().st_mtime > newest:
        return library
    compiler = os.environ.get("CC") or next(
        (found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), "cc")
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"cuts-layer.{os.getpid()}.so"
    subprocess.run([compiler, "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror",
                    "-fPIC", "-shared", "-o", str(new), *map(str, sources)], check=True)
    new.replace(library)
    return library


class Control(ctypes.LittleEndianStructure):
    """`struct control` of layer.h."""

    _fields_ = [(name, ctypes.c_uint64) for name in (
        "operations", "kill_at", "kill_moment", "fail_at", "fail_through", "fail_errno",
        "fail_effect", "failed", "sleep_cap_ms")]


class Layer:
    """One record and its control, for any number of processes one after the other."""

    def __init__(self, library: Path, folder: Path, root: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.record, self.root = folder / "record", root.resolve()
        self.record.write_bytes(b"")
        path = folder / "control"
        path.write_bytes(bytes(ctypes.sizeof(Control)))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.control = Control.from_buffer(self.map)
        self.control.sleep_cap_ms = 20
        self.environment = {
            **os.environ, "LD_PRELOAD": str(library.resolve()), "CUTS_ROOT": str(self.root),
            "CUTS_RECORD": str(self.record.resolve()), "CUTS_CONTROL": str(path.resolve()),
        }

    def events(self) -> list[Event]:
        return list(read(self.record.read_bytes(), self.root))


@dataclass
class Event:
    """One operation, or what was told between two of them.

    `number`: of an operation; of anything else how many operations had ended before it.
    """

    kind: int
    flags: int
    number: int
    nanoseconds: int
    descriptor: int
    result: int
    inode: int
    offset: int
    paths: tuple  # relative to the root; "" is the root itself
    data: bytes

    @property
    def is_operation(self) -> bool:
        return self.kind >= WRITE

    def __str__(self):
        what = f"{self.number} {NAMES.get(self.kind, self.kind)} {' '.join(self.paths)}"
        if self.kind == WRITE:
            what += f" {len(self.data)} bytes at {self.offset}"
            what += ", durable at once" if self.flags & DATA_SYNC else ""
        return what + (f" (failed: {os.strerror(-self.result)})" if self.result < 0 else "")


def read(content: bytes, root: Path):
    position, prefix = 0, str(root)
    while position < len(content):
        (kind, flags, number, nanoseconds, descriptor, result, inode, offset, path_bytes,
         data_bytes) = HEADER.unpack_from(content, position)
        position += HEADER.size
        names = content[position:position + path_bytes].split(b"\0")[:-1]
        position += path_bytes
        data = content[position:position + data_bytes]
        position += data_bytes
        paths = tuple(name.decode().removeprefix(prefix).lstrip("/").removesuffix(" (deleted)")
                      for name in names)
        yield Event(kind, flags, number, nanoseconds, descriptor, result, inode, offset, paths,
                    data)
