"""Draws docs/hardware/*.svg from Examples/raspberry-pi: `python3 Tools/draw-wiring.py`.

The pins are those of the example's settings.json and connectors.json; what is around them (power,
modules, resistors, warnings) is in Tools/wiring. `--check` compares with the files instead of
writing them.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tools"))

from wiring import header, parts  # noqa: E402
from wiring.example import Example  # noqa: E402

FOLDER = ROOT / "docs/hardware"


def drawings():
    example = Example(ROOT / "Examples/raspberry-pi")
    yield "header", header.draw(example)
    yield from parts.draw(example)


def main() -> int:
    stale = []
    for name, text in drawings():
        path = FOLDER / f"{name}.svg"
        if "--check" in sys.argv[1:]:
            if not path.exists() or path.read_text() != text:
                stale.append(str(path.relative_to(ROOT)))
        else:
            path.write_text(text)
    if stale:
        print(f"not what Tools/draw-wiring.py draws: {', '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
