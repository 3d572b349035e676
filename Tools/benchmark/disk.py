"""What reaches the disk: sectors of a loop device with ext4 in 4 KiB blocks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from pathlib import Path

import lmdb

from .memory import COMMIT_HASH
from .table import Row, megabytes, thousands
from .tools import Bench, central_system, fields, records, station

SECTOR_BYTES = 512


def call(*words) -> str:
    return subprocess.run(list(map(str, words)), check=True, capture_output=True,
                          text=True).stdout.strip()


class LoopDevice:
    """A file with a file system, mounted; counts what is written to it."""

    def __init__(self, bench: Bench, name: str):
        self.image, self.folder = bench.folder / f"{name}.img", bench.new(name)
        with open(self.image, "wb") as image:
            image.truncate(512 << 20)
        # Nothing of mkfs is left for later, where it would be counted.
        call("mkfs.ext4", "-q", "-b", 4096, "-E", "lazy_itable_init=0,lazy_journal_init=0",
             self.image)
        self.device = call("losetup", "--find", "--show", self.image)
        try:
            call("mount", self.device, self.folder)
        except subprocess.CalledProcessError:
            call("losetup", "--detach", self.device)
            raise

    def written(self) -> int:
        stat = Path(f"/sys/block/{Path(self.device).name}/stat").read_text()
        return int(stat.split()[6]) * SECTOR_BYTES

    def close(self):
        call("umount", self.folder)
        call("losetup", "--detach", self.device)


@contextlib.contextmanager
def loop_device(bench: Bench, name: str):
    device = LoopDevice(bench, name)
    try:
        yield device
    finally:
        device.close()


def missing() -> str | None:
    """Why it cannot be measured here; None when it can."""
    if os.geteuid() != 0:
        return "only root may mount a loop device"
    try:
        call("losetup", "--find")
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no loop device: {error}"
    return None


async def hour(bench: Bench, device: LoopDevice, url: str, charges: bool) -> tuple[float, float]:
    """Bytes and commits of an hour, from a window of it."""
    window = bench.size(300, 30)
    daemon = station(bench, bench.new(f"{device.folder.name}-station"), url)
    # Only DATA lies on the device: configuration and log would be counted otherwise.
    daemon.data = device.folder / "data"
    daemon.data.mkdir(mode=0o700)
    await daemon.start()
    try:
        if charges:
            await daemon.plug(1, maxA=10)
            await daemon.swipe("04A1B2C3", [1])
            await daemon.until_evse(lambda e: e["state"] == "Charging", within=10)
        await asyncio.sleep(bench.size(45, 10))
        first, before = (await daemon.state())["seq"], device.written()
        await asyncio.sleep(window)
        last, after = (await daemon.state())["seq"], device.written()
        await daemon.stop()
    finally:
        await daemon.cleanup()
    found = records(daemon.data / "journal.db")[first:last]
    commits = sum(any(number == COMMIT_HASH for number, _ in fields(r)) for r in found)
    return (after - before) * 3600 / window, commits * 3600 / window


async def bare_bytes(bench: Bench, device: LoopDevice) -> float:
    """Bytes of a bare LMDB commit of a dozen small records, when the next comes seconds later.

    Commits in a row would share the file system's own journal, which those of a station cannot.
    """
    pause, count = bench.size(12, 3), 0
    with lmdb.open(str(device.folder / "bare.db"), subdir=False, map_size=1 << 30) as file:
        def commit():
            nonlocal count
            with file.begin(write=True) as transaction:
                for _ in range(12):
                    count += 1
                    transaction.put(count.to_bytes(8, "big"), b"x" * 50, append=True)

        for _ in range(50):
            commit()
        await asyncio.sleep(bench.size(45, 10))
        before, commits = device.written(), bench.size(300, 30) // pause
        for _ in range(commits):
            commit()
            await asyncio.sleep(pause)
        return (device.written() - before) / commits


async def measure(bench: Bench) -> list[Row]:
    if why := missing():
        print(f"NOT MEASURED: bytes written to the disk: {why}", flush=True)
        return [Row("written per hour, one charging", "NOT MEASURED", "8.0 MB", None, why)]
    with contextlib.ExitStack() as stack:
        busy, idle, bare = (
            stack.enter_context(loop_device(bench, n)) for n in ("busy", "idle", "bare"))
        _, url = stack.enter_context(central_system())
        _, idle_url = stack.enter_context(central_system())
        (charging, commits), (resting, few), each = await asyncio.gather(
            hour(bench, busy, url, True), hour(bench, idle, idle_url, False),
            bare_bytes(bench, bare))
    return [
        Row("written per hour, one charging at 2.3 kW", megabytes(charging), "8.0 MB",
            charging <= 8e6, f"{thousands(commits)} bare LMDB commits as far apart: "
            f"{megabytes(commits * each)} ({each / 1e3:.1f} kB each)"),
        Row("written per hour, idle", megabytes(resting), "almost nothing", resting <= 1e6,
            f"{thousands(few)} bare LMDB commits: {megabytes(few * each)}"),
    ]
