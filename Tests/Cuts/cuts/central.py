"""A central system that remembers nothing: the same StartTransaction always gets the same id.

So it may be asked before a cut by one process and after it by another, and its books are what the
messages say. One listener serves any number of stations, each at a desk of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from datetime import datetime, timezone

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

CALL, RESULT, ERROR = 2, 3, 4


def transaction_id(start: dict) -> int:
    content = json.dumps([start.get(k) for k in ("connectorId", "idTag", "meterStart", "timestamp")])
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:4], "big") >> 2 | 1


class Desk:
    """One station's conversation. `frames`: every text it has sent, in order."""

    def __init__(self):
        self.frames: list[str] = []
        self.socket = None
        self.changed = asyncio.Event()
        self.failures: dict[str, int] = {}  # action -> CALLERRORs still to be given
        self.silent = 0  # calls that get no answer
        self.delay_seconds = lambda: 0.0
        self.waiting: dict[str, asyncio.Future] = {}
        self.numbers = itertools.count(1)

    async def serve(self, socket):
        self.socket = socket
        self.notify()
        try:
            async for text in socket:
                self.frames.append(text)
                await self.take(socket, json.loads(text))
                self.notify()
        except ConnectionClosed:
            pass
        finally:
            if self.socket is socket:
                self.socket = None
            self.notify()

    def notify(self):
        self.changed.set()
        self.changed = asyncio.Event()

    async def take(self, socket, message):
        if message[0] != CALL:
            if waiting := self.waiting.pop(message[1], None):
                waiting.set_result(message)
            return
        _, identity, action, payload = message
        if self.silent:
            self.silent -= 1
            return
        if delay := self.delay_seconds():
            await asyncio.sleep(delay)
        if self.failures.get(action, 0) > 0:
            self.failures[action] -= 1
            answer = [ERROR, identity, "InternalError", "as asked", {}]
        else:
            answer = [RESULT, identity, self.answer(action, payload)]
        await socket.send(json.dumps(answer))

    def answer(self, action, payload) -> dict:
        accepted = {"idTagInfo": {"status": "Accepted"}}
        if action == "StartTransaction":
            return {"transactionId": transaction_id(payload), **accepted}
        if action == "Authorize":
            return accepted
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        if action == "BootNotification":
            return {"currentTime": now, "interval": 300, "status": "Accepted"}
        if action == "Heartbeat":
            return {"currentTime": now}
        return {"status": "UnknownVendorId"} if action == "DataTransfer" else {}

    async def ask(self, action, payload, within=2.0):
        """A request to the station; gives its answer, or None when there is none."""
        if self.socket is None:
            return None
        identity = f"c{next(self.numbers)}"
        answered = self.waiting[identity] = asyncio.get_running_loop().create_future()
        try:
            await self.socket.send(json.dumps([CALL, identity, action, payload]))
            return (await asyncio.wait_for(answered, within))[2]
        except (ConnectionClosed, asyncio.TimeoutError):
            self.waiting.pop(identity, None)
            return None


class Central:
    """The listener: `ws://127.0.0.1:PORT/DESK/…` is served at the desk of that name."""

    def __init__(self):
        self.desks, self.names, self.server, self.port = {}, itertools.count(1), None, 0

    async def listen(self):
        self.server = await serve(self.arrive, "127.0.0.1", 0, subprotocols=["ocpp1.6"],
                                  ping_interval=None, max_size=None, compression=None,
                                  close_timeout=0.1)
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self):
        self.server.close()
        await self.server.wait_closed()

    async def arrive(self, socket):
        desk = self.desks.get(socket.request.path.split("/")[1])
        if desk:
            await desk.serve(socket)

    def open_desk(self) -> tuple[Desk, str]:
        """A new desk and its URL."""
        name, desk = f"d{next(self.names)}", Desk()
        self.desks[name] = desk
        return desk, f"ws://127.0.0.1:{self.port}/{name}/"

    def close_desk(self, url):
        self.desks.pop(url.rstrip("/").rpartition("/")[2], None)
