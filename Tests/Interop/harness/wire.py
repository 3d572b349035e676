"""The wire as it was: every frame of a case, in order, with its time and its connection."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

FROM_STATION, TO_STATION, REMARK = "<", ">", "*"
CALL, RESULT, ERROR = 2, 3, 4


@dataclass
class Frame:
    """One frame, or one remark of the harness (a connection opened, a process killed)."""

    at: float  # seconds since the log began
    link: int  # number of the connection, from 1; 0 for remarks about the process
    direction: str
    raw: Any  # str or bytes as sent
    note: str = ""
    message: Any = None  # the parsed array, or None if it is not an array

    @property
    def kind(self):
        return self.message[0] if self.message else None

    @property
    def id(self):
        return self.message[1] if self.message and len(self.message) > 1 else None

    @property
    def action(self):
        return self.message[2] if self.kind == CALL and len(self.message) > 2 else None

    @property
    def payload(self):
        if self.kind == CALL and len(self.message) > 3:
            return self.message[3]
        return self.message[2] if self.kind == RESULT and len(self.message) > 2 else None


@dataclass
class Log:
    """All frames of one case. `remark` puts the harness's own deeds between them."""

    began: float = field(default_factory=time.monotonic)
    frames: list = field(default_factory=list)

    def now(self) -> float:
        return time.monotonic() - self.began

    def add(self, link: int, direction: str, raw, note: str = "") -> Frame:
        frame = Frame(self.now(), link, direction, raw, note)
        if direction != REMARK:
            frame.message = parse(raw)
        self.frames.append(frame)
        return frame

    def remark(self, text: str, link: int = 0) -> None:
        self.add(link, REMARK, text)

    def tail(self, count: int = 120) -> str:
        lines = [] if len(self.frames) <= count else [f"  … {len(self.frames) - count} earlier"]
        lines += [readable(frame) for frame in self.frames[-count:]]
        return "\n".join(lines)


def parse(raw):
    """The array in a text frame, or None: what is not OCPP has no id and no kind."""
    if not isinstance(raw, str):
        return None
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, list) and message else None


def readable(frame: Frame, width: int = 400) -> str:
    raw = frame.raw if isinstance(frame.raw, str) else repr(frame.raw)
    text = raw if len(raw) <= width else f"{raw[:width]}… ({len(raw)} characters)"
    note = f"   [{frame.note}]" if frame.note else ""
    return f"  {frame.at:8.3f} #{frame.link} {frame.direction} {text}{note}"


class LoggedConnection:
    """The connection as `ocpp.charge_point.ChargePoint` sees it: logs, and can withhold answers."""

    def __init__(self, socket, log: Log, link: int):
        self.socket, self.log, self.link = socket, log, link
        self.withheld: set = set()

    async def recv(self):
        raw = await self.socket.recv()
        self.log.add(self.link, FROM_STATION, raw)
        return raw

    async def send(self, raw, forced=False):
        """`forced`: a case's own answer, which is not withheld."""
        message = parse(raw)
        withheld = message and message[0] in (RESULT, ERROR) and len(message) > 1 and (
            isinstance(message[1], str) and message[1] in self.withheld)
        if withheld and not forced:
            self.log.remark(f"answer withheld: {raw}", self.link)
            return
        frame = self.log.add(self.link, TO_STATION, raw)
        try:
            await self.socket.send(raw)
        except Exception as error:
            frame.note = f"not delivered: {error!r}"
            raise
