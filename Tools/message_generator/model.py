"""Turns schemas into a list of Swift declarations."""

import dataclasses
import decimal

from . import names
from .schemas import REQUEST, RESPONSE


@dataclasses.dataclass(frozen=True)
class Type:
    """A property's type: its Swift name, its WireShape expression, its words for the comment."""

    swift: str
    shape: str
    words: str


@dataclasses.dataclass(frozen=True)
class Field:
    json_name: str
    type: Type
    required: bool


@dataclasses.dataclass(frozen=True)
class Struct:
    name: str
    fields: tuple
    is_open: bool
    comment: str
    action: str = ""


@dataclasses.dataclass(frozen=True)
class Enumeration:
    name: str
    values: tuple
    comment: str


class Model:
    """All declarations of one version, and which messages use each."""

    def __init__(self, version, messages):
        self.version = version
        self.declarations = {}
        self.users = {}
        self.message = ""
        self.root = {}
        for self.message, schemas in messages.items():
            for kind, suffix in ((REQUEST, "req"), (RESPONSE, "conf")):
                self.root = schemas[kind]
                words = f"{self.message}.{suffix}" if version == "1.6" else f"{self.message}{kind}"
                action = self.message if kind == REQUEST else ""
                comment = f"`{words}` of OCPP {version}."
                self.struct(f"{self.message}{kind}", self.root, comment, action)

    def declare(self, declaration):
        """Types of one name must be one type, wherever the schemas repeat it."""
        known = self.declarations.setdefault(declaration.name, declaration)
        if known != declaration:
            raise SystemExit(f"{self.message}: {declaration.name} differs from an earlier one")
        self.users.setdefault(declaration.name, set()).add(self.message)

    def struct(self, name, schema, comment, action=""):
        required = schema.get("required", [])
        properties = schema.get("properties", {})
        unknown = [prop for prop in required if prop not in properties]
        if unknown:
            raise SystemExit(f"{name}: {unknown} is required and not described")
        fields = tuple(
            Field(prop, self.type(name, prop, node), prop in required)
            for prop, node in properties.items()
        )
        is_open = schema.get("additionalProperties", True) is not False
        self.declare(Struct(name, fields, is_open, comment, action))

    def type(self, owner, prop, node):
        named = None
        if "$ref" in node:
            named = names.definition_type(node["$ref"])
            node = self.root["definitions"][node["$ref"].rsplit("/", 1)[1]]
        kind = node.get("type")
        if "enum" in node or kind == "object":
            return self.named_type(named or names.inline_type(owner, prop), node)
        if kind == "array":
            return self.array(owner, prop, node)
        return scalar(f"{owner}.{prop}", kind, node)

    def named_type(self, name, node):
        comment = f"`{name}` of OCPP {self.version}."
        if "enum" in node:
            self.declare(Enumeration(name, tuple(node["enum"]), comment))
            return Type(name, f".enumeration({name}.self)", "a word of its list")
        self.struct(name, node, comment)
        return Type(name, f".object({name}.self)", "an object")

    def array(self, owner, prop, node):
        element = self.type(owner, prop, node["items"])
        bounds, words = "", ""
        for keyword, label, phrase in (
            ("minItems", "minimum", "at least"), ("maxItems", "maximum", "at most")
        ):
            if keyword in node:
                bounds += f", {label}: {node[keyword]}"
                words += f" {phrase} {node[keyword]}"
        words = f"an array of{words}" + (", each " if words else " values, each ") + element.words
        return Type(f"[{element.swift}]", f".array(of: {element.shape}{bounds})", words)


def scalar(place, kind, node):
    """Strings, numbers and truth values; a node without a type takes any JSON."""
    if kind is None:
        return Type("JSON", ".anything", "any JSON")
    if kind == "boolean":
        return Type("Bool", ".boolean", "a boolean")
    if kind == "string":
        return string(node)
    if kind in ("integer", "number"):
        return number(place, kind, node)
    raise SystemExit(f"{place}: type {kind} is not known")


def string(node):
    if node.get("format") == "date-time":
        return Type("String", ".dateTime", "a date and time")
    if "maxLength" in node:
        length = node["maxLength"]
        return Type("String", f".string(maximumLength: {length})", f"at most {length} characters")
    return Type("String", ".string", "a string")


def number(place, kind, node):
    arguments, words = [], ""
    if "multipleOf" in node:
        step = decimal.Decimal(str(node["multipleOf"]))
        if step not in (decimal.Decimal(10) ** -scale for scale in range(1, 10)):
            raise SystemExit(f"{place}: multiples of {step} are not known")
        arguments.append(f"scale: {-step.as_tuple().exponent}")
        words += f" in steps of {step}"
    for keyword, phrase in (("minimum", "at least"), ("maximum", "at most")):
        if keyword in node:
            if node[keyword] != int(node[keyword]):
                raise SystemExit(f"{place}: the {keyword} {node[keyword]} is not whole")
            arguments.append(f"{keyword}: {int(node[keyword])}")
            words += f" {phrase} {int(node[keyword])}"
    swift, shape = ("Int", ".integer") if kind == "integer" else ("JSONDecimal", ".decimal")
    if arguments or kind == "number":
        shape += f"({', '.join(arguments)})"
    return Type(swift, shape, ("an integer" if kind == "integer" else "a number") + words)
