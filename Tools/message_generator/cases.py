"""Makes payloads from a schema: random right ones, and each with one fault in one place."""

import copy
import dataclasses
import datetime
import decimal
import json
import random
import re

TYPE = "TypeConstraintViolation"
PROPERTY = "PropertyConstraintViolation"
OCCURRENCE = "OccurenceConstraintViolation"
FORMATION = "FormationViolation"

ALPHABET = "abcXYZ 0189_-\"\\/\n\t\u0001\u007fäßé中😀\u2028e\u0301"
DATES = [
    "2026-11-23T15:34:01Z", "2024-02-29T23:59:59.999Z", "2026-01-01T00:00:00+01:00",
    "2026-06-30T12:00:00.123456789-05:30", "2026-11-23T15:34:01", "1999-12-31t23:59:60z",
]
NO_DATES = [
    "", "now", "2026-11-23", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
    "2026-11-23T24:00:00Z", "2026-11-23T15:34Z", "2026-11-23T15:34:01.Z", "2026-11-23T15:34:01ZZ",
    "26-11-23T15:34:01Z", "2026-11-23T15:60:01Z", "2026-11-23T15:34:01+25:00",
    " 2026-11-23T15:34:01Z",
]
VALUES_OF_TYPES = {
    "null": None, "boolean": True, "integer": 7, "number": decimal.Decimal("1.5"), "string": "x",
    "array": [], "object": {},
}


@dataclasses.dataclass
class Case:
    payload: object
    code: str
    fault: str
    ascii: bool


class Encoder(json.JSONEncoder):
    """Writes decimals with the places that they have."""

    def default(self, value):
        return float(value) if isinstance(value, decimal.Decimal) else super().default(value)


def is_date_time(value):
    """What Timestamp reads, written down a second time, with Python's own calendar."""
    if not isinstance(value, str):
        return True
    match = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(\.\d+)?"
        r"([Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?", value, re.ASCII)
    if not match:
        return False
    try:
        datetime.date.fromisoformat(match[1])
    except ValueError:
        return False
    return True


def generate(schema, seed):
    chance = random.Random(seed)
    for share in (1.0, 0.0, 0.5, 0.5, 0.8):
        payload = instance(chance, schema, schema, share)
        yield Case(payload, None, "none", chance.random() < 0.5)
        for path, code, fault, change in faults(chance, schema, schema, payload, ()):
            wrong = copy.deepcopy(payload)
            wrong = change_at(wrong, path, change)
            yield Case(wrong, code, fault, chance.random() < 0.5)


def resolve(root, node):
    if "$ref" in node:
        return root["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return node


def text(chance, length):
    return "".join(chance.choice(ALPHABET) for _ in range(length))


def instance(chance, root, node, share):
    """A random payload; `share` is the part of the optional properties that it has."""
    node = resolve(root, node)
    if "enum" in node:
        # Hertz is in the corrected StopTransaction, and not in the one that ocpp validates with.
        return chance.choice([word for word in node["enum"] if word != "Hertz"])
    kind = node["type"]
    if kind == "object":
        required = node.get("required", [])
        return {
            name: instance(chance, root, child, share)
            for name, child in node.get("properties", {}).items()
            if name in required or chance.random() < share
        }
    if kind == "array":
        count = chance.randint(max(1, node.get("minItems", 0)), 3)
        return [instance(chance, root, node["items"], share) for _ in range(count)]
    if kind == "string":
        if node.get("format") == "date-time":
            return chance.choice(DATES)
        longest = node.get("maxLength", 100)
        return text(chance, chance.choice([0, 1, longest, chance.randint(0, longest)]))
    if kind == "integer":
        return chance.choice([0, 1, -1, 2**31, 2**63 - 1, -(2**63), chance.randint(0, 100000)])
    if kind == "number":
        return decimal.Decimal(chance.choice([0, 5, 160, 214, -3, 999999, 123456789])) / 10
    return chance.random() < 0.5


def faults(chance, root, node, payload, path):
    """Yields (path, code, fault, change) for each fault that can be made here and below."""
    node = resolve(root, node)
    kind = node["type"]
    for name, value in VALUES_OF_TYPES.items():
        if name != kind and (kind, name) != ("number", "integer"):
            code = FORMATION if path == () else TYPE
            yield path, code, f"{name} for {kind}", lambda _, value=value: value
    if "enum" in node:
        yield path, PROPERTY, "no word of the list", lambda word: word + "x"
        yield path, PROPERTY, "empty word", lambda _: ""
    if "maxLength" in node:
        over = text(chance, node["maxLength"] + 1)
        yield path, PROPERTY, "too long", lambda _: over
    if node.get("format") == "date-time":
        for wrong in NO_DATES:
            yield path, PROPERTY, "no date and time", lambda _, wrong=wrong: wrong
    if "multipleOf" in node:
        yield path, PROPERTY, "two decimal places", lambda old: old + decimal.Decimal("0.05")
    if kind == "array":
        yield from array_faults(chance, root, node, payload, path)
    if kind == "object":
        yield from object_faults(chance, root, node, payload, path)


def array_faults(chance, root, node, payload, path):
    if node.get("minItems", 0) > 0:
        yield path, OCCURRENCE, "empty array", lambda _: []
    for index, element in enumerate(payload):
        yield from faults(chance, root, node["items"], element, path + (index,))


def object_faults(chance, root, node, payload, path):
    def without(name):
        return lambda old: {key: value for key, value in old.items() if key != name}

    yield path, FORMATION, "extra property", lambda old: {**old, "extra" + text(chance, 3): 1}
    for name in node.get("required", []):
        yield path, OCCURRENCE, f"no {name}", without(name)
    for name, child in node.get("properties", {}).items():
        if name in payload:
            yield from faults(chance, root, child, payload[name], path + (name,))


def change_at(payload, path, change):
    if not path:
        return change(payload)
    payload[path[0]] = change_at(payload[path[0]], path[1:], change)
    return payload
