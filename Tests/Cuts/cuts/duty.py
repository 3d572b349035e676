"""What must be true of an image, from what had been told when it was cut."""

from __future__ import annotations

import bisect
import json
from dataclasses import dataclass, field

from harness.audit import BOUND_WH

from .books import Reference
from .promises import Promise

TRANSACTIONS = ("StartTransaction", "StopTransaction", "MeterValues")


@dataclass
class Duty:
    """What an image owes: `last` events, the frames that have left, what was shown of sessions."""

    last: int = 0
    because: str = "nothing was told"
    frames: list = field(default_factory=list)  # texts, in order
    shown: dict = field(default_factory=dict)  # card -> Wh


class Duties:
    """The duty at each operation of one record."""

    def __init__(self, promises: list[Promise], reference: Reference, events, past):
        self.promises, self.reference, self.past = promises, reference, past
        self.afters = [p.after for p in promises]
        self.times = {e.number: e.nanoseconds for e in events if e.is_operation}
        self.faults = []  # promises that even the whole journal does not keep
        self.numbers = [self.number(promise) for promise in promises]

    def number(self, promise: Promise) -> int:
        """The event that a promise is about."""
        if promise.what != "frame":
            if promise.number > len(self.reference.records):
                self.faults.append(f"{promise.content} speaks of event {promise.number}; the "
                                   f"journal ends with {len(self.reference.records)}")
            return promise.number
        number = self.reference.frames.get(promise.content)
        if number is None:
            self.faults.append(f"a frame left that is not in the journal: {promise.content!r}")
        return number or 0

    def at(self, operation: int, is_over: bool) -> Duty:
        """When `operation` is cut; `is_over`: right after it and what was told then."""
        end = bisect.bisect_right(self.afters, operation if is_over else operation - 1)
        duty = Duty(frames=list(self.past))
        for promise, number in zip(self.promises[:end], self.numbers[:end]):
            if number > duty.last:
                duty.last, duty.because = number, f"{promise.what} {promise.content}"
            if promise.what == "frame":
                duty.frames.append(promise.content.decode())
            elif promise.what == "state":
                for evse in promise.content["evses"]:
                    if session := evse["session"]:
                        duty.shown[session["token"]] = session["energyWh"]
        return duty

    def lost_energy(self, operation: int, last: int) -> list[str]:
        """EVSEs whose durable reading is further behind the meter than a power cut may cost."""
        moment, faults = self.times.get(operation), []
        for evse, meters in self.reference.meters.items():
            seen = [m for m in meters if m.nanoseconds <= (moment or 0)]
            if not seen:
                continue
            began = max((s for s in self.reference.starts if s <= seen[-1].number), default=0)
            life = [m for m in seen if m.number > began]
            durable = [m for m in life if m.number <= last] or life[:1]
            lost = (seen[-1].counter - durable[-1].counter) / 1000
            if lost > BOUND_WH:
                faults.append(f"EVSE {evse} lost {lost:.1f} Wh, {BOUND_WH:.0f} are allowed")
        return faults


def books_faults(duty: Duty, frames: list[str], reference: Reference, last: int, state,
                 resumes: bool) -> list[str]:
    """The books of a central system that has heard everything, before the cut and after it."""
    faults, ids, calls = [], {}, []
    for text in [*duty.frames, *frames]:
        message = json.loads(text)
        if message[0] != 2:
            continue
        if ids.setdefault(message[1], text) != text:
            faults.append(f"the id {message[1]} was used for {ids[message[1]]} and {text}")
        if message[2] in TRANSACTIONS:
            calls.append((message[2], message[3], text))
    starts = {}
    for action, payload, text in calls:
        if action == "StartTransaction" and starts.setdefault(payload["idTag"], payload) != payload:
            faults.append(f"{payload['idTag']} was started twice: {starts[payload['idTag']]} and "
                          f"{payload}")
    running = {s["token"] for e in state["evses"] if (s := e["session"])}
    faults += stop_faults(calls, starts, running)
    if not state["upstreams"][0]["queued"]["parked"]:
        faults += missing(starts, running, reference, last)
    if not resumes:
        faults += energy_faults(calls, starts, duty, reference)
    return faults


def stops_by_card(calls, starts):
    from .central import transaction_id

    cards = {transaction_id(start): card for card, start in starts.items()}
    found = {}
    for action, payload, _ in calls:
        if action == "StopTransaction":
            card = cards.get(payload["transactionId"])
            found.setdefault(card, []).append(payload)
    return found


def stop_faults(calls, starts, running):
    stops, faults = stops_by_card(calls, starts), []
    for card, found in stops.items():
        if card is None:
            faults.append(f"a transaction was stopped that never started: {found}")
        elif any(stop != found[0] for stop in found):
            faults.append(f"{card} was stopped with different contents: {found}")
    return faults


def missing(starts, running, reference, last):
    """Every session that may charge is in the books."""
    return [f"the session of {card} (event {number}) is missing in the books"
            for number, card in reference.permitted.items()
            if number <= last and card not in starts and card not in running]


def energy_faults(calls, starts, duty, reference):
    faults = []
    for card, found in stops_by_card(calls, starts).items():
        if card is None:
            continue
        start, stop = starts[card]["meterStart"], found[0]["meterStop"]
        least = start + duty.shown.get(card, 0) - 1.01
        most = reference.ended.get(card, 1e15) / 1000 + 1.01
        if not least <= stop <= most:
            faults.append(f"{card} stopped at {stop} Wh: {least:.2f} to {most:.2f} is right")
    return faults
