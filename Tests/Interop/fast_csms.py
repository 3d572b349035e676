"""A central system that only answers: no schemas, no books; for measuring how fast a queue drains.

    python3 Tests/Interop/fast_csms.py [--port 0] [--out FILE] [--until COUNT]

It prints its port on the first line and, at its end (SIGTERM, SIGINT, or after COUNT transaction
messages), one JSON line: how many calls came, in how many seconds, and whether they were in order.
With `--out` every call is written as a line: time, action, message id, transaction id, timestamp.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from datetime import datetime, timezone

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

TRANSACTION_ACTIONS = {"StartTransaction", "StopTransaction", "MeterValues"}


class FastCentralSystem:
    """Answers from prepared texts; times are seconds of the monotonic clock."""

    def __init__(self, until: int | None = None):
        self.calls: list[tuple] = []  # (time, action, message id, transaction id, timestamp)
        self.transactions, self.counted, self.until = 0, 0, until
        self.finished = asyncio.Event()
        self.server, self.port = None, 0

    async def listen(self, port=0):
        self.server = await serve(self.session, "127.0.0.1", port, subprotocols=["ocpp1.6"],
                                  ping_interval=None, max_size=None, compression=None,
                                  close_timeout=1)
        self.port = self.server.sockets[0].getsockname()[1]
        return self.port

    async def close(self):
        self.server.close()
        await self.server.wait_closed()

    async def session(self, socket):
        try:
            async for raw in socket:
                message = json.loads(raw)
                if message[0] == 2:
                    await socket.send(self.answer(message[1], message[2], message[3]))
        except ConnectionClosed:
            pass

    def answer(self, identity, action, payload) -> str:
        self.calls.append((time.monotonic(), action, identity, payload.get("transactionId"),
                           payload.get("timestamp")))
        if action in TRANSACTION_ACTIONS:
            self.counted += 1
            if self.until is not None and self.counted >= self.until:
                self.finished.set()
        return f'[3,{json.dumps(identity)},{self.body(action)}]'

    def body(self, action) -> str:
        if action == "StartTransaction":
            self.transactions += 1
            return ('{"transactionId":%d,"idTagInfo":{"status":"Accepted"}}'
                    % self.transactions)
        if action == "Authorize":
            return '{"idTagInfo":{"status":"Accepted"}}'
        if action in ("BootNotification", "Heartbeat"):
            now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            rest = ',"interval":300,"status":"Accepted"' if action[0] == "B" else ""
            return '{"currentTime":"%s"%s}' % (now, rest)
        return '{"status":"UnknownVendorId"}' if action == "DataTransfer" else "{}"

    def summary(self) -> dict:
        queued = [c for c in self.calls if c[1] in TRANSACTION_ACTIONS]
        seconds = queued[-1][0] - queued[0][0] if len(queued) > 1 else 0.0
        return {"calls": len(self.calls), "transactionCalls": len(queued),
                "seconds": round(seconds, 6),
                "callsPerSecond": round((len(queued) - 1) / seconds, 1) if seconds else None,
                "inOrder": in_order(queued)}


def in_order(queued) -> bool:
    """Starts and stops by their own time, and no stop or reading before its start's answer."""
    times = [c[4] for c in queued if c[4] is not None]
    started, known = 0, True
    for _, action, _, transaction, _ in queued:
        if action == "StartTransaction":
            started += 1
        elif transaction is not None and not 1 <= transaction <= started:
            known = False
    return known and times == sorted(times)


async def main(given):
    system = FastCentralSystem(given.until)
    print(await system.listen(given.port), flush=True)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, system.finished.set)
    await system.finished.wait()
    await asyncio.sleep(0.05)
    print(json.dumps(system.summary()), flush=True)
    if given.out:
        with open(given.out, "w") as out:
            out.writelines(json.dumps(call) + "\n" for call in system.calls)
    await system.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--out")
    parser.add_argument("--until", type=int, help="end after so many transaction messages")
    asyncio.run(main(parser.parse_args()))
    sys.exit(0)
