"""The journal and the vault as they lie on the disk, read without the daemon's code."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import lmdb
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = Path(__file__).resolve().parents[3] / "docs" / "journal.proto"


def record_class(folder: Path):
    """The message class `Record`, from the descriptors that stock protoc makes."""
    out = folder / "journal.pb"
    subprocess.run(["protoc", f"--proto_path={PROTO.parent}", f"--descriptor_set_out={out}",
                    PROTO.name], check=True)
    described = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in described.file:
        pool.Add(file)
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName(f"{described.file[0].package}.Record"))


def entries(path: Path) -> list[tuple[bytes, bytes]]:
    environment = lmdb.open(str(path), subdir=False, readonly=True, lock=False, create=False)
    try:
        with environment.begin() as transaction, transaction.cursor() as cursor:
            return [(bytes(key), bytes(value)) for key, value in cursor]
    finally:
        environment.close()


def records(path: Path) -> list[bytes]:
    """The records 1, 2, 3 …; their numbers have no gaps."""
    found = entries(path)
    numbers = [struct.unpack("<Q", key)[0] for key, _ in found]
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"{path} has a gap in its numbers")
    return [value for _, value in found]


@dataclass
class Vault:
    """Card numbers by id, secrets by name and version (keys of VaultMessages.swift)."""

    tokens: dict = field(default_factory=dict)
    secrets: dict = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Vault:
        vault = cls()
        if not path.exists():
            return vault
        for key, value in entries(path):
            if key[0] == 1:
                vault.tokens[int.from_bytes(key[1:9], "big")] = first_bytes(value)
            elif key[0] == 4:
                name, version = key[1:-5].decode(), int.from_bytes(key[-4:], "big")
                vault.secrets[(name, version)] = first_bytes(value)
        return vault

    def reveal(self, frame) -> bytes:
        """A frame's bytes on the wire."""
        text, position, whole = frame.text, 0, b""
        for redaction in frame.redactions:
            whole += text[position:redaction.offset]
            position = redaction.offset
            whole += (self.tokens[redaction.token] if redaction.token
                      else self.secrets[(redaction.secret, redaction.version)])
        return whole + text[position:]


def first_bytes(message: bytes) -> bytes:
    """Field 1 of a small message; its length is a varint."""
    if not message or message[0] != 0x0A:
        return b""
    length, shift, position = 0, 0, 1
    while True:
        byte = message[position]
        position += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return message[position:position + length]


@dataclass
class Meter:
    number: int
    nanoseconds: int
    counter: int


class Reference:
    """A journal to hold others against: its records, and what each of them refers to."""

    def __init__(self, data: Path, record):
        self.records = records(data / "journal.db")
        self.vault = Vault.read(data / "vault.db")
        self.frames, self.permitted, self.ended = {}, {}, {}
        self.meters, self.tokens, self.secrets = {}, [], []  # the latter: (number, reference)
        self.starts, self.ends_commit, self.checkpoints = [], set(), 0
        time = 0
        for number, raw in enumerate(self.records, 1):
            parsed = record.FromString(raw)
            if parsed.commit_hash:
                self.ends_commit.add(number)
            if parsed.turn_offset == 0 and parsed.monotonic_nanoseconds:
                time = parsed.monotonic_nanoseconds
            if what := parsed.WhichOneof("what"):
                body = getattr(parsed, what)
                self.note_references(number, body)
                self.note(number, what, body, time)

    def note(self, number, what, body, time):
        if what in ("message_sent", "answer_sent"):
            self.frames.setdefault(self.vault.reveal(body.frame), number)
        elif what == "started":
            self.starts.append(number)
        elif what == "checkpoint":
            self.checkpoints += 1
        elif what == "transfer_permitted":
            self.permitted[number] = self.card(body.token)
        elif what == "session_ended" and body.was_permitted:
            self.ended[self.card(body.token)] = body.reading.register_milliwatt_hours
        elif what == "meter_read":
            self.meters.setdefault(body.evse, []).append(
                Meter(number, time, body.counter_milliwatt_hours))

    def card(self, token) -> str:
        return self.vault.tokens[token].decode()

    def note_references(self, number, body):
        for descriptor, value in body.ListFields():
            if descriptor.name == "token" and isinstance(value, int):
                self.tokens.append((number, value))
            if descriptor.name == "secret" and isinstance(value, str):
                self.secrets.append((number, (value, body.version)))
            if descriptor.message_type is None:
                continue
            for inner in value if hasattr(value, "add") else [value]:
                self.note_references(number, inner)

