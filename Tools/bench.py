"""Speed and size of the station, beside what the same machine can do: `make bench`.

    python3 Tools/bench.py [--quick] [--only card,replay,…]

Every figure is measured in this run, and so is the limit beside it: a bare LMDB commit, a bare
cursor scan, the program's own start. It is a benchmark: it reports, and only `--strict` fails.
The whole takes about twelve minutes, most of them watching what is written to a disk; as root it
mounts two loop devices for that, otherwise it says that this was not measured.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from benchmark import commits, disk, hardware, in_process, memory, starting  # noqa: E402
from benchmark.table import Row, print_table  # noqa: E402
from benchmark.tools import ROOT, Bench  # noqa: E402

PARTS = ("card", "replay", "start", "backlog", "charging", "sessions", "hardware",
         "commits", "disk")


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small counts: does it run at all?")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/chargepi"))
    parser.add_argument("--bench", default=str(ROOT / ".build/release/chargepi-bench"))
    parser.add_argument("--folder", default=str(ROOT / ".build"), help="on the disk to measure")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    given = parser.parse_args()
    if unknown := set(given.only.split(",")) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return given


def measured(bench: Bench, wanted: set[str]) -> list[Row]:
    """One after the other, so that nothing disturbs; only the two that wait share their time."""
    rows: list[Row] = []
    if "card" in wanted:
        rows += step("card", lambda: in_process.card(bench))
    if wanted & {"replay", "start"}:
        data, made = bench.made("life", bench.size(1_000_000, 60_000))
        if "replay" in wanted:
            rows += step("replay", lambda: in_process.replay(bench, data, made))
        if "start" in wanted:
            rows += step("start", lambda: starting.start_up(bench, data, made))
    if "backlog" in wanted:
        rows += step("backlog", lambda: starting.backlog(bench))
    if "charging" in wanted:
        rows += step("charging", lambda: asyncio.run(memory.charging(bench)))
    if "sessions" in wanted:
        rows += step("sessions", lambda: asyncio.run(memory.sessions(bench)))
    if "hardware" in wanted:
        rows += step("hardware", lambda: asyncio.run(hardware.measure(bench)))
    slow = [part.measure for name, part in (("commits", commits), ("disk", disk)) if name in wanted]
    if slow:
        rows += step("commits, disk", lambda: asyncio.run(together(bench, slow)))
    return rows


async def together(bench: Bench, parts) -> list[Row]:
    return sum(await asyncio.gather(*(part(bench) for part in parts)), [])


def step(name: str, body) -> list[Row]:
    began = time.monotonic()
    print(f"measuring: {name} …", end=" ", flush=True)
    try:
        rows = body()
    except (AssertionError, OSError, RuntimeError) as error:
        # The other figures are still worth their time.
        print(f"FAILED: {error}", flush=True)
        return [Row(name, "FAILED", good=False, limit=str(error)[:80])]
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    return rows


def main() -> int:
    given = options()
    for program in (given.binary, given.bench):
        if not Path(program).exists():
            print(f"{program} is missing: make release", file=sys.stderr)
            return 2
    bench = Bench(given)
    try:
        rows = measured(bench, set(given.only.split(",")))
    finally:
        bench.close()
    print()
    print_table(rows)
    missed = [row for row in rows if row.good is False]
    print(f"\n{sum(row.good is True for row in rows)} ok, {len(missed)} over", flush=True)
    return 1 if given.strict and missed else 0


if __name__ == "__main__":
    sys.exit(main())
