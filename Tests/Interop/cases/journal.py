"""The journal, read without our code: stock `lmdb`, stock `protobuf`, `docs/journal.proto`."""

import asyncio
import hashlib
import re
import shutil
import struct
from pathlib import Path

import lmdb
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.unknown_fields import UnknownFieldSet

from harness.registry import case
from harness.scenario import OTHER_CARD, msg, status

PROTO = Path(__file__).resolve().parents[3] / "docs" / "journal.proto"
CARD, KEY = "04A1B2C3D4E5F6", "Quite-A-Secret-Key-1"
HASH_TAG = b"\x7a\x20"  # field 15, 32 bytes: last in the last record of a commit
SECRETS = {"security": {"profile": 1, "authorization_key": KEY}}


async def classes(folder: Path):
    """The message class `Record`, from the descriptors that stock protoc makes."""
    out = folder / "journal.pb"
    process = await asyncio.create_subprocess_exec(
        "protoc", f"--proto_path={PROTO.parent}", f"--descriptor_set_out={out}",
        "--include_imports", PROTO.name, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT)
    said, _ = await process.communicate()
    assert process.returncode == 0, f"protoc: {said.decode(errors='replace')}"
    described = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in described.file:
        pool.Add(file)
    main = next(f for f in described.file if f.name == PROTO.name)
    name = f"{main.package}.Record" if main.package else "Record"
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def records(path: Path):
    """(number, bytes) of every record, in order."""
    env = lmdb.open(str(path), subdir=False, readonly=True, lock=False, create=False)
    # The unnamed database keeps its own flags (integer keys); py-lmdb takes them from the file.
    with env.begin() as transaction, transaction.cursor() as cursor:
        found = [(struct.unpack("<Q", key)[0], bytes(value)) for key, value in cursor]
    env.close()
    return found


def unknown(message, path="Record"):
    """Paths of fields that the .proto does not know, at any depth."""
    for field in UnknownFieldSet(message):
        yield f"{path}.{field.field_number}"
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        for inner in value if hasattr(value, "append") or hasattr(value, "add") else [value]:
            if not isinstance(inner, (str, bytes, int)):
                yield from unknown(inner, f"{path}.{descriptor.name}")


def check_chain(found) -> int:
    """Recomputes every commit's hash; gives their number."""
    chain, digests, commits = bytes(32), b"", 0
    for number, raw in found:
        carried = raw[-32:] if raw[-34:-32] == HASH_TAG else None
        digests += hashlib.sha256(raw[:-34] if carried else raw).digest()
        if carried:
            computed = hashlib.sha256(chain + digests).digest()
            assert computed == carried, f"the chain is broken at record {number}"
            chain, digests, commits = computed, b"", commits + 1
    assert not digests, "records after the last commit's hash"
    return commits


def traces(content: bytes, secret: str):
    """How `secret` occurs in the file: as text in any case, as UTF-16, as hex, as base64."""
    import base64

    lower = content.lower()
    plain = secret.encode()
    shapes = {
        "text": plain.lower(), "UTF-16LE": secret.lower().encode("utf-16-le"),
        "UTF-16BE": secret.lower().encode("utf-16-be"),
        "hex": plain.hex().encode(), "hex of capitals": plain.upper().hex().encode(),
        "hex of small letters": plain.lower().hex().encode(),
    }
    found = [name for name, shape in shapes.items() if shape in lower]
    if base64.b64encode(plain).rstrip(b"=")[:-1] in content:
        found.append("base64")
    try:
        if bytes.fromhex(secret) in content:
            found.append("the card's bytes")
    except ValueError:
        pass
    return found


async def eventful(t):
    """Something of everything: refused and accepted cards, offline, a power cut, bad frames."""
    t.csms.password = KEY.encode()
    await t.boot()
    await t.normal_session(1, CARD)
    t.csms.tokens[OTHER_CARD] = {"status": "Blocked"}
    await t.station.swipe(OTHER_CARD, [2])
    await t.expect("Authorize", skip=[status(2, "Preparing")])
    await t.csms.raw_call("RemoteStartTransaction", {"connectorId": 0, "idTag": CARD})
    await t.csms.raw('{"card":"nonsense"}')
    await t.set_key("HeartbeatInterval", "77")
    await t.station.sim("fault", evse=2, kind="GroundFailure", active=True)
    await t.station.sim("fault", evse=2, kind="GroundFailure", active=False)
    await t.link(False)
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    await t.station.until_evse(lambda e: e["state"] == "Charging")
    await t.station.killed()
    t.catch_up()
    await t.station.start()
    await t.wait_for(msg("StopTransaction"), since=t.position, within=12)
    await t.station.drained()


@case("every record parses, nothing is unknown, numbers have no gaps, the chain holds",
      settings=SECRETS, keys={"MeterValueSampleInterval": "1"})
async def readable(t):
    record = await classes(t.folder)
    await eventful(t)
    await t.station.stop()
    found = records(t.station.data / "journal.db")
    t.true(len(found) > 30, f"{len(found)} records")
    numbers = [number for number, _ in found]
    t.equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "numbers")
    strange = []
    for number, raw in found:
        parsed = record.FromString(raw)
        strange += [f"record {number}: {path}" for path in unknown(parsed)]
    t.true(not strange, f"unknown fields: {strange[:10]}")
    t.true(check_chain(found) > 5, "hardly any commits")


@case("neither cards nor keys are in the journal, in any spelling", settings=SECRETS)
async def nothing_personal(t):
    await eventful(t)
    await t.station.stop()
    content = (t.station.data / "journal.db").read_bytes()
    for secret in (CARD, OTHER_CARD, KEY):
        t.equal(traces(content, secret), [], f"{secret!r} in the journal")
    vault = (t.station.data / "vault.db").read_bytes()
    t.true(traces(vault, CARD), "the card is not in the vault either: the search finds nothing")


@case("what a start says first is durable: its line names an event behind its own first record")
async def start_is_durable(t):
    record = await classes(t.folder)
    await t.boot()
    await t.station.stop()
    await t.station.start()
    await t.station.stop()
    said = [int(number) for number in re.findall(r" at event (\d+),", t.station.errors(10_000))]
    starts = [number for number, raw in records(t.station.data / "journal.db")
              if record.FromString(raw).HasField("started")]
    t.equal(len(said), len(starts), "starts")
    t.true(all(at >= start for at, start in zip(said, starts)), f"{said}, started at {starts}")


@case("a contactor closes only after its command is durable, and opens without waiting")
async def closes_durably(t):
    record = await classes(t.folder)
    await t.boot()
    await t.normal_session(1)
    await t.normal_session(2)
    await t.station.stop()
    # What the contactor answers is recorded at once: in the command's own commit it came too early.
    commanded, closed, early = set(), 0, []
    for number, raw in records(t.station.data / "journal.db"):
        parsed = record.FromString(raw)
        if parsed.HasField("contactor_commanded") and parsed.contactor_commanded.is_closed:
            commanded.add(parsed.contactor_commanded.evse)
        if parsed.HasField("contactor_sensed") and parsed.contactor_sensed.is_closed:
            closed += 1
            if parsed.contactor_sensed.evse in commanded:
                early.append(number)
        if raw[-34:-32] == HASH_TAG:
            commanded.clear()
    t.true(closed >= 2, f"{closed} closed contactors")
    t.true(not early, f"closed before the commit: records {early}")


@case("chargepi-replay verifies the journal and tells the sessions", needs_replay=True)
async def replay(t):
    await t.boot()
    await t.normal_session()
    await t.station.stop()
    journal = t.station.data / "journal.db"
    before = sorted(p.name for p in t.station.data.iterdir())
    for arguments in (["verify"], ["sessions"], []):
        code = await t.station.ended([t.replay, str(journal), *arguments])
        t.equal(code, 0, f"exit code of chargepi-replay {arguments}")
    t.equal(sorted(p.name for p in t.station.data.iterdir()), before, "files in DATA")


@case("chargepi-replay notices one changed bit", needs_replay=True)
async def tampered(t):
    await t.boot()
    await t.normal_session()
    await t.station.stop()
    copy = t.folder / "copy.db"
    shutil.copy(t.station.data / "journal.db", copy)
    found = records(copy)
    victim = found[len(found) // 2][1]
    content = bytearray(copy.read_bytes())
    at = content.find(victim)
    t.true(at > 0, "the record was not found in the file")
    while at > 0:  # pages that are not in use any more hold older copies
        content[at + len(victim) // 2] ^= 0x01
        at = content.find(victim, at + 1)
    copy.write_bytes(content)
    code = await t.station.ended([t.replay, str(copy), "verify"])
    t.true(code not in (0,) and code > 0, f"verify ended with {code} on a changed journal")
