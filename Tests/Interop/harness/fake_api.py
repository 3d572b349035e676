"""The outside of the fake station: what a central system may ask, and the HTTP API."""

import asyncio
import json
import os

BREAKS = os.environ.get("FAKE_BREAKS", "")


class Api:
    """Mixed into the fake `Station`, whose connectors it shows and moves."""

    # Calls of the central system

    def serve(self, identity, action, payload):
        handler = getattr(self, f"serve_{action}", None)
        if handler is None:
            return [4, identity, "NotImplemented", "", {}]
        return [3, identity, handler(payload)]

    def serve_GetConfiguration(self, p):
        wanted = p.get("key") or list(self.keys)
        return {"configurationKey": [{"key": k, "readonly": False, "value": self.keys[k]}
                                     for k in wanted if k in self.keys],
                "unknownKey": [k for k in wanted if k not in self.keys]}

    def serve_ChangeConfiguration(self, p):
        if p["key"] not in self.keys:
            return {"status": "NotSupported"}
        if p["value"] == "-1" and BREAKS != "takes anything":
            return {"status": "Rejected"}
        self.keys[p["key"]] = p["value"]
        return {"status": "Accepted"}

    def serve_RemoteStartTransaction(self, p):
        connector = self.connectors.get(p.get("connectorId", 1))
        if connector is None or connector.session or not self.registered:
            return {"status": "Rejected"}
        asyncio.get_running_loop().call_soon(self.authorized, connector, p["idTag"])
        return {"status": "Accepted"}

    def serve_RemoteStopTransaction(self, p):
        for c in self.connectors.values():
            if c.session and self.transactions.get(c.session["id"]) == p["transactionId"]:
                asyncio.get_running_loop().call_soon(self.stop, c, "Remote")
                return {"status": "Accepted"}
        return {"status": "Rejected"}

    def serve_UnlockConnector(self, p):
        return {"status": "Unlocked" if p["connectorId"] in self.connectors else "NotSupported"}

    def serve_DataTransfer(self, _):
        return {"status": "Nonsense" if BREAKS == "bad schema" else "UnknownVendorId"}

    # The API

    def state(self):
        evses = []
        for c in self.connectors.values():
            session = c.session and {
                **{k: c.session[k] for k in ("id", "token", "startedAt")},
                "transactionId": self.transactions.get(c.session["id"]),
                "energyWh": c.energy() - c.session["begun"]}
            evses.append({
                "id": c.number, "state": c.status, "availability": "Operative", "fault": None,
                "reservation": None, "limitA": 32.0, "energyWh": c.energy(), "session": session,
                "powerW": c.power if c.charging else 0,
                "contactor": "closed" if c.charging else "open", "connectors": [
                    {"id": 1, "status": c.status, "cable": c.cable, "locked": c.locked}]})
        return {"seq": self.seq, "evses": evses, "display": [], "lamps": [], "upstreams": [{
            "id": "main", "version": "1.6", "online": self.socket is not None,
            "registration": "Accepted" if self.registered else "Pending", "securityProfile": 0,
            "queued": {"transaction": len(self.queue), "other": 0, "parked": 0}}]}

    def sim(self, what, body):
        if what == "link":
            self.down = not body["up"]
            if self.down and self.socket:
                asyncio.ensure_future(self.socket.close(1000))
            self.up.set()
            return 202
        if what == "swipe":
            self.swipe(body["token"], body["evses"])
            return 202
        connector = self.connectors.get(body["evse"])
        if connector is None:
            return 404
        return getattr(self, f"sim_{what}")(connector, body)

    def sim_plug(self, connector, _):
        if connector.cable:
            return 409
        connector.cable = True
        if connector.pending:
            self.start(connector, connector.pending)
        else:
            self.status(connector, "Preparing")
        return 202

    def sim_unplug(self, connector, body):
        if connector.session:
            self.stop(connector, "EVDisconnected")
        if body["side"] == "both" and connector.cable:
            connector.cable = False
            self.status(connector, "Available")
        return 202

    def sim_ev(self, connector, body):
        charge = body["demand"] == "charge"
        connector.flow(charge and connector.session is not None)
        if connector.session:
            self.status(connector, "Charging" if charge else "SuspendedEV")
        return 202

    async def http(self, reader, writer):
        method, path, _ = (await reader.readline()).decode().split(" ", 2)
        length = 0
        while (line := await reader.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body = json.loads(await reader.readexactly(length)) if length else {}
        if path.startswith("/v1/sim/"):
            self.seq += 1
            code = self.sim(path.rsplit("/", 1)[-1], body)
            answer = {"seq": self.seq}
        else:
            code, answer = 200, self.state() if path == "/v1/state" else {}
        content = json.dumps(answer).encode()
        writer.write(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n" % (code, len(content)))
        writer.write(content)
        await writer.drain()
        writer.close()
