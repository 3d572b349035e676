"""A central system that can be told how to behave, on PyPI's `ocpp` with its schema validation on.

It keeps books (`Ledger`) and recognises repeated transaction messages, as the specification's error
handling expects of a central system. `naive.py` has one that does not.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import random
import uuid
from datetime import datetime, timezone

import ocpp.messages
from ocpp import exceptions
from ocpp.charge_point import camel_to_snake_case
from ocpp.messages import Call, CallResult
from ocpp.v16 import call as requests, call_result as answers
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from .ledger import Ledger
from .session import STATION_ACTIONS, Behaviour, Received, Session
from .wire import CALL, ERROR, RESULT, Log, LoggedConnection

# Validated in place: in order, and without one thread hop a message.
ocpp.messages.ASYNC_VALIDATION = False

ERRORS = {
    "InternalError": exceptions.InternalError,
    "GenericError": exceptions.GenericError,
    "ProtocolError": exceptions.ProtocolError,
    "NotSupported": exceptions.NotSupportedError,
    "NotImplemented": exceptions.NotImplementedError,
    "SecurityError": exceptions.SecurityError,
}


def now_text() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class CallError(Exception):
    """The station answered a well-formed request with a CALLERROR."""


class CentralSystem:
    """Listens on a free loopback port. `calls` is what the station said, in order."""

    recognises_repeats = True

    def __init__(self, log: Log | None = None, interval: int = 300):
        self.log = log or Log()
        self.calls: list[Received] = []
        self.changed = asyncio.Event()
        self.behaviour = {action: Behaviour() for action in STATION_ACTIONS}
        self.violations: list[str] = []
        self.tokens: dict[str, dict] = {}  # upper-case idTag -> idTagInfo; absent: Accepted
        self.boot_status, self.interval = "Accepted", interval
        self.subprotocols: list | None = ["ocpp1.6"]
        self.password: bytes | None = None  # basic authentication, when set
        self.attempts: list = []  # (time, Authorization header) of every handshake
        self.ssl = None
        self.session: Session | None = None
        self.links = itertools.count(1)
        self.link_starts: dict[int, int] = {}  # link -> number of daemon starts before it
        self.starts = 0
        self.ledger = Ledger(first_id=random.randrange(1000, 1_000_000), by_content=True)
        self.ledger.recognises_repeats = self.recognises_repeats
        self.waiting: dict[str, asyncio.Future] = {}
        self.decisions: dict[tuple, tuple] = {}  # (link, message id) -> how it is answered
        self.own_calls: dict[str, str] = {}
        self.server, self.port = None, 0
        self.close_codes: list = []  # what the station said when it closed; None: it did not

    # The listener

    async def listen(self, port: int | None = None):
        self.server = await serve(
            self.serve_station, "127.0.0.1", self.port if port is None else port,
            subprotocols=self.subprotocols, process_request=self.handshake, ssl=self.ssl,
            ping_interval=None, max_size=None, compression=None, close_timeout=1,
        )
        self.port = self.server.sockets[0].getsockname()[1]
        return self.port

    async def close(self):
        if self.server:
            server, self.server = self.server, None
            server.close()
            await server.wait_closed()

    async def offline(self):
        """The central system goes away with its listener; `listen()` brings it back."""
        self.log.remark("the central system goes offline")
        await self.close()

    def handshake(self, connection, request):
        given = request.headers.get("Authorization")
        self.attempts.append((self.log.now(), given))
        if self.password is None:
            return None
        identity = request.path.rsplit("/", 1)[-1]
        wanted = base64.b64encode(identity.encode() + b":" + self.password).decode()
        return None if given == f"Basic {wanted}" else connection.respond(401, "who are you?\n")

    async def serve_station(self, socket):
        link = next(self.links)
        self.link_starts[link] = self.starts
        self.log.remark(f"connected {socket.request.path} ({socket.subprotocol})", link)
        previous = self.session
        session = Session(socket.request.path.rsplit("/", 1)[-1],
                          LoggedConnection(socket, self.log, link), self)
        self.session = session
        self.notify()
        if previous:
            await previous._connection.socket.close(1000)
        try:
            await session.start()
        except ConnectionClosed as closed:
            self.log.remark(f"closed ({closed})", link)
            self.close_codes.append(closed.rcvd.code if closed.rcvd else None)
        finally:
            if self.session is session:
                self.session = None
            self.notify()

    def notify(self):
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, condition, within: float, what: str):
        """Waits until `condition()` holds; it is asked again after everything that happens."""
        deadline = self.log.now() + within
        while not (value := condition()):
            left = deadline - self.log.now()
            if left <= 0:
                raise AssertionError(f"not within {within} s: {what}")
            try:
                await asyncio.wait_for(self.changed.wait(), min(left, 0.25))
            except asyncio.TimeoutError:
                pass
        return value

    async def connected(self, within=10.0):
        return await self.until(lambda: self.session, within, "a connection of the station")

    async def disconnected(self, within=10.0):
        await self.until(lambda: not self.session, within, "the end of the connection")

    def drop(self):
        """Cuts the TCP connection without a closing handshake, as a bad network does."""
        if self.session:
            self.log.remark("the network cuts the connection", self.session._connection.link)
            self.session._connection.socket.transport.abort()

    # From the station

    def observe(self, raw, connection):
        frame = self.log.frames[-1]
        if frame.kind == CALL and len(frame.message) == 4 and isinstance(frame.payload, dict):
            received = Received(frame.action, frame.payload, frame.id, connection.link, frame.at)
            self.calls.append(received)
            if self.validate(Call(frame.id, frame.action, dict(frame.payload))):
                self.decisions[(connection.link, frame.id)] = self.decide(received, connection)
        elif frame.kind in (RESULT, ERROR):
            if frame.kind == RESULT and frame.id in self.own_calls:
                result = CallResult(frame.id, frame.payload)
                result.action = self.own_calls[frame.id]
                self.validate(result)
            waiting = self.waiting.pop(frame.id, None)
            if waiting and not waiting.done():
                waiting.set_result(frame.message)
        self.notify()

    def validate(self, message) -> bool:
        try:
            ocpp.messages._validate_payload(message, "1.6")
            return message.action in STATION_ACTIONS or isinstance(message, CallResult)
        except Exception as error:
            self.violations.append(f"schema of {message.action}: {error} in {message.payload}")
            return False

    def decide(self, received: Received, connection):
        """Books a call and decides how it is answered: (CALLERROR code or None, payload).

        This happens when the call is received, so that what a case sees is in the books, and what
        a case changes afterwards holds from the next call on.
        """
        behaviour = self.behaviour[received.action]
        failure = behaviour.fail
        if isinstance(failure, list):
            failure = failure.pop(0) if failure else None
        if behaviour.withhold:
            connection.withheld.add(received.id)
            if behaviour.withhold is not True:
                behaviour.withhold -= 1
        if failure:
            return failure, None
        payload = getattr(self, f"book_{received.action}", lambda _: {})(received)
        return None, behaviour.reply(received.payload) if behaviour.reply else payload

    async def answer(self, action, message_id, connection):
        failure, payload = self.decisions.pop((connection.link, message_id))
        delay = self.behaviour[action].delay
        seconds = delay() if callable(delay) else delay
        if seconds:
            await asyncio.sleep(seconds)
        if failure:
            raise ERRORS[failure]("as the case asks")
        return getattr(answers, action)(**camel_to_snake_case(payload))

    def info(self, id_tag) -> dict:
        return self.tokens.get(id_tag.upper(), {"status": "Accepted"})

    def book_BootNotification(self, _):
        return {"currentTime": now_text(), "interval": self.interval, "status": self.boot_status}

    def book_Heartbeat(self, _):
        return {"currentTime": now_text()}

    def book_DataTransfer(self, _):
        return {"status": "UnknownVendorId"}

    def book_Authorize(self, received):
        return {"idTagInfo": self.info(received.payload["idTag"])}

    def book_StartTransaction(self, received):
        transaction = self.ledger.start(received)
        return {"transactionId": transaction.id, "idTagInfo": self.info(transaction.id_tag)}

    def book_MeterValues(self, received):
        self.ledger.readings(received)
        return {}

    def book_StopTransaction(self, received):
        self.ledger.stop(received)
        tag = received.payload.get("idTag")
        return {"idTagInfo": self.info(tag)} if tag else {}

    # To the station

    async def request(self, action: str, **fields) -> dict:
        """A valid request through `ocpp`; gives the answer's payload as it was on the wire."""
        session = await self.connected()
        identity = str(uuid.uuid4())
        self.own_calls[identity] = action
        answered = self.waiting[identity] = asyncio.get_running_loop().create_future()
        await session.call(getattr(requests, action)(**camel_to_snake_case(fields)),
                           unique_id=identity)
        message = await answered
        if message[0] == ERROR:
            raise CallError(f"{action} {fields} was answered with {message}")
        return message[2]

    async def raw_call(self, action, payload, identity=None, within=5.0):
        """Any array, unvalidated; gives the whole answering array."""
        identity = identity or str(uuid.uuid4())
        return await self.raw(json.dumps([CALL, identity, action, payload]), identity, within)

    async def raw(self, text, identity=None, within=5.0):
        """Sends `text` as it is; with an id, waits for the answer to it."""
        session = await self.connected()
        answered = None
        if identity is not None:
            answered = self.waiting[identity] = asyncio.get_running_loop().create_future()
        await session._connection.send(text, forced=True)
        return await asyncio.wait_for(answered, within) if answered else None
