"""Security profile 2: TLS with the server's certificate and its host name checked."""

import asyncio

from harness.certificates import Authority
from harness.registry import case

KEY = "Quite-A-Secret-Key-1"
PROFILE_2 = {"security": {"profile": 2, "authorization_key": KEY}}


async def prepare(t, host="localhost", trusted=True, security=None, days=30):
    """The central system's certificate names `host`; `trusted`: by the authority given."""
    authority = await Authority(t.folder / "tls").make()
    signer = authority if trusted else await Authority(t.folder / "tls", "stranger").make()
    t.csms.ssl = await signer.server(host, days=days)
    t.csms.password = KEY.encode()
    await t.listen()
    t.station.csms_url = f"wss://localhost:{t.csms.port}/"
    settings = t.station.configuration.settings["charge_point"]["security"]
    settings["ca_file"] = str(authority.file)
    settings.update(security or {})
    t.station.configuration.write(t.station.config)


async def refused(t):
    await t.station.start()
    await asyncio.sleep(4)
    t.equal(len(t.csms.attempts), 0, "handshakes that got as far as HTTP")
    t.equal(len(t.csms.calls), 0, "calls")
    state = await t.station.state()
    t.equal(state["upstreams"][0]["online"], False, "online")


@case("profile 2: connects, and authenticates inside TLS", "086", settings=PROFILE_2)
async def connects(t):
    await prepare(t)
    await t.station.start()
    await t.registered(within=15)
    t.equal((await t.station.state())["upstreams"][0]["securityProfile"], 2, "securityProfile")
    version = t.csms.session._connection.socket.transport.get_extra_info("ssl_object").version()
    t.equal(version, {"TLSv1.2", "TLSv1.3"}, "TLS version")
    await t.normal_session()


@case("profile 2: a certificate for another host is refused", "086", settings=PROFILE_2)
async def other_host(t):
    await prepare(t, host="elsewhere.example")
    await refused(t)


@case("profile 2: a certificate of an unknown authority is refused", "086", settings=PROFILE_2)
async def stranger(t):
    await prepare(t, trusted=False)
    await refused(t)


@case("profile 2: another host is accepted with verify_hostname false", settings=PROFILE_2)
async def unverified_host(t):
    await prepare(t, host="elsewhere.example", security={"verify_hostname": False})
    await t.station.start()
    await t.registered(within=15)


@case("profile 2: a wss:// server_uri without scheme", settings=PROFILE_2)
async def without_scheme(t):
    await prepare(t)
    info = t.station.configuration.settings["charge_point"]["info"]
    info["server_uri"] = f"localhost:{t.csms.port}"
    t.station.csms_url = None
    t.station.configuration.write(t.station.config)
    await t.station.start()
    await t.registered(within=15)
