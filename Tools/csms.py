#!/usr/bin/env python3
"""A small central system on loopback that shows the conversation with a charge point, live.

    python3 Tools/csms.py [--port 9000] [--quiet]

It speaks OCPP 1.6 with PyPI's `ocpp` (schema validation on), takes any station id, accepts every
card, keeps the books while it runs, and prints a receipt for each session that ends. With
`--quiet` only the receipts and what is wrong are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from datetime import datetime, timezone

import ocpp.messages
from ocpp.charge_point import camel_to_snake_case
from ocpp.messages import Call
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

ocpp.messages.ASYNC_VALIDATION = False
HEARTBEAT_S = 60
ACTIONS = ["Authorize", "BootNotification", "DataTransfer", "DiagnosticsStatusNotification",
           "FirmwareStatusNotification", "Heartbeat", "LogStatusNotification", "MeterValues",
           "SecurityEventNotification", "StartTransaction", "StatusNotification",
           "StopTransaction"]
COLOURS = {"call": 36, "answer": 90, "status": 33, "money": 32, "wrong": 31, "time": 90}


def now() -> datetime:
    return datetime.now(timezone.utc)


class Printer:
    """One line a message: when, which way, what, and the fields that matter."""

    def __init__(self, quiet=False, colour=None):
        self.quiet = quiet
        self.colour = sys.stdout.isatty() if colour is None else colour

    def paint(self, text, kind):
        return f"\033[{COLOURS[kind]}m{text}\033[0m" if self.colour else text

    def line(self, arrow, text, kind, always=False):
        if self.quiet and not always:
            return
        at = datetime.now().strftime("%H:%M:%S.%f")[:-3]
        print(f"{self.paint(at, 'time')}  {arrow}  {self.paint(text, kind)}", flush=True)

    def message(self, arrow, action, payload, kind):
        self.line(arrow, f"{action:<22} {fields(payload)}".rstrip(), kind)


def fields(payload) -> str:
    """A payload in a few words; readings as `Energy 12 Wh`."""
    if not isinstance(payload, dict):
        return json.dumps(payload)
    parts = []
    for key, value in payload.items():
        if key in ("meterValue", "transactionData"):
            parts.append(readings(value))
        elif key == "idTagInfo":
            parts.append(" ".join(str(v) for v in value.values()))
        elif key in ("timestamp", "currentTime"):
            parts.append(str(value)[11:19])
        elif key == "errorCode" and value == "NoError":
            continue
        elif isinstance(value, (dict, list)):
            parts.append(f"{key} {json.dumps(value)}")
        else:
            parts.append(f"{key} {value}")
    text = " · ".join(p for p in parts if p)
    return text if len(text) <= 160 else text[:157] + "…"


def readings(elements) -> str:
    words = []
    for sample in elements[-1]["sampledValue"] if elements else []:
        measurand = sample.get("measurand", "Energy.Active.Import.Register")
        unit = sample.get("unit", "Wh" if measurand.startswith("Energy") else "")
        phase = f" {sample['phase']}" if "phase" in sample else ""
        words.append(f"{measurand.split('.')[0]}{phase} {sample['value']} {unit}".rstrip())
    more = f" (+{len(elements) - 1} earlier)" if len(elements) > 1 else ""
    return ", ".join(words) + more


class Books:
    """Transactions by id; a repeated start (same content or same message) is recognised."""

    def __init__(self):
        self.next_id, self.open, self.keys = 1, {}, {}

    def start(self, identity, message_id, p) -> int:
        content = (identity, p["connectorId"], p["idTag"].upper(), p["timestamp"], p["meterStart"])
        known = self.keys.get(content) or self.keys.get((identity, message_id))
        if known is None:
            known, self.next_id = self.next_id, self.next_id + 1
            self.open[known] = p
        self.keys[content] = self.keys[(identity, message_id)] = known
        return known

    def receipt(self, p) -> str | None:
        start = self.open.pop(p["transactionId"], None)
        if start is None:
            return None
        began, ended = moment(start["timestamp"]), moment(p["timestamp"])
        seconds = max(0, int((ended - began).total_seconds()))
        energy = p["meterStop"] - start["meterStart"]
        rows = [
            f"RECEIPT  transaction {p['transactionId']}, connector {start['connectorId']}",
            f"card     {start['idTag']}",
            f"from     {start['timestamp']}", f"to       {p['timestamp']}",
            f"time     {seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}",
            f"meter    {start['meterStart']} → {p['meterStop']} Wh",
            f"energy   {energy / 1000:.3f} kWh", f"ended    {p.get('reason', 'Local')}",
        ]
        width = max(len(row) for row in rows)
        frame = "─" * (width + 2)
        return "\n".join(["", f"  ┌{frame}┐", *[f"  │ {row:<{width}} │" for row in rows],
                          f"  └{frame}┘", ""])


def moment(text):
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


class ShownConnection:
    """The WebSocket with every frame printed on its way."""

    def __init__(self, socket, identity, printer):
        self.socket, self.identity, self.printer = socket, identity, printer
        self.payloads, self.actions = {}, {}

    async def recv(self):
        raw = await self.socket.recv()
        try:
            message = json.loads(raw)
            if message[0] == 2:
                self.payloads[message[1]] = message[3]
                self.actions[message[1]] = message[2]
                kind = "status" if message[2] == "StatusNotification" else "call"
                self.printer.message(f"{self.identity} →", message[2], message[3], kind)
                self.check(Call(*message[1:4]))
            else:
                self.printer.message(f"{self.identity} →", "answer", message[2:], "answer")
        except Exception as error:
            self.printer.line(f"{self.identity} →", f"not OCPP ({error}): {raw!r:.200}", "wrong",
                              always=True)
        return raw

    def check(self, message):
        try:
            ocpp.messages._validate_payload(message, "1.6")
        except Exception as error:
            self.printer.line("!", f"breaks the schema: {error}", "wrong", always=True)

    async def send(self, raw):
        message = json.loads(raw)
        if message[0] == 2:
            self.printer.message(f"{self.identity} ←", message[2], message[3], "call")
        else:
            action = self.actions.pop(message[1], "")
            self.payloads.pop(message[1], None)
            kind = "wrong" if message[0] == 4 else "answer"
            payload = message[2] if message[0] == 3 else {"error": message[2:]}
            self.printer.message(f"{self.identity} ←", action, payload, kind)
        await self.socket.send(raw)


class Station(ChargePoint):
    """One station's session: every card is welcome."""

    def __init__(self, identity, connection, books, printer):
        super().__init__(identity, connection)
        self.books, self.printer = books, printer

    def reply(self, action, message_id):
        payload = self._connection.payloads[message_id]
        time = now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        accepted = {"idTagInfo": {"status": "Accepted"}}
        if action == "BootNotification":
            return {"currentTime": time, "interval": HEARTBEAT_S, "status": "Accepted"}
        if action == "Heartbeat":
            return {"currentTime": time}
        if action == "Authorize":
            return accepted
        if action == "DataTransfer":
            return {"status": "UnknownVendorId"}
        if action == "StartTransaction":
            return {"transactionId": self.books.start(self.id, message_id, payload), **accepted}
        if action == "StopTransaction":
            receipt = self.books.receipt(payload)
            if receipt:
                print(self.printer.paint(receipt, "money"), flush=True)
            return accepted if "idTag" in payload else {}
        return {}


def handler(action):
    async def handle(self, call_unique_id, **_):
        payload = self.reply(action, call_unique_id)
        return getattr(call_result, action)(**camel_to_snake_case(payload))

    handle.__name__ = f"on_{action}"  # by this name `ocpp` finds it again
    return on(action)(handle)


for _action in ACTIONS:
    setattr(Station, f"on_{_action}", handler(_action))


async def main(given):
    printer, books = Printer(given.quiet), Books()

    async def session(socket):
        identity = socket.request.path.rstrip("/").rsplit("/", 1)[-1] or "?"
        printer.line("●", f"{identity} connected ({socket.subprotocol})", "status")
        station = Station(identity, ShownConnection(socket, identity, printer), books, printer)
        try:
            await station.start()
        except ConnectionClosed:
            printer.line("○", f"{identity} disconnected", "status")

    async with serve(session, given.host, given.port, subprotocols=["ocpp1.6"], compression=None,
                     max_size=None, ping_interval=30) as server:
        port = server.sockets[0].getsockname()[1]
        printer.line("●", f"central system on ws://{given.host}:{port}/ID (OCPP 1.6)", "status",
                     always=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--host", default="127.0.0.1", help="loopback, unless you know better")
    parser.add_argument("--quiet", action="store_true", help="receipts and faults only")
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    try:
        asyncio.run(main(parser.parse_args()))
    except KeyboardInterrupt:
        print()
