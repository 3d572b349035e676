"""The ways in which a power cut may lose what was not synced. Each is a rule for `Disk`.

Some are drawn from a seed, the others are the extremes. `newest` keeps only what the operation in
progress has brought: the meta page without its pages, the new name without its content.
"""

from __future__ import annotations

import random

KILL, WITHIN = "kill", "within"
PLAIN = ("dropped", "kept", "newest", "names", "data")
DRAWN = ("ordered", "writes", "torn", "half")
MODES = (KILL, WITHIN, *PLAIN, *DRAWN)


def image(disk, mode: str, number: int, seed: int) -> dict:
    """What is found when `disk` has begun the operation `number`; after it, when it is a kill."""
    if mode == KILL:
        return disk.after_kill()
    return disk.after_power_cut(*RULES[mode](random.Random(f"{seed} {mode} {number}"), number))


def up_to(keeps):
    """The newest content whose operation is kept, or the durable one."""
    def choose(_file, _sector, contents):
        return next((c for o, c in reversed(contents) if o == 0 or keeps(o)), contents[0][1])
    return choose, lambda naming: keeps(naming.number)


def within(_random, number):
    """A kill that stops a write between two pages."""
    first = {}

    def choose(file, sector, contents):
        if contents[-1][0] != number or sector is None:
            return contents[-1][1]
        page = sector // 8
        return contents[-1 if first.setdefault(file.identity, page) == page else -2][1]

    return choose, lambda naming: True


def dropped(_random, _number):
    return up_to(lambda operation: False)


def kept(_random, _number):
    return up_to(lambda operation: True)


def newest(_random, number):
    return up_to(lambda operation: operation == number)


def names(_random, _number):
    return up_to(lambda operation: False)[0], lambda naming: True


def data(_random, _number):
    return up_to(lambda operation: True)[0], lambda naming: False


def ordered(drawn, number):
    """As a file system that writes in order: everything to some operation, nothing after it."""
    last = number - int(drawn.expovariate(0.3))
    return up_to(lambda operation: operation <= last)


def writes(drawn, _number):
    """Each operation as a whole, or not at all."""
    lot = {}
    return up_to(lambda operation: lot.setdefault(operation, drawn.random() < 0.5))


def torn(drawn, _number):
    """Each sector, each size and each name for itself."""
    return lambda _file, _sector, contents: drawn.choice(contents)[1], (
        lambda naming: drawn.random() < 0.5)


def half(drawn, number):
    """All before, and the sectors of the operation in progress up to one of them."""
    share = drawn.random()
    lot = {}

    def choose(file, sector, contents):
        if contents[-1][0] != number or sector is None:
            return contents[-1][1]
        first = lot.setdefault(file.identity, sector)
        return contents[-1][1] if sector - first < share * 16 else contents[-2][1]

    return choose, lambda naming: naming.number < number


RULES = {WITHIN: within, "dropped": dropped, "kept": kept, "newest": newest, "names": names, "data": data,
         "ordered": ordered, "writes": writes, "torn": torn, "half": half}
