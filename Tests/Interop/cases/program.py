"""The HTTP API and the life of the process (CONTRACT: programs, HTTP API)."""

import asyncio
import os
import socket
import time

from harness import api
from harness.registry import case
from harness.scenario import CARD, msg, status


@case("ready within a second, without a central system")
async def ready(t):
    t.station.csms_url = "ws://127.0.0.1:9/"
    seconds = await t.station.start()
    # Process start included; a machine that runs other cases at the same time gets some grace.
    t.true(seconds < 1.5, f"/v1/health answered after {seconds:.2f} s")
    health = await t.station.get("/v1/health")
    t.true(isinstance(health, dict), "health is no object")


@case("SIGTERM in a session: exit 0 within five seconds, contactor open")
async def sigterm(t):
    await t.boot()
    await t.begin()
    began = t.log.now()
    await t.station.stop()
    t.true(t.log.now() - began < 5, "it took longer than five seconds")
    t.ends_itself = True


@case("SIGTERM while the central system does not answer: exit 0 within five seconds")
async def sigterm_mute(t):
    await t.boot()
    t.csms.session._connection.socket.transport.pause_reading()
    await t.station.stop()
    t.ends_itself = True


@case("the Unix socket serves the same API, for its owner only")
async def unix_socket(t):
    await t.boot()
    path = t.station.data / "chargepi.sock"
    code, state = await api.request("GET", "/v1/state", socket_path=path)
    t.equal(code, 200, "status")
    t.equal([e["id"] for e in state["evses"]], [1, 2], "EVSEs")
    t.equal(path.stat().st_mode & 0o777, 0o600, "mode of chargepi.sock")


@case("files in DATA are for the owner only")
async def modes(t):
    await t.boot()
    for name in ("journal.db", "vault.db", "lock", "http.port"):
        t.equal((t.station.data / name).stat().st_mode & 0o077, 0, f"rights of others on {name}")


@case("a DATA that the daemon makes, parents and all, is for the owner only")
async def made(t):
    t.station.data = t.folder / "made" / "deep"
    await t.boot()
    for path in (t.station.data, t.station.data.parent):
        t.equal(path.stat().st_mode & 0o777, 0o700, f"mode of {path.name}")


@case("systemd is told: READY, signs of life in half of its patience, STOPPING", limit=60)
async def service_manager(t):
    patience, heard = 2.0, []
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(t.folder / "notify"))
        listener.setblocking(False)
        loop.add_reader(listener, lambda: heard.append((time.monotonic(), listener.recv(100))))
        t.station.environment = {"NOTIFY_SOCKET": str(t.folder / "notify"),
                                 "WATCHDOG_USEC": str(int(patience * 1e6))}
        await t.boot()
        await asyncio.sleep(4 * patience)
        await t.station.stop()
        loop.remove_reader(listener)
    words = [word for _, word in heard]
    t.true(words[0] == b"READY=1" and words[-1] == b"STOPPING=1", f"{words[0]} … {words[-1]}")
    t.true(set(words[1:-1]) == {b"WATCHDOG=1"}, f"{set(words[1:-1])} is said meanwhile")
    moments = [moment for moment, word in heard if word == b"WATCHDOG=1"]
    pauses = [later - earlier for earlier, later in zip(moments, moments[1:])]
    t.true(len(pauses) >= 4, f"{len(moments)} signs of life in {4 * patience} s")
    t.true(max(pauses) < 0.85 * patience, f"signs of life after {pauses} s")


@case("the state has what the contract lists")
async def state_shape(t):
    await t.boot()
    transaction = await t.begin()
    state = await t.station.state()
    t.true({"seq", "upstreams", "evses", "display", "lamps"} <= set(state), f"keys {set(state)}")
    evse = state["evses"][0]
    t.true({"id", "state", "availability", "fault", "reservation", "limitA", "energyWh", "powerW",
            "contactor", "connectors", "session"} <= set(evse), f"keys {set(evse)}")
    t.equal(evse["connectors"][0],
            {"id": 1, "status": "Charging", "cable": True, "locked": True}, "connector")
    t.equal((evse["session"]["transactionId"], evse["session"]["token"]), (transaction, CARD),
            "session")
    t.equal(evse["contactor"], "closed", "contactor")


@case("events: in order, after a position, and waiting for the next")
async def events(t):
    await t.boot()
    seq = (await t.station.state())["seq"]
    t.true(seq > 0, "no events")
    first = await t.station.get("/v1/events?since=0&wait=0")
    t.true(first, "no events since 0")
    seq = (await t.station.state())["seq"]
    waiting = asyncio.ensure_future(t.station.get(f"/v1/events?since={seq}&wait=10"))
    await asyncio.sleep(0.3)
    began = t.log.now()
    await t.station.plug(1)
    t.true(await asyncio.wait_for(waiting, 9), "no event after the plug")
    t.true(t.log.now() - began < 3, "the waiting request was answered late")


@case("effects have larger numbers than the position at acceptance")
async def acceptance(t):
    await t.boot()
    seq = await t.station.plug(1)
    state = await t.station.until(lambda s: s["evses"][0]["connectors"][0]["cable"])
    t.true(state["seq"] > seq, f"accepted at {seq}, effect at {state['seq']}")


@case("what is wrong, unknown or impossible is refused: 400, 404, 409; what is so is 202")
async def refusals(t):
    await t.boot()
    port = t.station.port

    async def post(path, body=None, raw_body=None):
        return (await api.request("POST", path, body, port=port, raw_body=raw_body))[0]

    table = [
        ("/v1/sim/plug", {"evse": 9, "connector": 1}, 404),
        ("/v1/sim/plug", {"evse": 1, "connector": 9}, 404),
        ("/v1/sim/unplug", {"evse": 9, "connector": 1, "side": "both"}, 404),
        ("/v1/sim/fault", {"evse": 9, "kind": "GroundFailure", "active": True}, 404),
        ("/v1/sim/plug", {"evse": "one", "connector": 1}, 400),
        ("/v1/sim/plug", {}, 400),
        ("/v1/sim/plug", {"evse": 1, "connector": 1, "ev": {"maxA": "lots"}}, 400),
        ("/v1/sim/unplug", {"evse": 1, "connector": 1, "side": "left"}, 400),
        ("/v1/sim/swipe", {}, 400),
        ("/v1/sim/swipe", {"token": 5}, 400),
        ("/v1/sim/ev", {"evse": 1, "demand": "fly"}, 400),
        ("/v1/sim/lock", {"evse": 1, "mode": "melt"}, 400),
        ("/v1/sim/link", {"up": "perhaps"}, 400),
        ("/v1/sim/contactor", {"evse": 1, "mode": "dance"}, 400),
        ("/v1/sim/nonsense", {}, 404),
        ("/v1/sim/unplug", {"evse": 1, "connector": 1, "side": "both"}, 202),
        ("/v1/sim/fault", {"evse": 1, "kind": "GroundFailure", "active": False}, 202),
        ("/v1/sim/plug", {"evse": 1, "connector": 1}, 202),
        ("/v1/sim/plug", {"evse": 1, "connector": 1}, 409),
        ("/v1/sim/link", {"up": True}, 202),
    ]
    wrong = []
    for path, body, wanted in table:
        found = await post(path, body)
        await asyncio.sleep(0.1 if found == 202 else 0)
        if found != wanted:
            wrong.append(f"{path} {body}: {found}, not {wanted}")
    for raw in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000):
        found = await post("/v1/sim/plug", raw_body=raw)
        if found not in (400, 413):
            wrong.append(f"/v1/sim/plug {raw[:10]!r}: {found}, not 400")
    code, _ = await api.request("GET", "/v1/nonsense", port=port)
    if code != 404:
        wrong.append(f"GET /v1/nonsense: {code}, not 404")
    code, _ = await api.request("GET", "/v1/events?since=abc", port=port)
    if code != 400:
        wrong.append(f"GET /v1/events?since=abc: {code}, not 400")
    t.true(not wrong, "; ".join(wrong))


@case("what is not HTTP does not harm the API")
async def not_http(t):
    await t.boot()
    for junk in (b"\x16\x03\x01\x00\xa5", b"GET\r\n\r\n", os.urandom(4000),
                 b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
                 b"POST /v1/sim/plug HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n{"):
        reader, writer = await asyncio.open_connection("127.0.0.1", t.station.port)
        writer.write(junk)
        try:
            await writer.drain()
            await asyncio.wait_for(reader.read(100), 0.5)
        except (asyncio.TimeoutError, ConnectionError):
            pass
        writer.close()
    t.true(await t.station.healthy(), "not healthy after junk")
    await t.normal_session()


@case("a kill in the middle of a hundred operations: it starts again")
async def restart(t):
    await t.boot()
    for _ in range(25):
        for step in (t.station.plug(1), t.station.swipe(CARD, [1]), t.station.unplug(1)):
            try:
                await step
            except api.Refused:
                pass
    await t.station.killed()
    t.catch_up()
    await t.station.start()
    await t.wait_for(msg("BootNotification"), since=t.position, within=10)
    await t.station.drained()
    t.equal(len(t.csms.ledger.open), 0, "open transactions")


@case("the authorization key is in neither state nor log",
      settings={"security": {"profile": 1, "authorization_key": "Quite-A-Secret-Key-1"}})
async def secrets(t):
    t.csms.password = b"Quite-A-Secret-Key-1"
    await t.boot()
    await t.begin()
    for text in (str(await t.station.state()), str(await t.station.get("/v1/events?since=0")),
                 t.station.errors(10_000)):
        t.true("quite-a-secret" not in text.lower(), "the key can be read")
        t.true("cxVpdGU" not in text and "UXVpdGUt" not in text, "the key can be read as base64")
    await t.expect_none(status(1, "Faulted"), during=0.2)
