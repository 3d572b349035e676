"""Checks that are sentences."""

from __future__ import annotations


class Checks:
    """Counts what holds; what does not is an AssertionError with its sentence."""

    def __init__(self):
        self.count = 0

    def true(self, condition, sentence):
        if not condition:
            raise AssertionError(f"it does not hold that {sentence}")
        self.count += 1

    def equal(self, found, wanted, sentence):
        self.true(found == wanted, f"{sentence}: expected {wanted!r}, found {found!r}")

    def near(self, found, wanted, tolerance, sentence):
        self.true(abs(found - wanted) <= tolerance,
                  f"{sentence}: expected {wanted!r} ± {tolerance!r}, found {found!r}")

    def happened(self, events, kind, **fields) -> list:
        """The journal has such an event; a field of None must not be there."""
        found = matching(events, kind, fields)
        self.true(found, f"the journal has {kind} {fields}, "
                         f"but only {matching(events, kind, {})}")
        return found

    def none(self, events, kind, **fields):
        found = matching(events, kind, fields)
        self.equal(found, [], f"the journal has no {kind} {fields}")


def matching(events, kind, fields) -> list:
    """What the events of a kind with these fields have."""
    bodies = [event[kind] for event in events if kind in event]
    return [b for b in bodies if all(b.get(name) == value for name, value in fields.items())]
