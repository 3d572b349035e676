"""Proves that the harness can fail: a station that breaks a rule makes a case fail.

    python3 Tests/Interop/harness/selftest.py

A faithful fake must pass the plain cases; then each broken rule must be noticed by the case that is
named beside it. Needs neither the daemon nor Swift.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cases.all  # noqa: E402,F401
from harness.registry import CASES, run_case  # noqa: E402

FAITHFUL = ["plug first:", "boot Pending", "Rejected: nothing", "identification first",
            "ConnectionTimeOut\n", "by its own card only", "suspends and resumes",
            "to the watt-hour", "remote stop: reason", "that is Invalid does not start\n",
            "unknown transaction", "is read back", "unknown vendor",
            "20 kills, a central system that recognises"]
# rule that is broken: the case that must notice, and words of the reason
BROKEN = {
    "no boot": ("plug first:", "expected BootNotification"),
    "impatient": ("Rejected: nothing", "before the interval was over"),
    "two at once": ("plug first:", "received StatusNotification"),
    "sends twice": ("plug first:", "received StartTransaction"),
    "repeats the stop": ("plug first:", "received StopTransaction"),
    "does not wait": ("plug first:", "was not answered"),
    "takes anything": ("a bad value: Rejected", "expected {'Rejected'}"),
    "bad schema": ("unknown vendor", "Nonsense"),
    "any card stops": ("by its own card only", "unexpected StopTransaction"),
    "ignores refusals": ("that is Invalid does not start\n", "found Preparing"),
    "1970": ("plug first:", "is off by"),
    "wrong energy": ("to the watt-hour", "energy in the books"),
    "made-up id": ("plug first:", "transactionId of the stop"),
    "no Finishing": ("plug first:", "Finishing"),
    "reuses ids": ("plug first:", "was used twice"),
    "will not stop": ("is read back", "did not stop within"),
    "ends badly": ("is read back", "ended with 1"),
    "dies": ("plug first:", "the daemon ended with -6"),
    "wrong energy ": ("20 kills, a central system that recognises", "seed 1: "),  # books ≠ meter
    "forgetful": ("20 kills, a central system that recognises", "in the books"),
}


def find(text):
    found = [c for c in CASES if text.rstrip("\n") in c.name
             and (not text.endswith("\n") or c.name.endswith(text.rstrip("\n")))]
    assert found, f"no case is called {text!r}"
    return found[0]


def launcher(folder: Path, rule: str) -> str:
    """An executable that starts the fake with its rule: the cases start it like the daemon."""
    path = folder / f"fake-{rule.replace(' ', '-') or 'faithful'}"
    fake = Path(__file__).with_name("fake_station.py")
    command = f"env FAKE_BREAKS='{rule}' '{sys.executable}' '{fake}'"
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    path.chmod(0o755)
    return str(path)


async def main() -> int:
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="chargepi-selftest-") as folder:
        slots = asyncio.Semaphore(4)

        async def judge(rule, text, reason=None):
            """`reason`: the words a failure must have; None where the case must pass."""
            entry = find(text)
            async with slots:
                outcome = await run_case(entry, launcher(Path(folder), rule.strip()))
            passes = reason is None
            right = not outcome.error if passes else outcome.error and reason in outcome.error
            what = "a faithful station" if passes else f"broken rule {rule!r}"
            first = outcome.error.strip().splitlines()[0] if outcome.error else "it passed"
            print(f"{'passed' if right else 'failed'} {what}: {entry.name}: {first[:140]}",
                  flush=True)
            if not right and outcome.error:
                print(outcome.error, outcome.conversation, outcome.stderr, sep="\n")
            return bool(right)

        checks = [judge("", text) for text in FAITHFUL]
        checks += [judge(rule, *expected) for rule, expected in BROKEN.items()]
        results = await asyncio.gather(*checks)
        passed, failed = sum(results), len(results) - sum(results)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    for name in ("ocpp", "websockets"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    os.environ.pop("FAKE_BREAKS", None)
    sys.exit(asyncio.run(main()))
