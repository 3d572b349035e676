"""The figures as a plain table: measured, asked for, and what the machine itself can do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Row:
    """One figure; `limit` is the machine's own in the same run, `good` is None without a target."""

    name: str
    measured: str
    target: str = ""
    good: bool | None = None
    limit: str = ""

    @property
    def verdict(self) -> str:
        return "" if self.good is None else "ok" if self.good else "over"


HEADINGS = ("", "measured", "target", "", "this machine's limit, same run")


def cells(row: Row) -> tuple[str, ...]:
    return row.name, row.measured, row.target, row.verdict, row.limit


def print_table(rows: list[Row]) -> None:
    lines = [HEADINGS, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for number, line in enumerate(lines):
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"


def megabytes(count: float) -> str:
    return f"{count / 1e6:.1f} MB"


def thousands(number: float) -> str:
    return f"{number:,.0f}"
