"""The connection: back-off, half-open, sub-protocol, basic authentication (OCPP-J §3, §5)."""

import asyncio
import os
import select
import socket
import subprocess
import time

from harness.registry import case
from harness.scenario import CARD, msg

KEY = "Quite-A-Secret-Key-1"


@case("the station's id is appended to the URL, and ocpp1.6 is agreed on")
async def path(t):
    await t.boot()
    socket = t.csms.session._connection.socket
    t.equal(socket.request.path, "/CP-1", "path")
    t.equal(socket.subprotocol, "ocpp1.6", "sub-protocol")


@case("a path in the URL is kept")
async def longer_path(t):
    await t.listen()
    t.station.csms_url = f"ws://127.0.0.1:{t.csms.port}/ocpp/central"
    await t.station.start()
    await t.registered()
    t.equal(t.csms.session._connection.socket.request.path, "/ocpp/central/CP-1", "path")


@case("server_uri in settings.json without a scheme means ws://")
async def uri_in_settings(t):
    await t.listen()
    info = t.station.configuration.settings["charge_point"]["info"]
    info["server_uri"] = f"127.0.0.1:{t.csms.port}/ocpp"
    t.station.csms_url = None
    t.station.configuration.write(t.station.config)
    await t.station.start()
    await t.registered()
    t.equal(t.csms.session._connection.socket.request.path, "/ocpp/CP-1", "path")


@case("a central system without the sub-protocol is not spoken to")
async def subprotocol_refused(t):
    t.csms.subprotocols = None
    await t.listen()
    await t.station.start()
    await t.csms.until(lambda: t.csms.attempts, 10, "an attempt to connect")
    await asyncio.sleep(2)
    t.equal(len(t.csms.calls), 0, "calls without an agreed sub-protocol")
    t.true(t.csms.session is None or len(t.csms.attempts) < 20, "the station hammers")
    await t.csms.close()
    t.csms.subprotocols = ["ocpp1.6"]
    await t.csms.listen()
    await t.registered(within=15)


@case("back-off: it grows, stays below its maximum, and ends with the outage", limit=90,
      settings={"reconnect": {"minimum_s": 1, "random_s": 0, "maximum_s": 4}})
async def back_off(t):
    times = []

    async def refuse(_, writer):
        times.append(t.log.now())
        writer.transport.abort()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    t.station.csms_url = f"ws://127.0.0.1:{port}/"
    await t.station.start()
    deadline = t.log.now() + 18
    while t.log.now() < deadline and len(times) < 6:
        await asyncio.sleep(0.1)
    server.close()
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    t.true(len(gaps) >= 4, f"attempts at {times}")
    t.true(gaps[0] >= 0.8, f"the first wait was {gaps[0]:.2f} s, the minimum is 1 s")
    t.true(max(gaps) <= 5.5, f"a wait of {max(gaps):.2f} s, the maximum is 4 s")
    t.true(gaps[2] > gaps[0] * 1.5, f"the waits do not grow: {gaps}")
    await server.wait_closed()
    await t.csms.listen(port)
    await t.registered(within=12)


@case("sim/link up reconnects at once, without back-off",
      settings={"reconnect": {"minimum_s": 30, "random_s": 0, "maximum_s": 60}})
async def link_up(t):
    await t.boot()
    await t.link(False)
    t.equal(t.csms.close_codes[-1], 1000, "close code")
    attempts = len(t.csms.attempts)
    await asyncio.sleep(1.5)
    t.equal(len(t.csms.attempts), attempts, "attempts while the link is down")
    t.equal((await t.station.state())["upstreams"][0]["online"], False, "online")
    began = t.log.now()
    await t.link(True)
    t.true(t.log.now() - began < 2, "it took more than two seconds")
    await t.station.until(lambda s: s["upstreams"][0]["online"], what="online")


@case("half-open: a central system that stops reading is left and found again", limit=120,
      keys={"WebSocketPingInterval": "1"})
async def half_open(t):
    await t.boot()
    link = t.csms.session._connection.link
    t.csms.session._connection.socket.transport.pause_reading()
    t.log.remark("the central system stops reading", link)
    await t.csms.until(lambda: t.csms.session and t.csms.session._connection.link > link, 60,
                       "a new connection after unanswered pings")
    await t.normal_session()


@case("WebSocketPingInterval: pings come at the interval", keys={"WebSocketPingInterval": "1"})
async def pings(t):
    await t.boot()
    pings = []
    protocol = t.csms.session._connection.socket.protocol
    receive = protocol.recv_frame

    def count(frame):
        if frame.opcode.name == "PING":
            pings.append(t.log.now())
        receive(frame)

    protocol.recv_frame = count
    await asyncio.sleep(4.5)
    t.true(2 <= len(pings) <= 6, f"{len(pings)} pings in 4.5 s")


@case("profile 1: basic authentication with id and key", "085",
      settings={"security": {"profile": 1, "authorization_key": KEY}})
async def basic(t):
    t.csms.password = KEY.encode()
    await t.boot()
    t.equal((await t.station.state())["upstreams"][0]["securityProfile"], 1, "securityProfile")
    await t.normal_session()


@case("profile 1: a new key is answered on the old connection, and used on the next", "085",
      settings={"security": {"profile": 1, "authorization_key": KEY}})
async def new_key(t):
    t.csms.password = KEY.encode()
    await t.boot()
    link, new = t.csms.session._connection.link, "Another-Key-Of-20-By"
    t.csms.password = new.encode()
    answer = await t.csms.request("ChangeConfiguration", key="AuthorizationKey", value=new)
    t.equal(answer["status"], "Accepted", "ChangeConfiguration")
    await t.csms.until(lambda: t.csms.session and t.csms.session._connection.link > link, 10,
                       "a connection with the new key")
    await t.normal_session()


@case("profile 1: a wrong key gets no connection, and the station keeps trying calmly", "085",
      settings={"security": {"profile": 1, "authorization_key": "Not-The-Right-Key-11"}})
async def wrong_key(t):
    t.csms.password = KEY.encode()
    await t.listen()
    await t.station.start()
    await t.csms.until(lambda: len(t.csms.attempts) >= 2, 10, "two attempts to connect")
    t.equal(len(t.csms.calls), 0, "calls")
    t.true(len(t.csms.attempts) < 8, "the station hammers")
    t.true(await t.station.healthy(), "not healthy without a central system")


@case("profile 0: no credentials are sent", settings={"security": {"profile": 0}})
async def no_credentials(t):
    await t.boot()
    t.true(all(header is None for _, header in t.csms.attempts), "an Authorization header")


@case("a frame that comes in fragments, and one of 60,000 characters")
async def fragments(t):
    await t.boot()
    socket = t.csms.session._connection.socket
    text = '[2,"in-pieces","GetConfiguration",{"key":["HeartbeatInterval"]}]'

    async def pieces():
        for start in range(0, len(text), 9):
            yield text[start:start + 9]
            await asyncio.sleep(0.02)

    answered = t.csms.waiting["in-pieces"] = asyncio.get_running_loop().create_future()
    t.log.add(t.csms.session._connection.link, ">", text, "in pieces")
    await socket.send(pieces())
    t.equal((await asyncio.wait_for(answered, 5))[0], 3, "kind of the answer")
    answer = await t.csms.raw_call("DataTransfer", {"vendorId": "x", "data": "y" * 60_000})
    t.equal(answer[0], {3, 4}, "kind of the answer")
    await t.normal_session()


@case("the central system closes (1001): the station comes back")
async def going_away(t):
    await t.boot()
    link = t.csms.session._connection.link
    await t.csms.session._connection.socket.close(1001, "maintenance")
    await t.csms.until(lambda: t.csms.session and t.csms.session._connection.link > link, 10,
                       "a new connection")
    await t.expect_none(msg("StopTransaction"), during=0.5)
    await t.normal_session()


@case("a network that drops the connection ten times loses nothing")
async def flapping(t):
    await t.boot()
    await t.begin()
    for _ in range(10):
        await t.csms.connected()
        await asyncio.sleep(0.05)
        t.csms.drop()
        await t.csms.disconnected()
    await t.csms.connected()
    t.catch_up()
    await t.end()
    t.equal(len(t.csms.ledger.transactions), 1, "transactions")


MUTE_RESOLVER = "127.0.0.77"


@case("a name server that never answers holds nothing up: the API answers, cars charge", limit=60,
      keys={"AllowOfflineTxForUnknownId": "true"})
async def mute_name_server(t):
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"]).returncode:
        print("NOT TESTED: the daemon cannot be given a resolv.conf of its own here (only root "
              "can, and not within a chroot)", flush=True)
        t.ends_itself = True
        return
    mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mute.bind((MUTE_RESOLVER, 53))
    mute.setblocking(False)
    (t.folder / "resolv.conf").write_text(f"nameserver {MUTE_RESOLVER}\n")
    t.station.csms_url = "ws://central.example.org:9/"
    shell = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
    plain = t.station.arguments
    t.station.arguments = lambda: [
        "unshare", "--mount", "sh", "-c", shell, str(t.folder / "resolv.conf"), *plain()]
    try:
        await t.station.start()
        slowest, asked = 0.0, False
        await t.station.plug(1)
        await t.station.swipe(CARD, [1])
        for _ in range(80):
            before = time.monotonic()
            t.true(await t.station.healthy(), "the API does not answer")
            slowest = max(slowest, time.monotonic() - before)
            asked = asked or bool(select.select([mute], [], [], 0)[0])
            await asyncio.sleep(0.1)
        t.true(asked, "the name server was never asked")
        # The system's resolver would hold its caller for five seconds and more.
        t.true(slowest < 1.5, f"the API took {slowest:.1f} s")
        await t.station.until_evse(lambda e: e["state"] == "Charging", 1, what="Charging")
        await t.station.unplug(1)
        await t.station.until_evse(lambda e: e["state"] == "Available", 1, what="Available")
        await t.station.stop()
    finally:
        mute.close()
