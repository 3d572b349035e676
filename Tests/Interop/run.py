"""Runs the black-box cases: `python3 Tests/Interop/run.py [--binary PATH] [--filter TEXT] …`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases.all  # noqa: E402,F401  (registers every case)
from harness.registry import CASES, run_case  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def options(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / ".build/debug/chargepi"))
    parser.add_argument("--replay", default=None,
                        help="chargepi-replay; default: beside --binary, where it exists")
    parser.add_argument("--filter", default="", help="only cases whose name has this text")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--keep", action="store_true", help="keep the folders of failed cases")
    parser.add_argument("--list", action="store_true", help="name the cases and what they cover")
    return parser.parse_args(arguments)


async def run_all(chosen, given) -> int:
    slots, failed = asyncio.Semaphore(given.jobs), 0
    colour = sys.stdout.isatty()

    async def one(entry):
        async with slots:
            outcome = await run_case(entry, given.binary, given.replay, given.keep)
        word = "failed" if outcome.error else "passed"
        if colour:
            word = f"\033[{31 if outcome.error else 32}m{word}\033[0m"
        print(f"{word} {entry.name} ({outcome.seconds:.1f} s)", flush=True)
        if outcome.error:
            print(f"  {outcome.error}\n  conversation:\n{outcome.conversation}\n"
                  f"  standard error of the daemon:\n{outcome.stderr}", flush=True)
        return bool(outcome.error)

    # The long ones first, so that they do not run alone at the end.
    ordered = sorted(chosen, key=lambda c: -c.limit)
    failed = sum(await asyncio.gather(*(one(entry) for entry in ordered)))
    print(f"{len(chosen) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def main() -> int:
    given = options()
    chosen = [c for c in CASES if given.filter.lower() in c.name.lower()]
    if given.list:
        print("\n".join(c.name for c in chosen))
        return 0
    if not chosen:
        print(f"no case has {given.filter!r} in its name", file=sys.stderr)
        return 2
    if not os.access(given.binary, os.X_OK):
        print(f"{given.binary} is not there: build it first, or name it with --binary",
              file=sys.stderr)
        return 2
    given.binary = str(Path(given.binary).resolve())
    beside = Path(given.binary).with_name("chargepi-replay")
    if given.replay is None and beside.exists():
        given.replay = str(beside)
    if given.replay is None:
        chosen = [c for c in chosen if not c.needs_replay]
    # ocpp reports what it sends and each CALLERROR; the frame log of a failed case has it all.
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    return asyncio.run(run_all(chosen, given))


if __name__ == "__main__":
    sys.exit(main())
