"""Writes docs/Conformance.md from the black-box cases: `python3 Tools/conformance.py`.

Which certification case of OCPP 1.6 is covered by which test. The numbers are the Open Charge
Alliance's (`TC_…_CS`); the words are ours. `--check` compares with the file instead of writing it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Interop"))

import cases.all  # noqa: E402,F401  (registers every case)
from harness.registry import CASES  # noqa: E402

CORE = [
    ("001", "cold boot"), ("002", "registration pending"),
    ("003", "cable first"), ("004_1", "identification first"),
    ("004_2", "identification first, connection time-out"),
    ("005_1", "unplugged at the car, stop and unlock"),
    ("005_2", "unplugged at the car, lock stays"), ("005_3", "unplugged at the car, session kept"),
    ("007_1", "cached identification, local"), ("007_2", "cached identification, remote"),
    ("010", "remote start with the cable in"), ("011_1", "remote start before the cable"),
    ("011_2", "remote start, connection time-out"), ("012", "remote stop"),
    ("013", "hard reset, idle"), ("014", "soft reset, idle"),
    ("015", "hard reset in a session"), ("016", "soft reset in a session"),
    ("017_1", "unlock, idle"), ("017_2", "unlock a fixed cable"),
    ("018_1", "unlock in a session"), ("018_2", "unlock a fixed cable in a session"),
    ("019", "read the configuration"), ("021", "change the configuration"),
    ("023_4", "refused identification, local"), ("023_5", "refused identification, remote"),
    ("024", "lock failure"), ("026", "remote start on an occupied connector"),
    ("027", "remote start on connector 0"), ("028", "remote stop of an unknown transaction"),
    ("030", "unlock fails"), ("031", "unlock an unknown connector"),
    ("032_1", "power loss with a warning"), ("032_2", "power loss without a warning"),
    ("034", "availability survives a power loss"), ("036", "connection lost in a session"),
    ("037_1", "offline start, valid"), ("037_2", "offline start, invalid, session kept"),
    ("037_3", "offline start, invalid, session stopped"), ("038", "offline stop"),
    ("039", "whole session offline"), ("040_1", "unknown configuration key"),
    ("040_2", "bad configuration value"), ("041", "fault"),
    ("043_1", "a feature profile is absent"), ("061_1", "clear the cache, local"),
    ("061_2", "clear the cache, remote"), ("062", "data transfer of an unknown vendor"),
    ("068", "stop by the same identification only"), ("069", "stop by the same group"),
    ("070", "sampled meter values"), ("071", "clock-aligned meter values"),
    ("085", "basic authentication"), ("086", "TLS, server certificate"),
]

LATER = [
    ("008, 042, 043", "local authorization list"), ("044, 045", "firmware and diagnostics"),
    ("046–053", "reservation"), ("054, 055", "remote trigger"),
    ("056–060, 066, 067, 072, 082", "smart charging"),
    ("073–081, 083, 084, 087", "the rest of the security white paper"),
]


def document() -> str:
    lines = [
        "# Conformance: OCPP 1.6", "",
        "Which test covers which certification case of a charge point. Written by",
        "`python3 Tools/conformance.py` from the cases in `Tests/Interop/cases`; run them with",
        "`make interop`. Beside these there are cases without a certification number: bad input, bad",
        "answers, kills, the journal read without our code, programs and exit codes.", "",
        "## Core, and security profiles 0 to 2", "", "| case | what | tests |", "|---|---|---|",
    ]
    for number, what in CORE:
        tests = [f"{c.group}: {c.title}" for c in CASES if number in c.covers]
        assert tests, f"no test covers {number}"
        lines.append(f"| {number} | {what} | {'<br>'.join(tests)} |")
    lines += ["", "## Feature profiles that are absent", "",
              "Their messages are answered with the CALLERROR `NotSupported`, their keys are unknown "
              "(tests: 043_1).", "", "| cases | profile |", "|---|---|"]
    lines += [f"| {numbers} | {what} |" for numbers, what in LATER]
    return "\n".join(lines) + "\n"


def main() -> int:
    path = ROOT / "docs/Conformance.md"
    if "--check" in sys.argv[1:]:
        if path.read_text() == document():
            return 0
        print("docs/Conformance.md is not what the cases say: run Tools/conformance.py")
        return 1
    path.write_text(document())
    return 0


if __name__ == "__main__":
    sys.exit(main())
