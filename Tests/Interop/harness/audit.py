"""The books of a central system held against what the meter and `/v1/state` have shown."""

from __future__ import annotations

from . import referee

SLACK_S = 1.3  # meters are read once a second, and a look may come that late
POWER_W, SPEED = 7360, 4
WH_PER_SECOND = POWER_W * SPEED / 3600
# One power cut costs at most 10 Wh, or ten seconds of charging if that is more.
BOUND_WH = max(10, 10 * WH_PER_SECOND)


class Audit:
    """What is wrong with the books of a `Killer`'s central system, as sentences."""

    def __init__(self, killer):
        self.killer, self.csms, self.found = killer, killer.csms, []

    def faults(self, state) -> list[str]:
        self.found = referee.violations(self.killer.log, self.csms)
        by_card = {}
        for transaction in self.csms.ledger.transactions.values():
            by_card.setdefault(transaction.id_tag, []).append(transaction)
        for card, transactions in by_card.items():
            self.compare_card(card, transactions)
        for card, seen in self.killer.sessions.items():
            if card not in by_card:
                self.found.append(f"the session of {card} (EVSE {seen.evse}, {seen.energy} Wh) "
                                   "is missing in the books")
        for number in (1, 2):
            self.compare_register(number, state["evses"][number - 1]["energyWh"])
        return self.found

    def compare_card(self, card, transactions):
        if card not in self.killer.cards_used:
            self.found.append(f"{card} is in the books and was never swiped")
        if len(transactions) > 1 and self.csms.recognises_repeats:
            self.found.append(f"{card} has {len(transactions)} transactions")
        closed = [t for t in transactions if t.stops]
        if len(closed) != 1:
            self.found.append(f"{card} has {len(closed)} ended transactions of "
                               f"{len(transactions)}")
            return
        if len({str(sorted(s.payload.items())) for t in transactions for s in t.starts}) > 1:
            self.found.append(f"{card} was started with different contents")
        seen = self.killer.sessions.get(card)
        if seen is not None:
            self.compare_energy(closed[0], seen)

    def compare_energy(self, transaction, seen):
        if seen.transaction not in (None, transaction.id):
            self.found.append(f"{seen.card} was shown as {seen.transaction}, and is "
                               f"{transaction.id} in the books")
        found = transaction.energy_wh
        slack = 1.01 + WH_PER_SECOND * SLACK_S
        flowed = seen.flow_s * WH_PER_SECOND
        low = max(flowed - slack - seen.kills * BOUND_WH,
                  seen.energy - 1.01 - (BOUND_WH if seen.cut else 0))
        high = flowed + seen.doubt_s * WH_PER_SECOND + slack
        if not low <= found <= high:
            self.found.append(
                f"{seen.card}: {found} Wh in the books; current flowed for {seen.flow_s:.3f} s "
                f"({flowed:.1f} Wh) and perhaps for {seen.doubt_s:.3f} s more, {seen.energy:.3f} "
                f"Wh were shown at {seen.at:.3f}; {low:.1f} to {high:.1f} is right "
                f"({seen.kills} kills, gone at {seen.ended})")
        self.killer.largest_loss = max(self.killer.largest_loss, flowed - found)

    def compare_register(self, number, register):
        """The register never goes back, and no energy lies between two sessions."""
        closed = [t for t in self.csms.ledger.transactions.values()
                  if t.connector == number and t.stops]
        closed.sort(key=lambda t: referee.moment(t.started))
        for earlier, later in zip(closed, closed[1:]):
            gap = later.meter_start - earlier.stops[0].payload["meterStop"]
            if not 0 <= gap <= BOUND_WH:
                self.found.append(f"{later.id_tag} starts {gap} Wh after {earlier.id_tag}")
            if referee.moment(later.started) < referee.moment(
                    earlier.stops[0].payload["timestamp"]):
                self.found.append(f"{later.id_tag} starts before {earlier.id_tag} has ended")
        if closed and not -1.01 <= register - closed[-1].stops[0].payload["meterStop"] <= BOUND_WH:
            self.found.append(f"the register of EVSE {number} is {register}, the last stop says "
                               f"{closed[-1].stops[0].payload['meterStop']}")
