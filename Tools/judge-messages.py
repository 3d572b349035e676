#!/usr/bin/env python3
"""Judges messages by the schemas of PyPI's ocpp, for the tests of the generated Swift types.

    judge-messages.py cases --seed N     prints payloads, right and wrong, and the verdict on each
    judge-messages.py validate FILE      checks payloads that were written in Swift

One JSON object a line, in both directions. Runs with a Python that has `ocpp` 2.1.0.
"""

import argparse
import asyncio
import decimal
import json
import pathlib
import sys

import jsonschema
from ocpp.messages import Call, CallResult, validate_payload

from message_generator import cases, schemas

FOLDER = schemas.installed_folder("1.6")


def validators():
    """One for each message, by the corrected schemas, which also looks at dates and times."""
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date-time")(cases.is_date_time)
    text = json.dumps(schemas.load("1.6", FOLDER))
    for message, pair in json.loads(text, parse_float=decimal.Decimal).items():
        for kind, schema in pair.items():
            yield message, kind, jsonschema.Draft4Validator(schema, format_checker=checker)


def print_cases(seed):
    for message, kind, validator in validators():
        for case in cases.generate(validator.schema, f"{seed} {message} {kind}"):
            text = json.dumps(case.payload, ensure_ascii=case.ascii, cls=cases.Encoder)
            payload = json.loads(text, parse_float=decimal.Decimal)
            valid = validator.is_valid(payload)
            if valid != (case.code is None):
                raise SystemExit(f"{message} {kind}: {text}: {case.fault} is not what was meant")
            head = {"message": message, "kind": kind, "code": case.code, "fault": case.fault}
            print(json.dumps(head)[:-1] + f', "payload": {text}}}')


async def validate(path):
    """Each payload must be accepted by `ocpp` and equal the one that it was read from."""
    count = 0
    for line in pathlib.Path(path).read_text(encoding="utf-8").split("\n")[:-1]:
        item = json.loads(line, parse_float=decimal.Decimal)
        plain = json.loads(line)["written"]
        if item["kind"] == "Request":
            message = Call("1", item["message"], plain)
        else:
            message = CallResult("1", plain, item["message"])
        await validate_payload(message, "1.6")
        if item["written"] != item["read"]:
            raise SystemExit(f"{line}: the written payload differs")
        count += 1
    print(count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("cases").add_argument("--seed", type=int, required=True)
    commands.add_parser("validate").add_argument("file")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    if arguments.command == "cases":
        print_cases(arguments.seed)
    else:
        asyncio.run(validate(arguments.file))


if __name__ == "__main__":
    main()
