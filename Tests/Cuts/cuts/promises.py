"""What the daemon has told anybody: events with numbers, positions, frames, lines of its log.

Each promise has the number of operations that had ended when its last byte left. A power cut may
take back only what was not told by then.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from .layer import CLOSE, START, TALK

LINE = re.compile(rb"^<\d>(\d+) ")
AT_EVENT = re.compile(rb"^<\d>chargepi \S+ at event (\d+)")


@dataclass
class Promise:
    after: int  # operations that had ended
    what: str  # "seq", "event", "frame", "line", "state"
    number: int = 0  # of an event that must be there; 0: only the frame's text says which
    content: object = None


@dataclass
class Stream:
    """One connection's outgoing bytes."""

    content: bytearray = field(default_factory=bytearray)
    upgraded: bool = False
    fragments: bytearray = field(default_factory=bytearray)

    def take(self, data: bytes):
        """Whole messages that are complete now: ("answer", status, body) or ("frame", text)."""
        self.content += data
        while True:
            message = self.frame() if self.upgraded else self.head()
            if message is None:
                return
            if message:
                yield message

    def head(self):
        end = self.content.find(b"\r\n\r\n")
        if end < 0:
            return None
        head, rest = bytes(self.content[:end]), end + 4
        if head.startswith(b"GET "):  # our own handshake with the central system
            del self.content[:rest]
            self.upgraded = True
            return ()
        found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        length = int(found.group(1)) if found else 0
        if len(self.content) < rest + length:
            return None
        body = bytes(self.content[rest:rest + length])
        del self.content[:rest + length]
        return "answer", int(head.split()[1]), body

    def frame(self):
        """RFC 6455 §5.2; a client's frames are masked."""
        data = self.content
        if len(data) < 2:
            return None
        length, position = data[1] & 0x7F, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(data) < 2 + size:
                return None
            length, position = int.from_bytes(data[2:2 + size], "big"), 2 + size
        mask = bytes(data[position:position + 4]) if data[1] & 0x80 else b""
        position += len(mask)
        if len(data) < position + length:
            return None
        payload = bytes(data[position:position + length])
        if mask:
            payload = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
        final, kind = data[0] & 0x80, data[0] & 0x0F
        del data[:position + length]
        if kind in (0, 1):
            self.fragments += payload
            if final:
                text, self.fragments = bytes(self.fragments), bytearray()
                return "frame", text
        return ()


def collect(events) -> list[Promise]:
    """Every promise of a record, in order."""
    streams, lines, promises = {}, bytearray(), []
    for event in events:
        if event.kind == START:
            streams, lines = {}, bytearray()
        elif event.kind == CLOSE:
            streams.pop(event.descriptor, None)
        elif event.kind == TALK and event.descriptor == 2:
            lines += event.data
            while b"\n" in lines:
                line, _, lines = lines.partition(b"\n")
                promises += from_line(event.number, line)
        elif event.kind == TALK:
            stream = streams.setdefault(event.descriptor, Stream())
            for message in stream.take(event.data):
                promises += from_message(event.number, message)
    return promises


def from_line(after, line: bytes):
    """Lines about an event begin with its number."""
    if found := LINE.match(line) or AT_EVENT.match(line):
        yield Promise(after, "line", int(found.group(1)), line.decode(errors="replace"))


def from_message(after, message):
    if message[0] == "frame":
        yield Promise(after, "frame", content=message[1])
        return
    _, status, body = message
    try:
        answer = json.loads(body)
    except ValueError:
        return
    if status not in (200, 202) or not isinstance(answer, dict):
        return
    if "seq" in answer:
        yield Promise(after, "seq", answer["seq"], body.decode()[:200])
    if "evses" in answer:
        yield Promise(after, "state", answer["seq"], answer)
    for event in answer.get("events", ()):
        yield Promise(after, "event", event["seq"], event["event"])
