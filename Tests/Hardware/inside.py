"""What runs in the guest: the rig's self-test, then the scenario with the daemon under test."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "Interop"))

from rig import selftest  # noqa: E402
from rig.board import Board  # noqa: E402

RESULTS = Path("/run/results")


def stage(name, run) -> bool:
    began = time.monotonic()
    try:
        count = run()
    except Exception as error:
        text = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
        print(f"failed: {name} ({time.monotonic() - began:.1f} s)\n  {text}", flush=True)
        return False
    print(f"passed: {name}: {count} checks ({time.monotonic() - began:.1f} s)", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", required=True, help="boardsim")
    parser.add_argument("--binary", help="chargepi; without it the self-test is all")
    given = parser.parse_args()
    with Board(given.board, RESULTS / "boardsim.log") as board:
        if not stage("the rig tells the truth", lambda: selftest.run(board)):
            return 1
    if given.binary is None:
        return 0
    from rig import scenario
    return 0 if scenario.run(given.board, given.binary, stage) else 1


if __name__ == "__main__":
    sys.exit(main())
