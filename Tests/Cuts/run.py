"""Cuts the daemon off at every operation on its files: `make cut-points`, or this with options.

    run.py                                   everything (some minutes)
    run.py --sample                          a sample of everything (half a minute)
    run.py --record FOLDER                   the cuts of a record that was kept
    run.py --record FOLDER --only 303 --mode dropped     one cut of it again
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop")]

from cuts import jobs, layer, losses  # noqa: E402
from cuts.daemon import Programs  # noqa: E402
from cuts.recording import Recording  # noqa: E402
from cuts.sweep import Choice, Cut, Result  # noqa: E402


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/debug/chargepi",
                        help="chargepi-replay and JournalTestWorker lie beside it")
    parser.add_argument("--kept", type=Path, default=ROOT / ".build/cuts",
                        help="where records are kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--seed", type=int, default=None, help="of the stories' users")
    parser.add_argument("--stories", type=int, default=3)
    parser.add_argument("--operations", type=int, default=720, help="of each story")
    parser.add_argument("--draws", type=int, default=1, help="of each loss that is drawn")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--only", type=int, help="one operation")
    parser.add_argument("--mode", choices=losses.MODES)
    parser.add_argument("--draw", type=int)
    return parser.parse_args()


def work(task):
    """One part, in a process of the pool."""
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # peers that are killed are usual
    function, *arguments = task
    try:
        return function(*arguments)
    except Exception as error:
        what = " ".join(str(argument) for argument in arguments[1:])
        return Result(failures=[(function.__name__, what, 0, [f"{type(error).__name__}: {error}"])])


def whole(shop, given) -> list:
    """All parts of the full sweep."""
    seed = given.seed if given.seed is not None else random.randrange(1000)
    print(f"seed {seed}", flush=True)
    tasks, shares = [], 40
    for number in range(given.stories):
        resumes = number % 3 == 2
        record = jobs.story(shop, f"story-{number + 1}", seed + number, given.operations, resumes)
        tasks += [(jobs.swept, shop, record, Choice(draws=given.draws, share=s, shares=shares))
                  for s in range(shares)]
        drawn = random.Random(seed + number)
        for place in drawn.sample(range(20, given.operations), 12):
            mode = drawn.choice(("kept", "ordered", "torn", "writes"))
            tasks.append((jobs.again, shop, record, place, mode, 25))
    places, _ = jobs.plain(shop)
    tasks += [(jobs.killed, shop, place, moment, 30) for place in range(1, places + 1)
              for moment in (layer.WITHIN, layer.AFTER)]
    drawn = random.Random(seed)
    tasks += [(jobs.failing, shop, place, fault, 40) for place in range(1, places + 1)
              for fault in drawn.sample(jobs.FAULTS, 2)]
    tasks += [(jobs.forgetful, shop, seed + number, 80, 2) for number in range(4)]
    return tasks + certain(shop)


def sample(shop, given) -> list:
    """A part of everything: another part each time, unless a seed is given."""
    seed = given.seed if given.seed is not None else random.randrange(1000)
    print(f"seed {seed}", flush=True)
    drawn, shares = random.Random(seed), 4
    record = jobs.story(shop, "story-1", seed, 200, False)
    tasks = [(jobs.swept, shop, record, Choice(every=12, share=s, shares=shares, salt=seed))
             for s in range(shares)]
    tasks.append((jobs.again, shop, record, drawn.randrange(30, 200), "torn", 40))
    places, renames = jobs.plain(shop)
    # A kill between a rename and the directory's sync leaves a name that nobody has made durable.
    tasks += [(jobs.killed, shop, place, layer.AFTER, 8, "dropped") for place in renames]
    tasks += [(jobs.killed, shop, place, drawn.choice((layer.WITHIN, layer.AFTER)), 40)
              for place in drawn.sample(range(1, places + 1), 8)]
    tasks.append((jobs.forgetful, shop, seed, 60, 10))
    tasks += [(jobs.failing, shop, place, drawn.choice(jobs.FAULTS), 60)
              for place in drawn.sample(range(1, places + 1), 8)]
    return tasks + certain(shop)


def certain(shop) -> list:
    """What is checked in any case, and not drawn; the self-test among it."""
    record = jobs.story(shop, "lies", 1, 120, False)
    return [(jobs.settled, shop)] + [(jobs.lied, shop, record, lie) for lie in jobs.LIES]


def repeated(shop, given) -> list:
    choice = Choice(only=given.only, mode=given.mode, draw=given.draw, draws=given.draws)
    record = Recording(given.record.resolve())
    if given.only is not None:
        return [(jobs.swept, shop, record, choice)]
    choices = (Choice(mode=given.mode, draws=given.draws, share=s, shares=8) for s in range(8))
    return [(jobs.swept, shop, record, choice) for choice in choices]


def told(failure, shop) -> str:
    """What is wrong with which cut, and how to see it again."""
    record, cut, more, faults = failure
    lines = [f"FAILED {record}: {cut}" + (f" (and {more} with the same image)" if more else "")]
    lines += [f"    {fault}" for fault in faults[:5]]
    if isinstance(cut, Cut):
        lines.append(f"    again: {Path(__file__).relative_to(ROOT)} "
                     f"--record {shop.kept / record} {cut}")
    return "\n".join(lines)


def report(result: Result, seconds: float):
    kinds = sorted({kind for kind, _ in result.cuts})
    print(f"\n{'operation':<10}" + "".join(f"{mode:>9}" for mode in losses.MODES))
    for kind in kinds:
        print(f"{kind:<10}" + "".join(f"{result.cuts[kind, m]:>9}" for m in losses.MODES))
    for what, count in sorted(result.lives.items()):
        print(f"{count:>6} × {what}")
    print(f"{result.points} operations cut, {sum(result.cuts.values())} cuts, {result.images} "
          f"different images that the daemon started on, {result.charges} of them to a full "
          f"charge, and {result.opened} that the journal's worker opened; {seconds:.0f} s")
    print(f"{len(result.failures)} failed")


def main() -> int:
    given = options()
    programs = Programs(*(given.binary.resolve().with_name(name) for name in (
        given.binary.name, "chargepi-replay", "JournalTestWorker")))
    for program in (programs.chargepi, programs.replay, programs.worker):
        if not os.access(program, os.X_OK):
            print(f"{program} is not there: build it first", file=sys.stderr)
            return 2
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    began, result, seen = time.monotonic(), Result(), set()
    fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    scratch = Path(tempfile.mkdtemp(prefix="cuts-", dir=fast))
    shop = jobs.Workshop(programs, layer.build(given.kept), scratch, given.kept)
    try:
        tasks = repeated(shop, given) if given.record else (
            sample(shop, given) if given.sample else whole(shop, given))
        with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
            for done, part in enumerate(pool.imap_unordered(work, tasks), 1):
                result.add(part)
                for failure in part.failures:
                    if (same := (failure[0], failure[3][0])) not in seen:
                        print(told(failure, shop), flush=True)
                    seen.add(same)
                if done % 20 == 0:
                    print(f"{done} of {len(tasks)} parts, {result.images} images, "
                          f"{time.monotonic() - began:.0f} s", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    report(result, time.monotonic() - began)
    return 1 if result.failures else 0


if __name__ == "__main__":
    sys.exit(main())
