"""The books of a central system: transactions, and how a repeated message is recognised."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Transaction:
    id: int
    connector: int
    id_tag: str
    meter_start: int
    started: str
    starts: list = field(default_factory=list)  # every StartTransaction that was booked here
    stops: list = field(default_factory=list)  # every StopTransaction
    readings: list = field(default_factory=list)  # every MeterValues payload

    @property
    def open(self):
        return not self.stops

    @property
    def energy_wh(self):
        return self.stops[0].payload["meterStop"] - self.meter_start if self.stops else None

    @property
    def key(self):
        return (self.connector, self.id_tag.upper(), self.started, self.meter_start)


class Ledger:
    """`by_content`: also knows a repeat by connector, card, timestamp and meter start."""

    def __init__(self, first_id=1, by_content=True):
        self.next_id, self.by_content, self.recognises_repeats = first_id, by_content, True
        self.transactions: dict[int, Transaction] = {}
        self.by_message: dict[str, Transaction] = {}
        self.by_key: dict[tuple, Transaction] = {}
        self.foreign: list = []  # messages about transactions that are not in the books

    def start(self, received) -> Transaction:
        p = received.payload
        transaction = self.known(received)
        if transaction is None:
            transaction = Transaction(self.next_id, p["connectorId"], p["idTag"],
                                      p["meterStart"], p["timestamp"])
            self.next_id += 1
            self.transactions[transaction.id] = transaction
            self.by_message[received.id] = transaction
            self.by_key[transaction.key] = transaction
        transaction.starts.append(received)
        return transaction

    def known(self, received):
        if not self.recognises_repeats:
            return None
        if received.id in self.by_message:
            return self.by_message[received.id]
        p = received.payload
        key = (p["connectorId"], p["idTag"].upper(), p["timestamp"], p["meterStart"])
        return self.by_key.get(key) if self.by_content else None

    def readings(self, received):
        identity = received.payload.get("transactionId")
        if identity is None:
            return
        if identity in self.transactions:
            self.transactions[identity].readings.append(received)
        else:
            self.foreign.append(received)

    def stop(self, received):
        transaction = self.transactions.get(received.payload["transactionId"])
        if transaction is None:
            self.foreign.append(received)
        else:
            transaction.stops.append(received)

    @property
    def open(self):
        return [t for t in self.transactions.values() if t.open]
