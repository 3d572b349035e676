"""Kills the daemon at random moments and holds the central system's books against the meter.

A user who acts at random plugs in, swipes a new card for every session, suspends, stops, unplugs,
and takes the link down and up; the daemon is killed (SIGKILL) again and again meanwhile, before it
is ready, in the middle of nothing, and within milliseconds of a transaction message. Every card
is swiped for one session, so a card in the books names its session.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from . import api
from .audit import BOUND_WH, Audit
from .station import active

DEAD = (OSError, EOFError, ValueError, IndexError, asyncio.TimeoutError, AssertionError)


@dataclass
class Seen:
    """What `/v1/state` showed of one session; what it shows is durable."""

    card: str
    evse: int
    energy: float = 0.0  # as last shown; readings may be shown some seconds late
    at: float = 0.0  # when it was last looked at
    flowing: bool = False  # current flowed when it was last looked at
    flow_s: float = 0.0  # seconds between two looks that both saw current flow
    doubt_s: float = 0.0  # seconds in which it may have flowed
    kills: int = 0  # kills since it was first seen
    ended: float | None = None  # the first moment it was not shown any more
    transaction: int | None = None
    cut: bool = False  # killed since the last reading


@dataclass
class Killer:
    """One run against one central system. `faults` says what was wrong with the books."""

    world: object
    kills: int
    seed: int
    resumes: bool = False
    done: int = 0
    cards: int = 0
    sessions: dict = field(default_factory=dict)  # card -> Seen
    cards_used: set = field(default_factory=set)
    busy: dict = field(default_factory=dict)  # EVSE -> time until which nothing is swiped there
    looked: dict = field(default_factory=dict)  # EVSE -> time of the last look at it
    faults: list = field(default_factory=list)
    largest_loss: float = 0.0
    alive: bool = False

    def __post_init__(self):
        self.random = random.Random(self.seed)
        self.station, self.csms, self.log = (
            self.world.station, self.world.csms, self.world.log)
        for behaviour in self.csms.behaviour.values():
            behaviour.delay = lambda: self.random.uniform(0, 0.2)

    async def run(self):
        while self.done < self.kills and not self.faults:
            for _ in range(min(self.random.randint(4, 10), self.kills - self.done)):
                await self.life()
            await self.settle()
        if len(self.csms.ledger.transactions) < self.kills // 4:
            self.faults.append("hardly any transactions: this run proves nothing")
        return self

    # One life of the daemon

    async def life(self):
        self.prepare_start()
        moment = self.random.random()
        if moment < 0.2:  # while it starts
            self.station.process = await self.station.spawn()
            await asyncio.sleep(self.random.uniform(0, 0.4))
        else:
            await self.station.start()
            self.alive = True
            acting = asyncio.ensure_future(self.act())
            try:
                await self.moment_of_death(near_a_message=moment > 0.55)
            finally:
                if acting.done() and not acting.cancelled() and acting.exception():
                    raise acting.exception()
                self.alive = False  # a cancellation alone can be lost in wait_for (Python 3.11)
                acting.cancel()
                await asyncio.gather(acting, return_exceptions=True)
        code = self.station.process.returncode
        if code is not None:
            raise AssertionError(f"the daemon ended by itself with {code}")
        await self.station.killed()
        self.done += 1
        self.busy.clear()
        for seen in self.sessions.values():
            if seen.ended is None:
                seen.kills, seen.cut = seen.kills + 1, True
                seen.doubt_s += self.log.now() - seen.at
                seen.flowing = False

    def prepare_start(self):
        if not self.station.csms_url:
            self.station.csms_url = f"ws://127.0.0.1:{self.csms.port}/"
        if self.random.random() < 0.1:
            self.log.remark(f"{self.done} kills so far")
        (self.station.data / "http.port").unlink(missing_ok=True)

    async def moment_of_death(self, near_a_message):
        await asyncio.sleep(self.random.uniform(0, 2.5))
        if not near_a_message:
            return
        position, deadline = len(self.csms.calls), self.log.now() + 3
        wanted = self.random.choice(["StartTransaction", "StopTransaction", "Authorize"])
        while self.log.now() < deadline:
            if any(c.action == wanted for c in self.csms.calls[position:]):
                await asyncio.sleep(self.random.uniform(0, 0.25))
                return
            try:
                await asyncio.wait_for(self.csms.changed.wait(), 0.1)
            except asyncio.TimeoutError:
                pass

    # The user

    async def act(self):
        """Acts until the end of this life; a daemon that is gone is no error here."""
        while self.alive:
            try:
                state = await self.look()
                for evse in state["evses"]:
                    await self.touch(evse)
                if self.random.random() < 0.08:
                    await self.station.sim("link", up=self.random.random() < 0.6)
            except api.Refused as refused:
                if refused.status not in (409,):
                    raise AssertionError(f"the API refused: {refused}")
            except DEAD:
                pass
            await asyncio.sleep(self.random.uniform(0.02, 0.2))

    async def touch(self, evse):
        number, session = evse["id"], active(evse)
        if self.log.now() < self.busy.get(number, 0):
            return
        if not evse["connectors"][0]["cable"]:
            await self.station.plug(number)
        elif session is None:
            if self.random.random() < 0.3:
                await self.station.unplug(number)
            else:
                await self.start(number)
        elif self.random.random() < 0.18:
            await self.stop(number, session)

    async def start(self, number):
        self.cards += 1
        card = f"C{self.seed % 10_000:04d}{self.cards:06d}"
        self.busy[number] = self.log.now() + 1.5
        self.cards_used.add(card)
        await self.station.swipe(card, [number])

    async def stop(self, number, session):
        kind = self.random.random()
        self.busy[number] = self.log.now() + 1.5
        if kind < 0.7:
            await self.station.swipe(session["token"], [number])
        elif kind < 0.85:
            await self.station.unplug(number, side="ev")
        else:
            await self.station.sim("ev", evse=number, demand="suspend")

    async def look(self):
        """Reads the state and notes what it says about sessions."""
        before = self.log.now()
        state = await self.station.state()
        for evse in state["evses"]:
            self.note(evse, active(evse), before)
        return state

    def note(self, evse, session, before):
        now, number = self.log.now(), evse["id"]
        for seen in self.sessions.values():
            if seen.evse == number and seen.ended is None and (
                    session is None or session["token"] != seen.card):
                seen.ended = now
                seen.doubt_s += now - seen.at
        if session is None:
            self.looked[number] = before
            return
        card = session["token"]
        seen = self.sessions.setdefault(
            card, Seen(card, number, at=self.looked.get(number, before)))
        self.looked[number] = before
        if seen.ended is not None:
            self.faults.append(f"the session of {card} came back after it had ended")
        floor = seen.energy - (BOUND_WH if seen.cut else 0) - 0.01
        if session["energyWh"] < floor:
            self.faults.append(f"the session of {card} went from {seen.energy} to "
                               f"{session['energyWh']} Wh (killed between: {seen.cut})")
        flows = evse["contactor"] == "closed" and evse["state"] == "Charging"
        if flows and seen.flowing and not seen.cut:
            seen.flow_s += before - seen.at
        else:
            seen.doubt_s += now - (before if seen.cut else seen.at)
        seen.energy, seen.at, seen.cut, seen.flowing = session["energyWh"], before, False, flows
        known = session.get("transactionId")
        if seen.transaction is not None and known != seen.transaction:
            self.faults.append(f"the transaction of {card} went from {seen.transaction} to {known}")
        seen.transaction = known

    # The books

    async def settle(self):
        """Ends everything, lets the queue drain, and compares."""
        self.prepare_start()
        await self.station.start()
        await self.station.sim("link", up=True)
        await self.look()
        await self.station.until(lambda s: s["upstreams"][0]["online"], 20, "online")
        for number in (1, 2):
            await self.empty(number)
        state = await self.station.until(drained, 60, "an empty queue and nothing parked")
        self.faults += Audit(self).faults(state)
        await self.station.killed()

    async def empty(self, number):
        """Stops what runs there and takes the cable out, politely and in one go."""
        deadline = self.log.now() + 20
        while self.log.now() < deadline:
            state = await self.look()
            evse = state["evses"][number - 1]
            try:
                if session := active(evse):
                    await self.station.swipe(session["token"], [number])
                    await self.station.until_evse(lambda e: not active(e), number, 3)
                elif evse["connectors"][0]["cable"]:
                    await self.station.unplug(number)
                else:
                    return
            except AssertionError:
                continue
            await asyncio.sleep(0.1)
        raise AssertionError(f"EVSE {number} could not be emptied within 20 s")

    @property
    def summary(self):
        transactions = self.csms.ledger.transactions.values()
        repeats = sum(len(t.starts) - 1 for t in transactions)
        doubles = len(transactions) - len({t.id_tag for t in transactions})
        return (f"seed {self.seed}: {self.done} kills, {len(self.sessions)} sessions seen, "
                f"{len(transactions)} transactions, {repeats} repeats recognised, {doubles} "
                f"duplicates, largest loss {self.largest_loss:.2f} Wh (bound {BOUND_WH:.0f})")


def drained(state):
    queued = state["upstreams"][0]["queued"]
    return queued["transaction"] == queued["parked"] == 0 and not any(map(active, state["evses"]))
