"""What the measurements share: programs, folders, the daemon, its memory, its journal."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import lmdb

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Interop"))

from harness.config import Configuration, four_evses  # noqa: E402
from harness.station import Station  # noqa: E402

FAST_CSMS = ROOT / "Tests/Interop/fast_csms.py"
# Keys of `harness.config` that shorten a case and are no defaults of the station.
DEFAULTS = {"MeterValueSampleInterval": "60", "ConnectionTimeOut": "60",
            "LocalPreAuthorize": "true"}


class Bench:
    """The programs to measure, and a folder on the disk that is measured."""

    def __init__(self, given):
        self.quick, self.binary, self.bench = given.quick, given.binary, given.bench
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir=given.folder))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def size(self, usual: int, quick: int) -> int:
        return quick if self.quick else usual

    def new(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(parents=True)
        return path

    def run(self, *words) -> dict[str, float]:
        """Runs the in-process half; gives its figures by name."""
        done = subprocess.run([self.bench, *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
        return {name: float(value) for name, value in map(str.split, done.stdout.splitlines())}

    def made(self, kind: str, count: int) -> tuple[Path, dict[str, float]]:
        """A DATA folder with a journal of the engine's making: made in memory, then copied."""
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix="chargepi-bench-", dir=memory) as made:
            figures = self.run(kind, made, count)
            data = self.new(kind) / "data"
            shutil.copytree(made, data)
        (data / "lock").unlink(missing_ok=True)
        (data / "journal.db-lock").unlink(missing_ok=True)
        os.sync()
        return data, figures


class Silent:
    """A log that the harness's station wants; nothing is kept."""

    def remark(self, text):
        pass


def station(bench: Bench, folder: Path, url: str | None, keys=None) -> Station:
    """A station with four connectors, not yet started."""
    configuration = Configuration(connectors=four_evses(), keys={**DEFAULTS, **(keys or {})})
    return Station(bench.binary, folder, configuration, Silent(), url)


@contextlib.contextmanager
def central_system(*arguments):
    """A central system that only answers; gives its process and URL."""
    process = subprocess.Popen([sys.executable, str(FAST_CSMS), *map(str, arguments)],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield process, f"ws://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait()


def memory(pid: int) -> tuple[int, int]:
    """Anonymous and resident bytes of a process."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        found[name] = int(value.split()[0]) * 1024
    return found["Anonymous"], found["Rss"]


def records(path: Path) -> list[bytes]:
    """Every record of a journal at rest, in order."""
    with lmdb.open(str(path), subdir=False, readonly=True, lock=False, map_size=64 << 30) as file:
        with file.begin() as transaction:
            return [bytes(value) for _, value in transaction.cursor()]


def varint(record: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = record[position]
        position, value, shift = position + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            return value, position


def fields(record: bytes):
    """The top-level fields of a record: number, and content where it is bytes."""
    position = 0
    while position < len(record):
        tag, position = varint(record, position)
        value, position = varint(record, position)
        content = None
        if tag & 7 == 2:
            content, position = record[position:position + value], position + value
        yield tag >> 3, content
