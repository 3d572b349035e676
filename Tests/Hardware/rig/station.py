"""The daemon on the board, and the expectations of the interop harness around it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

from harness.scenario import Scenario, msg, spelled, status
from harness.station import Station

from . import wiring


class HardwareStation(Station):
    """A station without `--simulate`."""

    def arguments(self, command="run"):
        wanted = [self.binary, command, "--config", str(self.config)]
        if command == "run":
            wanted += ["--data", str(self.data), "--http", "127.0.0.1:0"]
            wanted += ["--csms", self.csms_url] if self.csms_url else []
        return wanted


class World(Scenario):
    """A central system, the daemon, and the board whose switches people move."""

    def __init__(self, binary, folder, board, settings=None, connectors=None, replay=None):
        super().__init__(binary, folder, settings=settings or wiring.settings(board),
                         connectors=connectors or wiring.connectors(), replay=replay)
        self.board = board
        self.read = 0  # the last event of the journal that was looked at
        self.tapped: dict[str, float] = {}  # when a reader's card was taken away
        self.station = HardwareStation(binary, folder, self.configuration, self.log)
        self.station.on_start = self._started

    # What a station says of a card: whose is it, or it stops what it started.
    CARD_WORDS = {"Authorize", "StopTransaction"}

    # What people do

    def cable(self, evse, is_in: bool):
        self.board.ask("line", f"plug-{evse}", 0 if is_in else 1)

    def card(self, reader, is_there: bool):
        self.board.ask("card", reader, wiring.CARDS[reader] if is_there else "off")

    async def tap(self, reader):
        """A card that is held to a reader until the station has spoken of it.

        A card that was away for less than two seconds is the same presentation (`CardRules`).
        """
        away = time.monotonic() - self.tapped.get(reader, 0)
        await asyncio.sleep(max(0, 2.5 - away))
        mark = self.mark()
        self.card(reader, True)
        await self.csms.until(lambda: any(call.action in self.CARD_WORDS
                                          for call in self.csms.calls[mark:]), 10,
                              "a word about the card")
        self.card(reader, False)
        self.tapped[reader] = time.monotonic()

    @asynccontextmanager
    async def hanging(self):
        """The daemon's loop hangs, and its other threads live."""
        freeze = Path(__file__).with_name("freeze.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(freeze), str(self.station.process.pid),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        assert await process.stdout.readline() == b"frozen\n", "the loop cannot be frozen"
        try:
            yield
        finally:
            process.stdin.close()
            await process.wait()

    # What the journal has

    async def history(self, bare=False) -> list:
        """What happened since this was asked last: event by event; `bare`, without its number."""
        process = await asyncio.create_subprocess_exec(
            str(self.replay), str(self.station.data / "journal.db"), "json",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        assert process.returncode == 0, f"chargepi-replay ended with {process.returncode}"
        events = [json.loads(line) for line in output.splitlines()]
        events = [event for event in events if event["seq"] > self.read]
        self.read = max((event["seq"] for event in events), default=self.read)
        return [{k: v for k, v in e.items() if isinstance(v, dict)} for e in events] if bare \
            else events

    # What the board sees

    def closed(self, evse) -> bool:
        return self.board.state()["evses"][evse - 1]["closed"]

    def drawn(self, evse) -> float:
        """Energy by the board's own account, in watt-hours."""
        return self.board.state()["evses"][evse - 1]["milliwattSeconds"] / 3_600_000

    def measured(self, evse) -> float:
        """Energy by the registers of all of the meter's cycles, in watt-hours (CS5460A §1.5)."""
        units = self.board.state()["evses"][evse - 1]["meterUnits"]
        return units / 2**23 * 400.25 * 250 * 1.024 / 3600

    async def until_board(self, condition, what, within=10.0):
        """Asks until `condition(board)` holds; fails with all that the board shows."""
        try:
            await self.csms.until(lambda: condition(self.board), within, what)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n  {self.board.ask('display')}\n  "
                                 f"{self.board.ask('lamps')}\n  {self.board.state()}") from None

    async def until_contact(self, evse, is_closed, within=10.0):
        word = "closed" if is_closed else "open"
        await self.csms.until(lambda: self.closed(evse) == is_closed, within,
                              f"contact {evse} {word}")

    # A charge

    async def begin_charge(self, evse, reader, milliamperes):
        """Cable, card, closed contact, energy; gives the transaction."""
        card = wiring.CARDS[reader]
        self.cable(evse, True)
        await self.expect(status(evse, "Preparing"), within=10)
        await self.tap(reader)
        await self.expect("Authorize", idTag=spelled(card), within=10)
        await self.expect("StartTransaction", connectorId=evse, idTag=spelled(card), within=10)
        await self.until_contact(evse, True)
        self.board.ask("load", evse, milliamperes)
        await self.charging(evse, within=15)
        return self.transaction(evse)

    async def end_charge(self, evse, reader):
        """The card again, an open contact, and the cable out."""
        await self.tap(reader)
        await self.stopped(evse, "Local", within=15, skip=[msg("Authorize")])
        await self.until_contact(evse, False)
        self.board.ask("load", evse, 0)
        self.cable(evse, False)
        await self.expect(status(evse, "Available"), within=10)
