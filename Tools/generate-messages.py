#!/usr/bin/env python3
"""Writes the Swift types of OCPP's messages from the official JSON schemas.

    python3 Tools/generate-messages.py --version 1.6 \\
        --schemas VENV/lib/python3.11/site-packages/ocpp/v16/schemas \\
        --out Sources/Projections/OCPP16/Messages

The schemas come with PyPI's `ocpp` 2.1.0. The output depends on nothing but its input. With
--check nothing is written: exit 1 says which files differ from what would be.
"""

import argparse
import pathlib
import sys

from message_generator import model, schemas, swift


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", required=True, choices=["1.6", "2.0.1", "2.1"])
    parser.add_argument("--schemas", help="their folder, by default that of the installed `ocpp`")
    parser.add_argument("--out", required=True, help="the folder of the Swift files")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()

    namespace = "OCPP" + arguments.version.replace(".", "")
    schema_folder = arguments.schemas or schemas.installed_folder(arguments.version)
    messages = schemas.load(arguments.version, schema_folder)
    files = swift.files(model.Model(arguments.version, messages), namespace)
    folder = pathlib.Path(arguments.out)
    present = {path.name: path.read_text() for path in folder.glob("*.swift")}
    if arguments.check:
        return check(folder, files, present)
    folder.mkdir(parents=True, exist_ok=True)
    for name in present.keys() - files.keys():
        (folder / name).unlink()
    for name, text in files.items():
        (folder / name).write_text(text)
    print(f"{len(files)} files in {folder}")
    return 0


def check(folder, files, present):
    """Reports every file that is missing, left over or different."""
    differing = sorted(
        name for name in files.keys() | present.keys() if files.get(name) != present.get(name)
    )
    for name in differing:
        print(f"{folder / name}: differs from what the generator writes", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
