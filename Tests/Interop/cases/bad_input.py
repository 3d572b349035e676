"""Frames that no central system should send: a CALLERROR by the book, or silence; life goes on.

Codes and their 1.6 spelling are those of OCPP-J 1.6 §4.2.3. Where its table leaves a choice, every
reading of it is accepted.
"""

import asyncio
import json

from harness.registry import case
from harness.scenario import CARD, msg

# "Payload is syntactically incorrect or not conform the PDU structure for Action", or incomplete.
STRUCTURE = {"FormationViolation", "ProtocolError"}
MISSING = {"OccurenceConstraintViolation", "ProtocolError", "FormationViolation"}
TYPE = {"TypeConstraintViolation"}
VALUE = {"PropertyConstraintViolation", "TypeConstraintViolation", "FormationViolation"}
UNKNOWN = {"NotImplemented", "NotSupported"}
ANY = STRUCTURE | MISSING | TYPE | VALUE | UNKNOWN | {"GenericError", "InternalError"}

# (action, payload, codes that are right)
CALLS = [
    ("Reset", {}, MISSING),
    ("Reset", {"type": 5}, TYPE),
    ("Reset", {"type": None}, TYPE | MISSING),
    ("Reset", {"type": "Lukewarm"}, VALUE),
    ("Reset", {"type": ["Hard"]}, TYPE),
    ("Reset", [], STRUCTURE | TYPE),
    ("Reset", None, STRUCTURE | TYPE | MISSING),
    ("Reset", "Hard", STRUCTURE | TYPE),
    ("Reset", 5, STRUCTURE | TYPE),
    ("ChangeConfiguration", {"key": "HeartbeatInterval"}, MISSING),
    ("ChangeConfiguration", {"key": "k" * 51, "value": "1"}, VALUE),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "1" * 501}, VALUE),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": 60}, TYPE),
    ("ChangeAvailability", {"connectorId": "1", "type": "Operative"}, TYPE),
    ("ChangeAvailability", {"connectorId": 1.5, "type": "Operative"}, TYPE | VALUE),
    ("ChangeAvailability", {"connectorId": True, "type": "Operative"}, TYPE),
    ("ChangeAvailability", {"connectorId": 1, "type": "Sideways"}, VALUE),
    ("RemoteStartTransaction", {"connectorId": 1}, MISSING),
    ("RemoteStartTransaction", {"connectorId": 1, "idTag": "X" * 21}, VALUE),
    ("RemoteStartTransaction", {"connectorId": 1, "idTag": {}}, TYPE),
    ("RemoteStopTransaction", {"transactionId": "abc"}, TYPE),
    ("RemoteStopTransaction", {}, MISSING),
    ("UnlockConnector", {"connectorId": None}, TYPE | MISSING),
    ("GetConfiguration", {"key": "HeartbeatInterval"}, TYPE),
    ("GetConfiguration", {"key": [5]}, TYPE),
    ("GetConfiguration", {"key": ["k" * 51]}, VALUE),
    ("DataTransfer", {}, MISSING),
    ("DataTransfer", {"vendorId": "v" * 256}, VALUE),
    ("MakeCoffee", {}, UNKNOWN),
    ("", {}, UNKNOWN | STRUCTURE),
    ("reset", {"type": "Hard"}, UNKNOWN),
    ("BootNotification", {"chargePointVendor": "a", "chargePointModel": "b"}, UNKNOWN),
    ("StartTransaction", {"connectorId": 1, "idTag": CARD, "meterStart": 0,
                          "timestamp": "2026-01-01T00:00:00Z"}, UNKNOWN),
]


async def still_there(t, link, what):
    """The same connection still serves."""
    t.true(t.station.alive, f"the daemon died of {what}")
    t.true(t.csms.session and t.csms.session._connection.link == link,
           f"the connection was closed over {what}")
    answer = await t.csms.raw_call("GetConfiguration", {"key": ["HeartbeatInterval"]})
    t.equal(answer[0], 3, f"GetConfiguration after {what}")


def current(t):
    return t.csms.session._connection.link


@case("calls that break the schema get the CALLERROR of the table")
async def broken_calls(t):
    await t.boot()
    link, wrong = current(t), []
    for action, payload, codes in CALLS:
        try:
            answer = await t.csms.raw_call(action, payload, within=3)
        except asyncio.TimeoutError:
            wrong.append(f"{action} {payload!r:.60}: no answer")
            continue
        if answer[0] != 4 or answer[2] not in codes:
            wrong.append(f"{action} {payload!r:.60}: {answer!r:.200}, not {sorted(codes)}")
        elif len(answer) != 5 or not isinstance(answer[3], str) or not isinstance(answer[4], dict):
            wrong.append(f"{action}: a malformed CALLERROR {answer!r:.200}")
    t.true(not wrong, "\n    ".join(wrong))
    await still_there(t, link, "calls that break the schema")
    await t.normal_session()


@case("extra fields: refused by the book or ignored, and the same for each")
async def extra_fields(t):
    # The schemas forbid additional properties; a lenient reader may ignore them.
    await t.boot()
    answer = await t.csms.raw_call("ChangeConfiguration", {
        "key": "HeartbeatInterval", "value": "99", "mood": "good"})
    before = (await t.keys("HeartbeatInterval"))["HeartbeatInterval"]
    if answer[0] == 4:
        t.equal(answer[2], STRUCTURE | MISSING | VALUE, "code")
        t.true(before != "99", "a refused call had an effect")
    else:
        t.equal((answer[2]["status"], before), ("Accepted", "99"), "an accepted call")


# Frames without a usable id: no answer is possible.
SILENT = [
    "", " ", "hello", "{", "}", "[", "[]", "null", "true", "5", '"text"', "{}", '{"a":1}',
    '[2,"t1","Res', '[2]', '[2,]', '[[2,"a","Reset",{}]]', '[null,"a","Reset",{}]',
    '["2","a","Reset",{}]', '[7,"a","Reset",{}]', '[-2,"a"]', '[2.5,"a","Reset",{}]',
    '[2,null,"Reset",{"type":"Hard"}]', '[2,{},"Reset",{"type":"Hard"}]',
    '[2,5,"Reset",{"type":"Hard"}]', "[1e999]", "\u0000", "[2,\"a\u0000", "\ufeff[2]",
    "[" * 100_000, '{"a":' * 50_000, "[" * 50_000 + "]" * 50_000,
]


@case("frames that are no OCPP are ignored, and change nothing", limit=90)
async def no_ocpp(t):
    t.allowed |= {"answers"}  # an id that is not a string may be answered or not
    await t.boot()
    link = current(t)
    for text in SILENT:
        await t.csms.raw(text)
        await still_there(t, link, f"{text[:30]!r}")
    t.equal(len(t.seen(msg("BootNotification"))), 1, "BootNotifications (a Reset got through)")
    await t.normal_session()


# Arrays with an id that are no proper call: a CALLERROR with that id, or nothing.
HALF = [
    ('[2,"h1"]', "h1"), ('[2,"h2","Reset"]', "h2"), ('[2,"h3",5,{}]', "h3"),
    ('[2,"h4",null,{}]', "h4"), ('[2,"h5","Reset",{"type":"Hard"},"more"]', "h5"),
    ('[2,"h6",{"type":"Hard"},"Reset"]', "h6"),
]


@case("arrays that are half a call: a CALLERROR with their id, or silence")
async def half_calls(t):
    await t.boot()
    link, wrong = current(t), []
    for text, identity in HALF:
        try:
            answer = await t.csms.raw(text, identity, within=1)
        except asyncio.TimeoutError:
            continue
        if answer[0] != 4 or answer[2] not in ANY:
            wrong.append(f"{text}: {answer}")
    t.true(not wrong, "; ".join(wrong))
    await still_there(t, link, "half calls")


@case("strange but legal JSON is read")
async def strange_json(t):
    await t.boot()
    link = current(t)
    good = [
        '\n [ 2 ,\t"s1", "GetConfiguration" , { "key" : [ "HeartbeatInterval" ] } ] \r\n',
        '[2,"s2","\\u0047etConfiguration",{"key":["Heartbeat\\u0049nterval"]}]',
        '[2,"s3","DataTransfer",{"vendorId":"\\ud83d\\ude97","data":"\\"\\\\\\/\\b\\f\\n"}]',
    ]
    for number, text in enumerate(good, 1):
        answer = await t.csms.raw(text, f"s{number}")
        t.equal(answer[0], 3, f"answer to {text!r}")
    odd = [
        '[2,"o1","DataTransfer",{"vendorId":"\\ud800"}]',
        '[2,"o2","DataTransfer",{"vendorId":"\\u0000"}]',
        '[2,"o3","Reset",{"type":"Soft","type":"Lukewarm"}]',
        '[2,"o4","UnlockConnector",{"connectorId":1e40}]',
        '[2,"o5","UnlockConnector",{"connectorId":99999999999999999999999}]',
        '[2,"o6","UnlockConnector",{"connectorId":-9223372036854775809}]',
        '[2,"o7","UnlockConnector",{"connectorId":1e-400}]',
        '[2,"o8","RemoteStopTransaction",{"transactionId":-9223372036854775808}]',
    ]
    for text in odd:
        await t.csms.raw(text)
        await still_there(t, link, text)
    await t.normal_session()


@case("a payload that is nested 100,000 deep: refused or ignored")
async def deep(t):
    t.allowed |= {"answers"}  # the log of this harness cannot parse what it sent, either
    await t.boot()
    link = current(t)
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        middle = "1" if closing == "}" else ""
        text = opening * 100_000 + middle + closing * 100_000
        await t.csms.raw('[2,"deep","DataTransfer",{"vendorId":"x","data":' + text + "}]")
        await still_there(t, link, "a deep payload")
    await t.normal_session()


@case("a frame of 2 MB is answered or refused; the station stays small and alive")
async def large(t):
    await t.boot()
    link = current(t)
    payload = {"vendorId": "com.example", "data": "x" * 2_000_000}
    try:
        answer = await t.csms.raw_call("DataTransfer", payload, within=8)
        t.equal(answer[0], {3, 4}, "kind of the answer")
    except asyncio.TimeoutError:
        pass
    await still_there(t, link, "a frame of 2 MB")
    await t.csms.raw("x" * 2_000_000)
    await still_there(t, link, "2 MB that are not JSON")
    await t.normal_session()


@case("binary frames are ignored")
async def binary(t):
    await t.boot()
    link = current(t)
    socket = t.csms.session._connection.socket
    for content in (b"", b"\x00\x01\xff", b'[2,"b1","Reset",{"type":"Hard"}]', b"\xff" * 100_000):
        t.log.add(link, ">", content)
        await socket.send(content)
        await still_there(t, link, f"a binary frame {content[:10]!r}")
    t.equal(len(t.seen(msg("BootNotification"))), 1, "BootNotifications (a Reset got through)")
    await t.normal_session()


@case("duplicate message ids: each is answered, or the second is ignored")
async def duplicate_ids(t):
    t.allowed |= {"answers"}
    await t.boot()
    link = current(t)
    for _ in range(3):
        await t.csms.raw('[2,"same","GetConfiguration",{"key":["HeartbeatInterval"]}]')
    await asyncio.sleep(0.5)
    await t.csms.raw('[2,"same","UnlockConnector",{"connectorId":17}]')
    await asyncio.sleep(0.5)
    answers = [f for f in t.log.frames if f.direction == "<" and f.id == "same"]
    t.true(1 <= len(answers) <= 4, f"{len(answers)} answers to four calls with one id")
    await still_there(t, link, "duplicate ids")


@case("the id of a call of ours, used for a call of theirs, is no answer")
async def our_id_as_call(t):
    await t.boot()
    t.csms.behaviour["StartTransaction"].delay = 1
    await t.station.plug(1)
    await t.station.swipe(CARD, [1])
    start = (await t.wait_for(msg("StartTransaction")))[0]
    answer = await t.csms.raw_call("GetConfiguration", {"key": ["HeartbeatInterval"]}, start.id)
    t.equal(answer[0], 3, "kind of the answer")
    evse = await t.station.until_evse(
        lambda e: e["session"] and e["session"]["transactionId"], what="a transaction id")
    t.equal(evse["session"]["transactionId"], t.transaction().id, "transactionId")


@case("an id that is too long, or empty: answered with it, refused, or ignored")
async def odd_ids(t):
    t.allowed |= {"answers"}
    await t.boot()
    link = current(t)
    for identity in ("", "i" * 37, "i" * 5000, "\u00e9\U0001F697"):
        await t.csms.raw(json.dumps([2, identity, "GetConfiguration", {}]))
        await asyncio.sleep(0.2)
        await still_there(t, link, f"the id {identity[:10]!r}")


@case("a thousand calls in one breath are all answered", limit=90)
async def flood(t):
    await t.boot()
    waiting = [asyncio.ensure_future(t.csms.raw_call(
        "GetConfiguration", {"key": ["HeartbeatInterval"]}, f"flood-{n}", within=40))
        for n in range(1000)]
    for answer in await asyncio.gather(*waiting):
        t.equal(answer[0], 3, "kind of the answer")
    await t.normal_session()
