"""What runs in the guest: the rig's self-test, then the scenario with the daemon under test."""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "Interop"))

from rig import contacts, scenario, selftest, sensors, wiring  # noqa: E402
from rig.board import Board  # noqa: E402
from rig.station import World  # noqa: E402

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


def fetch(*programs):
    """Reads the programs and their libraries whole: no page of theirs is waited for later.

    While the guest waits for a file its time runs too fast (`guest/boot.sh`).
    """
    for program in filter(None, programs):
        Path(program).read_bytes()
        linked = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True).stdout
        for library in re.findall(r"/\S+(?= \(0x)", linked):
            Path(library).read_bytes()


async def run(given) -> bool:
    fetch(given.board, given.binary, given.replay)
    with Board(given.board, RESULTS / "selftest-board.log") as board:
        async def tell_truth():
            return selftest.run(board)

        if not await stage("the rig tells the truth", tell_truth):
            return False
    # LMDB maps its files: they want a file system of the guest's own.
    folder = Path(tempfile.mkdtemp())
    if "chips" in given.boards:
        with Board(given.board, RESULTS / "chips.log") as board:
            world = World(given.binary, folder / "chips", board, replay=given.replay)
            if not await scenario.run(world, scenario.STAGES, stage):
                return False
    if "contacts" in given.boards:
        with Board(given.board, RESULTS / "contacts.log", "contacts") as board:
            settings = wiring.contact_settings(board, sensors.one_wire(board))
            world = World(given.binary, folder / "contacts", board, settings,
                          wiring.contact_connectors(), given.replay)
            return await scenario.run(world, contacts.STAGES, stage)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", required=True, help="boardsim")
    parser.add_argument("--binary", help="chargepi")
    parser.add_argument("--replay", help="chargepi-replay")
    parser.add_argument("--boards", nargs="*", default=[],
                        help="which boards after the self-test: chips, contacts")
    return 0 if asyncio.run(run(parser.parse_args())) else 1


if __name__ == "__main__":
    sys.exit(main())
