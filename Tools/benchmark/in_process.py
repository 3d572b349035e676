"""Card to contactor, replay: the real engine and journal, without a daemon around them."""

from __future__ import annotations

from .table import Row, milliseconds, thousands
from .tools import Bench


def card(bench: Bench) -> list[Row]:
    found = bench.run("card", bench.new("card"), bench.size(500, 100))
    ratio = found["seconds"] / found["bare_seconds"]
    return [Row("card known here to contactor", f"{milliseconds(found['seconds'])} ({ratio:.2f}x)",
                "1.50x", ratio <= 1.5,
                f"bare LMDB commit of the same {found['records']:.0f} records, "
                f"{found['bytes']:.0f} bytes: {milliseconds(found['bare_seconds'])}")]


def replay(bench: Bench, data, made: dict) -> list[Row]:
    found = bench.run("replay", data / "journal.db", bench.size(7, 3))
    rate, scan = found["events_per_second"], found["scanned_per_second"]
    limit = f"bare cursor scan: {thousands(scan)}/s"
    mix = f"{made['readings'] / made['events']:.0%} readings, " \
          f"{made['record_bytes'] / made['events']:.0f} bytes a record"
    return [
        Row("replay, events/s", thousands(rate), "1,500,000", rate >= 1.5e6, limit),
        Row("replay beside a bare scan", f"{scan / rate:.1f}x", "20x", scan / rate <= 20, mix),
        Row("  of that, decoding alone", f"{thousands(found['decoded_per_second'])}/s"),
    ]
