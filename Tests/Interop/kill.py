"""The kill test at length: `python3 Tests/Interop/kill.py --kills 200 --seed 7`.

The kills are shared out among four worlds that run at once: a central system that recognises
repeats and a naive one, with and without `resume_after_power_loss`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cases.kill import FAST, KEYS  # noqa: E402
from harness.csms import CentralSystem  # noqa: E402
from harness.killer import Killer  # noqa: E402
from harness.naive import NaiveCentralSystem  # noqa: E402
from harness.scenario import Scenario  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
WORLDS = [("recognising", CentralSystem, False), ("naive", NaiveCentralSystem, False),
          ("recognising, resuming", CentralSystem, True),
          ("naive, resuming", NaiveCentralSystem, True)]


async def one(name, system, resumes, kills, seed, given):
    folder = Path(tempfile.mkdtemp(prefix="chargepi-kill-"))
    world = Scenario(given.binary, folder, system=system, keys=KEYS,
                     settings={**FAST, "resume_after_power_loss": resumes})
    killer, error = None, ""
    try:
        await world.csms.listen()
        killer = Killer(world, kills, seed, resumes)
        await killer.run()
        error = "\n  ".join(killer.faults[:40])
    except Exception as failure:
        error = f"{type(failure).__name__}: {failure}"
    finally:
        await world.cleanup()
    print(f"{'failed' if error else 'passed'} {name}: {killer.summary if killer else seed}",
          flush=True)
    if error:
        print(f"  {error}\n  conversation:\n{world.log.tail(200)}\n"
              f"  standard error of the daemon:\n{world.station.errors()}\n  kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return bool(error)


async def main(given) -> int:
    seed = given.seed if given.seed is not None else random.randrange(10_000)
    print(f"seed {seed}", flush=True)
    chosen = [w for w in WORLDS if given.world in (None, w[0])]
    share = [given.kills // len(chosen)] * len(chosen)
    share[0] += given.kills - sum(share)
    failed = sum(await asyncio.gather(*(
        one(*world, kills, seed + number, given)
        for number, (world, kills) in enumerate(zip(chosen, share)))))
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--world", choices=[w[0] for w in WORLDS])
    parser.add_argument("--binary", default=str(ROOT / ".build/debug/chargepi"))
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    sys.exit(asyncio.run(main(parser.parse_args())))
