"""One connection of a station to the central system: `ocpp`'s routing around scripted answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ocpp.routing import on
from ocpp.v16 import ChargePoint
from websockets.exceptions import ConnectionClosed

from .wire import LoggedConnection

STATION_ACTIONS = [
    "Authorize", "BootNotification", "DataTransfer", "DiagnosticsStatusNotification",
    "FirmwareStatusNotification", "Heartbeat", "MeterValues", "StartTransaction",
    "StatusNotification", "StopTransaction", "SecurityEventNotification", "LogStatusNotification",
]

@dataclass
class Received:
    """A call from the station, as the cases consume them."""

    action: str
    payload: dict
    id: str
    link: int
    at: float


class Behaviour:
    """How one action is answered; each field may be set by a case at any time."""

    def __init__(self):
        self.delay = 0.0  # seconds before the answer; or a function that gives them
        self.fail = None  # a CALLERROR code for every call, or a list of codes (None: answer)
        self.withhold = 0  # so many answers are booked and then not sent; True: all
        self.reply = None  # payload -> payload, in place of the default answer


class Session(ChargePoint):
    """One connection: `ocpp`'s routing, with the answers that `CentralSystem` decides."""

    def __init__(self, identity, connection: LoggedConnection, system):
        super().__init__(identity, connection, response_timeout=20)
        self.system, self.tasks = system, set()

    async def start(self):
        while True:
            raw = await self._connection.recv()
            self.system.observe(raw, self._connection)
            task = asyncio.ensure_future(self.guarded(raw))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def guarded(self, raw):
        try:
            await self.route_message(raw)
        except ConnectionClosed:
            pass  # the station left before its answer: the log says so
        except Exception as error:
            self.system.violations.append(f"ocpp could not route {raw!r:.300}: {error!r}")


def _handler(action):
    async def handle(self, call_unique_id, **_):
        return await self.system.answer(action, call_unique_id, self._connection)

    handle.__name__ = f"on_{action}"  # by this name `ocpp` finds it again
    return on(action)(handle)


for _action in STATION_ACTIONS:
    setattr(Session, f"on_{_action}", _handler(_action))
