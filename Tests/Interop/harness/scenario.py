"""One case's world (a central system, a daemon) and the expectations that read like a script."""

from __future__ import annotations

import asyncio
from pathlib import Path

from .config import Configuration
from .csms import CentralSystem
from .referee import violations
from .station import Station, active, spelled  # noqa: F401  (cases take them from here)
from .wire import Log

CARD, OTHER_CARD = "04A1B2C3", "04D4E5F6"
ABSENT = None  # a field that must not be there


class Failed(AssertionError):
    """An expectation that was not met."""


def msg(action, **fields):
    """A pattern: an action and what its fields must be (a value, a set of them, or a test)."""
    return action, fields


def status(connector, *names, **fields):
    """A pattern for a StatusNotification with one of these statuses."""
    if "Faulted" not in names:
        fields.setdefault("errorCode", "NoError")
    return msg("StatusNotification", connectorId=connector, status=set(names), **fields)


def matches(pattern, received) -> bool:
    action, fields = pattern if isinstance(pattern, tuple) else (pattern, {})
    if action != received.action:
        return False
    for name, wanted in fields.items():
        found = received.payload.get(name)
        if callable(wanted):
            if not wanted(found):
                return False
        elif isinstance(wanted, (set, frozenset)):
            if found not in wanted:
                return False
        elif found != wanted:
            return False
    return True


def show(pattern) -> str:
    action, fields = pattern if isinstance(pattern, tuple) else (pattern, {})
    def value(v):
        return getattr(v, "__name__", "a test") if callable(v) else repr(v)
    return f"{action}({', '.join(f'{n}={value(v)}' for n, v in fields.items())})"


class Scenario:
    """`t` of every case. Expectations consume the station's calls in the order they came in.

    Messages that may come at any moment (`ignored`) are passed over unless they are what is
    expected; anything else that is not expected fails the case.
    """

    def __init__(self, binary, folder: Path, replay=None, settings=None, connectors=None,
                 keys=None, system=CentralSystem, interval=300, uri=None):
        self.log = Log()
        self.csms = system(self.log, interval)
        self.configuration = Configuration(settings, connectors, keys)
        self.station = Station(binary, folder, self.configuration, self.log)
        self.station.on_start = self._started
        self.folder, self.replay, self.uri = folder, replay, uri
        self.position = 0
        self.ignored = {"Heartbeat", "MeterValues"}
        self.allowed: set = set()  # rules of the referee that this case breaks on purpose
        self.ends_itself = False  # the case has seen to the end of the daemon
        self.connectors = sum(len(e["connectors"]) for e in self.configuration.connectors["EVSEs"])

    def _started(self):
        self.csms.starts += 1

    # Set-up and end

    async def listen(self):
        await self.csms.listen()
        self.station.csms_url = self.uri or f"ws://127.0.0.1:{self.csms.port}/"

    async def boot(self, statuses=True):
        """Both sides up, registered, and every connector reported Available."""
        await self.listen()
        await self.station.start()
        await self.registered(statuses)

    async def registered(self, statuses=True, within=10.0, **states):
        """BootNotification, then one status for each connector and for 0, in any order."""
        payload = await self.expect("BootNotification", within=within)
        if statuses:
            await self.expect_all(*self.statuses(), within=5)
        return payload

    def statuses(self, special=None):
        special = special or {}
        return [status(n, *special.get(n, ("Available",))) for n in range(self.connectors + 1)]

    async def finish(self):
        """The end of a case that went well: a clean stop, and the rules that always hold."""
        if not self.ends_itself:
            if not self.station.alive and not self.station.stopped:
                raise Failed(f"the daemon died ({self.station.process.returncode})")
            await self.station.stop()
        await asyncio.sleep(0.05)
        faults = violations(self.log, self.csms, self.allowed)
        if faults:
            raise Failed("rules of the wire were broken:\n    " + "\n    ".join(faults[:20]))
        stderr = self.station.errors(400)
        for word in ("Fatal error", "AddressSanitizer", "Simultaneous accesses"):
            if word in stderr:
                raise Failed(f"the daemon's log says {word!r}")

    async def cleanup(self):
        await self.station.cleanup()
        await self.csms.close()

    # Expectations

    async def next_call(self, within, what):
        await self.csms.until(lambda: len(self.csms.calls) > self.position, within,
                              f"{what}; nothing more was received")
        received = self.csms.calls[self.position]
        self.position += 1
        return received

    async def expect(self, pattern, within=5.0, skip=(), **fields):
        """The next message that may not be passed over must match; gives its payload."""
        if isinstance(pattern, str):
            pattern = msg(pattern, **fields)
        deadline = self.log.now() + within
        while True:
            received = await self.next_call(max(0, deadline - self.log.now()), show(pattern))
            if matches(pattern, received):
                return received.payload
            if self.passes(received, pattern) or any(matches(s, received) for s in skip):
                continue
            raise Failed(f"expected {show(pattern)}, received {received.action} "
                         f"{received.payload} at {received.at:.3f}")

    def passes(self, received, pattern) -> bool:
        """What may come at any moment, or before a message that is no status.

        1.6 does not fix the order of statuses and transaction messages: a car that is connected
        and draws nothing yet may be reported as suspended before its StartTransaction is sent.
        """
        if pattern[0] != "StatusNotification" and received.action == "StatusNotification":
            return received.payload["status"] in ("SuspendedEV", "SuspendedEVSE")
        return received.action in self.ignored

    async def expect_all(self, *patterns, within=5.0, skip=()):
        """All of these, in any order and with nothing else between; gives their payloads."""
        missing, payloads = list(range(len(patterns))), [None] * len(patterns)
        deadline = self.log.now() + within
        while missing:
            what = " and ".join(show(patterns[i]) for i in missing)
            received = await self.next_call(max(0, deadline - self.log.now()), what)
            hit = next((i for i in missing if matches(patterns[i], received)), None)
            if hit is not None:
                missing.remove(hit)
                payloads[hit] = received.payload
            elif received.action not in self.ignored and not any(
                    matches(s, received) for s in skip):
                raise Failed(f"expected {what}, received {received.action} {received.payload} "
                             f"at {received.at:.3f}")
        return payloads

    async def expect_none(self, *patterns, during=1.5):
        """None of these arrives; what else arrives is consumed."""
        deadline = self.log.now() + during
        while (left := deadline - self.log.now()) > 0:
            await asyncio.sleep(min(left, 0.05))
            self.refuse(*patterns)
        self.refuse(*patterns)

    def refuse(self, *patterns):
        for received in self.csms.calls[self.position:]:
            self.position += 1
            for pattern in patterns:
                if matches(pattern, received):
                    raise Failed(f"unexpected {received.action} {received.payload} "
                                 f"at {received.at:.3f}")

    def mark(self) -> int:
        return len(self.csms.calls)

    def seen(self, pattern, since=0):
        """All messages since a mark that match, consumed or not."""
        return [r for r in self.csms.calls[since:] if matches(pattern, r)]

    async def wait_for(self, pattern, within=5.0, since=0, count=1):
        """Waits until so many messages since the mark match; consumes nothing."""
        await self.csms.until(lambda: len(self.seen(pattern, since)) >= count, within,
                              f"{count} × {show(pattern)}")
        return self.seen(pattern, since)

    def catch_up(self):
        """Everything received so far counts as consumed."""
        self.position = len(self.csms.calls)

    # Steps that many cases share

    async def charging(self, connector=1, within=6.0):
        """Charging is reported; the car may be seen to hesitate before."""
        return await self.expect(status(connector, "Charging"), within=within, skip=[
            status(connector, "Preparing", "SuspendedEV", "SuspendedEVSE")])

    async def begin(self, evse=1, card=CARD, authorize=True, skip=(), **ev) -> int:
        """Plug in, swipe, start, charge; gives the transaction's id. Connector = EVSE here."""
        await self.station.plug(evse, **ev)
        await self.expect(status(evse, "Preparing"))
        await self.station.swipe(card, [evse])
        if authorize:
            await self.expect("Authorize", idTag=spelled(card), skip=skip)
        await self.expect("StartTransaction", connectorId=evse, idTag=spelled(card), skip=skip)
        await self.charging(evse)
        return self.transaction(evse).id

    def transaction(self, connector=1):
        """The newest transaction in the books on a connector."""
        found = [t for t in self.csms.ledger.transactions.values() if t.connector == connector]
        if not found:
            raise Failed(f"no transaction on connector {connector} is in the books")
        return found[-1]

    async def stopped(self, connector=1, *reasons, within=6.0, after=("Finishing",), skip=()):
        """StopTransaction and the status that follows, in either order; gives the former.

        1.6 does not fix their order. The reason Local may be left out (§7.35).
        """
        wanted = set(reasons) | ({None} if "Local" in reasons else set())
        stop = msg("StopTransaction", reason=wanted) if wanted else msg("StopTransaction")
        suspended = status(connector, "SuspendedEV", "SuspendedEVSE")
        return (await self.expect_all(stop, status(connector, *after), within=within,
                                      skip=[suspended, *skip]))[0]

    async def end(self, evse=1, card=CARD, authorize=None):
        """Swipe again, unplug, Available. With `authorize=False` no Authorize may come."""
        skip = [] if authorize is False else [msg("Authorize")]
        await self.station.swipe(card, [evse])
        stop = await self.stopped(evse, "Local", skip=skip)
        await self.station.unplug(evse)
        await self.expect(status(evse, "Available"))
        return stop

    async def normal_session(self, evse=1, card=CARD):
        """Proof that the station still works: a whole plain session."""
        self.catch_up()
        await self.station.plug(evse)
        await self.expect(status(evse, "Preparing"))
        await self.station.swipe(card, [evse])
        await self.expect("StartTransaction", connectorId=evse, skip=[msg("Authorize")])
        await self.charging(evse)
        await self.end(evse, card)

    async def keys(self, *names) -> dict:
        """`GetConfiguration` as {key: value}."""
        asked = {"key": list(names)} if names else {}
        answer = await self.csms.request("GetConfiguration", **asked)
        return {k["key"]: k.get("value") for k in answer.get("configurationKey", [])}

    async def set_key(self, key, value, *wanted):
        answer = await self.csms.request("ChangeConfiguration", key=key, value=value)
        self.equal(answer["status"], set(wanted or ("Accepted",)),
                   f"ChangeConfiguration {key}={value}")

    async def link(self, up: bool):
        await self.station.sim("link", up=up)
        await (self.csms.connected() if up else self.csms.disconnected())

    # Checks

    def equal(self, found, wanted, what):
        ok = found in wanted if isinstance(wanted, (set, frozenset)) else found == wanted
        if not ok:
            raise Failed(f"{what}: expected {wanted}, found {found}")

    def true(self, condition, what):
        if not condition:
            raise Failed(what)

    def near(self, found, wanted, tolerance, what):
        if abs(found - wanted) > tolerance:
            raise Failed(f"{what}: expected {wanted} ± {tolerance}, found {found}")
