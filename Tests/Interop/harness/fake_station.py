#!/usr/bin/env python3
"""A small station in Python that the self-test puts in the daemon's place.

It knows just enough of OCPP 1.6 and of the daemon's API for plain sessions. The environment
variable `FAKE_BREAKS` names a rule that it breaks: the cases must notice. What it must
not forget is in one JSON file, renamed into place before anything is sent.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path

from fake_api import Api
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

BREAKS = os.environ.get("FAKE_BREAKS", "")
POWER_W = 7360


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Connector:
    def __init__(self, number):
        self.number, self.status, self.told = number, "Available", None
        self.cable = self.locked = self.charging = False
        self.wh, self.since, self.power = 0.0, None, POWER_W
        self.session = self.pending = None

    def saved(self):
        return {"cable": self.cable, "wh": self.energy(), "session": self.session,
                "status": self.status}

    def energy(self):
        if self.charging:
            at = time.monotonic()
            self.wh += self.power * (at - self.since) / 3600
            self.since = at
        return self.wh

    def flow(self, on):
        self.energy()
        self.charging, self.since = on, time.monotonic()


class Station(Api):
    def __init__(self, given):
        self.given, self.data = given, Path(given.data)
        config = Path(given.config)
        keys = json.loads((config / "configuration.json").read_text())["configuration"]
        self.keys = {k: v["value"] for k, v in keys.items() if k != "version"}
        self.keys.setdefault("HeartbeatInterval", "300")
        settings = json.loads((config / "settings.json").read_text())["charge_point"]
        self.identity = settings["info"]["id"]
        self.connectors = {n: Connector(n) for n in (1, 2)}
        for connector in self.connectors.values():
            connector.power = POWER_W * settings["simulation"]["speed"]
        self.queue, self.waiting, self.socket = [], {}, None
        self.transactions = {}  # session -> transaction id
        self.registered = self.down = False
        self.wake, self.up = asyncio.Event(), asyncio.Event()
        self.seq, self.authorizing = 1, {}
        self.file = self.data / "fake.json"
        self.load()

    # Memory

    def save(self):
        """Before anything is sent or shown."""
        if BREAKS == "forgetful":
            return
        kept = [q for q in self.queue if "Transaction" in q[1]]
        content = {"queue": kept, "transactions": self.transactions,
                   "connectors": [c.saved() for c in self.connectors.values()]}
        self.file.with_suffix(".new").write_text(json.dumps(content))
        self.file.with_suffix(".new").rename(self.file)

    def load(self):
        if not self.file.exists():
            return
        content = json.loads(self.file.read_text())
        self.queue, self.transactions = content["queue"], content["transactions"]
        for connector, saved in zip(self.connectors.values(), content["connectors"]):
            connector.cable, connector.wh = saved["cable"], saved["wh"]
            connector.session, connector.status = saved["session"], "Available"
            if connector.session:
                self.stop(connector, "PowerLoss", silent=True)
            if connector.cable:
                connector.status = "Finishing"

    async def tick(self):
        while True:
            await asyncio.sleep(0.5)
            self.save()

    # Messages

    def send(self, action, payload, session=None):
        self.queue.append([str(uuid.uuid4()), action, payload, session])
        self.save()
        self.wake.set()

    def answered(self, action, identity, session, body):
        if action == "Authorize":
            connector, token = self.authorizing.pop(identity)
            if body and (body["idTagInfo"]["status"] == "Accepted"
                         or BREAKS == "ignores refusals"):
                self.authorized(connector, token)
        elif action == "StartTransaction":
            self.transactions[session] = body["transactionId"]
        self.save()

    async def call(self, identity, action, payload):
        if BREAKS == "reuses ids" and action == "StatusNotification":
            identity = "always-the-same"
        answer = self.waiting[identity] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps([2, identity, action, payload]))
        return await answer

    async def pump(self):
        """One call after the other; an item leaves the queue when it is answered."""
        while True:
            while not self.queue or not self.registered:
                self.wake.clear()
                await self.wake.wait()
            identity, action, payload, session = self.queue[0]
            if BREAKS == "two at once" and action == "StatusNotification":
                await self.socket.send(json.dumps([2, str(uuid.uuid4()), action, payload]))
            if action == "StopTransaction" and "transactionId" not in payload:
                payload = {**payload, "transactionId": self.transactions[session]}
            kind, body = await self.call(identity, action, payload)
            self.queue.pop(0)
            self.answered(action, identity, session, body if kind == 3 else None)
            if BREAKS == "sends twice" and action == "StartTransaction":
                await self.call(str(uuid.uuid4()), action, payload)
            if BREAKS == "repeats the stop" and action == "StopTransaction":
                await self.call(str(uuid.uuid4()), action, payload)
            if BREAKS == "does not wait" and action == "Authorize":
                await self.socket.send(json.dumps([2, str(uuid.uuid4()), "Heartbeat", {}]))
                await self.socket.send(json.dumps([2, str(uuid.uuid4()), "Heartbeat", {}]))

    async def link(self):
        while True:
            if self.down:
                self.up.clear()
                await self.up.wait()
            try:
                async with connect(self.given.csms.rstrip("/") + "/" + self.identity,
                                   subprotocols=["ocpp1.6"], compression=None) as self.socket:
                    await self.conversation()
            except (OSError, ConnectionClosed, asyncio.TimeoutError):
                pass
            self.socket = None
            await asyncio.sleep(0 if self.down else 1)

    async def conversation(self):
        tasks = [asyncio.ensure_future(self.register()), asyncio.ensure_future(self.receive())]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in [*pending]:
            task.cancel()
        for task in done:
            task.result()

    async def register(self):
        interval = 300
        while not self.registered and BREAKS != "no boot":
            _, answer = await self.call(str(uuid.uuid4()), "BootNotification", {
                "chargePointVendor": "UL FE", "chargePointModel": "ChargePi"})
            interval = answer["interval"] or 5
            if answer["status"] == "Accepted":
                break
            await asyncio.sleep(interval if BREAKS != "impatient" else 0.1)
        if not self.registered:
            names = ["Available", *(c.status for c in self.connectors.values())]
            for number, name in enumerate(names):
                self.send("StatusNotification", {
                    "connectorId": number, "errorCode": "NoError", "status": name})
        self.registered = True
        pump = asyncio.ensure_future(self.pump())
        try:
            while True:
                await asyncio.sleep(interval)
                if not self.queue:
                    self.send("Heartbeat", {})
        finally:
            pump.cancel()

    async def receive(self):
        async for raw in self.socket:
            message = json.loads(raw)
            if message[0] == 2:
                await self.socket.send(json.dumps(self.serve(*message[1:])))
            elif message[1] in self.waiting:
                body = message[2] if message[0] == 3 else None
                self.waiting.pop(message[1]).set_result((message[0], body))

    # Sessions

    def status(self, connector, name):
        connector.status = name
        self.seq += 1
        self.send("StatusNotification", {"connectorId": connector.number, "errorCode": "NoError",
                                         "status": name, "timestamp": now()})

    def swipe(self, token, evses):
        connector = next((self.connectors[n] for n in evses if self.connectors[n].cable),
                         self.connectors[evses[0]])
        if connector.session:
            own = connector.session["token"].upper() == token.upper()
            if own or BREAKS == "any card stops":
                self.stop(connector, "Local")
            return

        if self.socket and self.registered:
            self.send("Authorize", {"idTag": token})
            self.authorizing[self.queue[-1][0]] = (connector, token)
        elif self.keys["AllowOfflineTxForUnknownId"] == "true":
            self.authorized(connector, token)

    def authorized(self, connector, token):
        if connector.cable:
            self.start(connector, token)
        else:
            connector.pending = token
            self.status(connector, "Preparing")
            asyncio.get_running_loop().call_later(
                int(self.keys["ConnectionTimeOut"]), self.time_out, connector)

    def time_out(self, connector):
        if connector.pending:
            connector.pending = None
            self.status(connector, "Available")

    def start(self, connector, token):
        connector.pending, connector.locked = None, True
        begun = int(connector.energy())
        if BREAKS == "dies":
            os.abort()
        session = connector.session = {"id": str(uuid.uuid4()), "token": token,
                                       "startedAt": now(), "begun": begun}
        at = "1970-01-01T00:00:10Z" if BREAKS == "1970" else session["startedAt"]
        self.send("StartTransaction", {"connectorId": connector.number, "idTag": token,
                                       "meterStart": begun, "timestamp": at}, session["id"])
        asyncio.get_running_loop().call_later(0.1, self.charge, connector)

    def charge(self, connector):
        if connector.session:
            connector.flow(True)
            self.status(connector, "Charging")

    def stop(self, connector, reason, silent=False):
        connector.flow(False)
        session, connector.session, connector.locked = connector.session, None, False
        factor = 2 if BREAKS == "wrong energy" else 1
        payload = {"meterStop": session["begun"] + factor * (int(connector.wh) - session["begun"]),
                   "timestamp": now(), "reason": reason}
        if BREAKS == "made-up id":
            payload["transactionId"] = -1
        self.send("StopTransaction", payload, session["id"])
        if BREAKS != "no Finishing" and not silent:
            self.status(connector, "Finishing")


async def main(given):
    station = Station(given)
    server = await asyncio.start_server(station.http, "127.0.0.1", 0)
    (station.data / "http.port").write_text(str(server.sockets[0].getsockname()[1]))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    link = asyncio.ensure_future(asyncio.gather(station.link(), station.tick()))
    await ended.wait()
    if BREAKS == "will not stop":
        await asyncio.sleep(60)
    link.cancel()
    await asyncio.gather(link, return_exceptions=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    for name in ("--config", "--data", "--csms", "--http"):
        parser.add_argument(name)
    parser.add_argument("--simulate", action="store_true")
    asyncio.run(main(parser.parse_args()))
    sys.exit(1 if BREAKS == "ends badly" else 0)
