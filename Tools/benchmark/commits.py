"""Commits of a plain session, counted in the journal."""

from __future__ import annotations

import asyncio

from .memory import COMMIT_HASH
from .table import Row
from .tools import Bench, central_system, fields, records, station

CABLE_SENSED, MESSAGE_SENT = 21, 90
CARD = "04A1B2C3"


async def plain_session(daemon, bench: Bench):
    """Plug, card, half a minute of 2.3 kW, card, unplug, and time to come to rest."""
    await daemon.plug(1, maxA=10)
    await asyncio.sleep(2)
    await daemon.swipe(CARD, [1])
    await asyncio.sleep(30)
    await daemon.swipe(CARD, [1])
    await asyncio.sleep(2)
    await daemon.unplug(1)
    await asyncio.sleep(bench.size(20, 5))


async def measure(bench: Bench) -> list[Row]:
    """The card is unknown in the first session and known in the second."""
    with central_system() as (_, url):
        daemon = station(bench, bench.new("commits"), url)
        await daemon.start()
        try:
            await asyncio.sleep(12)
            await plain_session(daemon, bench)
            await plain_session(daemon, bench)
            await daemon.stop()
        finally:
            await daemon.cleanup()
    unknown, known = counted(records(daemon.data / "journal.db"))
    return [
        Row("commits of a 30 s session, card unknown", str(unknown), "12", unknown <= 12),
        Row("commits of a 30 s session, card known", str(known), "8", known <= 8),
    ]


def counted(found: list[bytes]) -> list[int]:
    """Per session: commits from the one with the plug to the one that sends Available."""
    counts, running = [], None
    for record in found:
        content = dict(fields(record))
        if running is None and content.get(CABLE_SENSED, b"").endswith(b"\x18\x02"):
            running, isLast = 0, False
        if running is None:
            continue
        sent = content.get(MESSAGE_SENT) or b""
        isLast |= b'"StatusNotification"' in sent and b'"Available"' in sent
        if COMMIT_HASH in content:
            running += 1
            if isLast:
                counts.append(running)
                running = None
    if len(counts) != 2:
        raise RuntimeError(f"{len(counts)} sessions in the journal instead of 2")
    return counts
