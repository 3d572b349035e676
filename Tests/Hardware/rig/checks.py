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
