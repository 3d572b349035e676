"""What runs in the guest: the rig's self-test, then the scenario with the daemon under test."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "Interop"))

from rig import scenario, selftest  # noqa: E402
from rig.board import Board  # noqa: E402

RESULTS = Path("/run/results")


async def stage(name, run) -> bool:
    """Runs one stage, which gives the number of its checks, and says how it ended."""
    began = time.monotonic()
    try:
        count = await run()
    except Exception as error:
        text = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
        print(f"failed: {name} ({time.monotonic() - began:.1f} s)\n  {text}", flush=True)
        return False
    print(f"passed: {name}: {count} checks ({time.monotonic() - began:.1f} s)", flush=True)
    return True


async def run(given) -> bool:
    with Board(given.board, RESULTS / "selftest-board.log") as board:
        async def tell_truth():
            return selftest.run(board)

        if not await stage("the rig tells the truth", tell_truth):
            return False
    if given.binary is None:
        return True
    with Board(given.board, RESULTS / "board.log") as board:
        return await scenario.run(board, given.binary, stage)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", required=True, help="boardsim")
    parser.add_argument("--binary", help="chargepi; without it the self-test is all")
    return 0 if asyncio.run(run(parser.parse_args())) else 1


if __name__ == "__main__":
    sys.exit(main())
