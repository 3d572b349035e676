"""The daemon on the board, and the expectations of the interop harness around it."""

from __future__ import annotations

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

    def __init__(self, binary, folder, board, settings=None, connectors=None):
        super().__init__(binary, folder, settings=settings or wiring.settings(board),
                         connectors=connectors or wiring.connectors())
        self.board = board
        self.station = HardwareStation(binary, folder, self.configuration, self.log)
        self.station.on_start = self._started

    # What people do

    def cable(self, evse, is_in: bool):
        self.board.ask("line", f"plug-{evse}", 0 if is_in else 1)

    def card(self, reader, is_there: bool):
        self.board.ask("card", reader, wiring.CARDS[reader] if is_there else "off")

    async def tap(self, reader):
        """A card that is held to a reader until the station has spoken of it."""
        mark = self.mark()
        self.card(reader, True)
        await self.csms.until(lambda: len(self.csms.calls) > mark, 10, "a word about the card")
        self.card(reader, False)

    # What the board sees

    def closed(self, evse) -> bool:
        return self.board.state()["evses"][evse - 1]["closed"]

    def model(self, evse) -> float:
        """Energy by the board's own account, in watt-hours."""
        return self.board.state()["evses"][evse - 1]["milliwattSeconds"] / 3_600_000

    async def until_contact(self, evse, is_closed, within=5.0):
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
