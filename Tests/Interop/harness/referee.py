"""Rules that every conversation must keep, whatever its case is about; checked after each case."""

from __future__ import annotations

from datetime import datetime

from .wire import CALL, ERROR, FROM_STATION, REMARK, RESULT, TO_STATION

# After so many seconds without an answer a station may take a call for lost and send the next.
CALL_TIMEOUT_FLOOR = 4.5


def violations(log, system, allowed=()) -> list[str]:
    """Every broken rule, as a sentence. `allowed` names rules a case breaks on purpose."""
    rules = {
        "schema": lambda: list(system.violations),
        "ids": lambda: ids_are_unique(log),
        "outstanding": lambda: one_call_outstanding(log),
        "boot": lambda: boot_comes_first(log, system),
        "answers": lambda: every_request_is_answered_once(log),
        "times": lambda: times_are_plausible(log),
        "ledger": lambda: ledger_is_sound(system),
        "repeats": lambda: repeats_have_a_cause(log),
    }
    return [f"[{name}] {fault}" for name, rule in rules.items() if name not in allowed
            for fault in rule()]


def station_calls(log):
    return [f for f in log.frames if f.direction == FROM_STATION and f.kind == CALL]


def ids_are_unique(log):
    """OCPP-J 1.6 §4.1.4: at most 36 characters, never reused on one connection."""
    seen, faults = set(), []
    for frame in station_calls(log):
        if not isinstance(frame.id, str) or not 0 < len(frame.id) <= 36:
            faults.append(f"the id {frame.id!r} is not a string of 1 to 36 characters")
        if (frame.link, frame.id) in seen:
            faults.append(f"the id {frame.id!r} was used twice on connection {frame.link}")
        seen.add((frame.link, frame.id))
    return faults


def one_call_outstanding(log):
    """OCPP-J 1.6 §4.1.1: no new call before the last one was answered or timed out."""
    open_calls, faults = {}, []
    for frame in log.frames:
        if frame.direction == TO_STATION and frame.kind in (RESULT, ERROR):
            previous = open_calls.get(frame.link)
            if previous and previous.id == frame.id:
                del open_calls[frame.link]
        elif frame.direction == FROM_STATION and frame.kind == CALL:
            previous = open_calls.get(frame.link)
            if previous and frame.at - previous.at < CALL_TIMEOUT_FLOOR:
                faults.append(f"{frame.action} at {frame.at:.3f} while {previous.action} of "
                              f"{previous.at:.3f} was not answered")
            open_calls[frame.link] = frame
    return faults


def boot_comes_first(log, system):
    """OCPP 1.6 §4.2: nothing but BootNotification before it was accepted."""
    accepted, faults, boots = set(), [], {}
    for frame in log.frames:
        generation = system.link_starts.get(frame.link)
        if frame.direction == FROM_STATION and frame.kind == CALL:
            if frame.action == "BootNotification":
                boots[(frame.link, frame.id)] = generation
            elif generation not in accepted:
                faults.append(f"{frame.action} at {frame.at:.3f} before registration")
        elif frame.direction == TO_STATION and frame.kind == RESULT:
            if (frame.link, frame.id) in boots and frame.payload.get("status") == "Accepted":
                accepted.add(boots[(frame.link, frame.id)])
    return faults


def every_request_is_answered_once(log):
    requests = {(f.link, f.id) for f in log.frames
                if f.direction == TO_STATION and f.kind == CALL and isinstance(f.id, str)}
    answered, faults = set(), []
    for frame in log.frames:
        if frame.direction == FROM_STATION and frame.kind in (RESULT, ERROR):
            key = (frame.link, frame.id)
            if key in answered:
                faults.append(f"the request {frame.id!r} was answered twice")
            if key not in requests:
                faults.append(f"an answer to {frame.id!r}, which was not asked there")
            answered.add(key)
    return faults


def moment(text: str) -> datetime:
    """A time of the wire; ours always carry a zone."""
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return parsed


def times_in(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "timestamp" and isinstance(inner, str):
                yield inner
            else:
                yield from times_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from times_in(inner)


def times_are_plausible(log):
    faults = []
    for frame in station_calls(log):
        for text in times_in(frame.payload):
            try:
                if not 2020 < moment(text).year < 2100:
                    faults.append(f"{frame.action} carries the time {text}")
            except ValueError as error:
                faults.append(f"{frame.action} carries the time {text!r}: {error}")
    return faults


def ledger_is_sound(system):
    faults = [f"{c.action} about transaction {c.payload['transactionId']}, which is not in the "
              "books" for c in system.ledger.foreign]
    for t in system.ledger.transactions.values():
        contents = {str(sorted(s.payload.items(), key=lambda item: item[0])) for s in t.stops}
        if len(contents) > 1:
            faults.append(f"transaction {t.id} was stopped with different contents")
        if t.stops and t.energy_wh < 0:
            faults.append(f"transaction {t.id} has an energy of {t.energy_wh} Wh")
        starts = {str(sorted(s.payload.items())) for s in t.starts}
        if len(starts) > 1:
            faults.append(f"the start of transaction {t.id} was repeated with other contents")
    return faults


def repeats_have_a_cause(log):
    """A transaction message that was answered with a result is never sent again.

    An answer in the last moments of a connection or a process need not have become durable: a
    repeat on a later connection is held against the station only if that connection lived on
    for half a second after the answer.
    """
    answers, ends, faults, sent = {}, {}, [], {}
    for frame in log.frames:
        ends[frame.link] = frame.at
        if frame.direction == REMARK and "killed" in str(frame.raw):
            ends = {link: min(at, frame.at) for link, at in ends.items()}
        if frame.direction == TO_STATION and frame.kind == RESULT and not frame.note:
            answers[(frame.link, frame.id)] = frame
        if frame.direction == FROM_STATION and frame.action in (
                "StartTransaction", "StopTransaction"):
            key = (frame.action, str(sorted(frame.payload.items(), key=lambda item: item[0])))
            for previous in sent.get(key, []):
                answer = answers.get((previous.link, previous.id))
                if answer and (previous.link == frame.link
                               or ends[previous.link] - answer.at > 0.5):
                    faults.append(f"{frame.action} at {frame.at:.3f} repeats what was answered "
                                  f"at {answer.at:.3f}")
            sent.setdefault(key, []).append(frame)
    return faults
