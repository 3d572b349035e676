"""Start-up on a long journal, and how fast a backlog drains."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import time
from pathlib import Path

from .table import Row, megabytes, milliseconds, thousands
from .tools import Bench, central_system, memory, station


def healthy(port_file: Path) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", int(port_file.read_text())), 1) as connection:
            connection.sendall(b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except (OSError, ValueError):
        return False


def start(arguments: list[str], data: Path) -> tuple[subprocess.Popen, float]:
    port_file = data / "http.port"
    port_file.unlink(missing_ok=True)
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not healthy(port_file):
        if process.poll() is not None or time.perf_counter() - began > 30:
            raise RuntimeError(f"the daemon did not start: {process.poll()}")
        time.sleep(0.001)
    return process, time.perf_counter() - began


def end(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait()


def forget(path: Path) -> None:
    """Drops a file's pages from the page cache."""
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def start_up(bench: Bench, data: Path, made: dict) -> list[Row]:
    daemon = station(bench, data.parent, None)
    warm, cold = [], []
    for number in range(bench.size(7, 3) * 2):
        if number % 2:
            forget(data / "journal.db")
        process, seconds = start(daemon.arguments(), data)
        (cold if number % 2 else warm).append(seconds)
        anonymous, resident = memory(process.pid)
        end(process)
    bare = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run([bench.binary, "--version"], stdout=subprocess.DEVNULL, check=True)
        bare.append(time.perf_counter() - began)
    name = f"start-up, {thousands(made['events'])} events, {thousands(made['tail'])} to replay"
    usual, first = statistics.median(warm), statistics.median(cold)
    return [
        Row(name, milliseconds(usual), "150 ms", usual < 0.150,
            f"the program's own start (--version): {milliseconds(statistics.median(bare))}"),
        Row("  with the journal not in memory", milliseconds(first), "150 ms", first < 0.150),
        Row("  memory after it",
            f"{megabytes(anonymous)} anonymous, {megabytes(resident)} resident"),
    ]


def backlog(bench: Bench) -> list[Row]:
    wanted = bench.size(10_000, 500)
    data, made = bench.made("backlog", wanted)
    count = int(made["messages"])
    with central_system("--until", count) as (system, url):
        daemon = station(bench, data.parent, url)
        process, _ = start(daemon.arguments(), data)
        try:
            line = system.stdout.readline()
        finally:
            end(process)
    found = json.loads(line)
    bare = bench.run("commits", bench.folder, bench.size(2_000, 300), 600)
    rate, order = found["callsPerSecond"], found["inOrder"]
    return [Row(f"backlog of {thousands(count)} messages, messages/s",
                f"{thousands(rate)}, {'in order' if order else 'NOT IN ORDER'}", "1,000",
                order and rate >= 1_000,
                f"bare commits of 600 bytes: {thousands(bare['commits_per_second'])}/s")]
