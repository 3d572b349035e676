"""Exit codes, and what `chargepi check` says about wrong configurations."""

import json
import os

from harness.config import connector
from harness.registry import case


def args(t, *more):
    return [t.station.binary, *more]


async def run(t, *more):
    """Runs the program; gives its exit code and what it wrote."""
    t.station.stderr.unlink(missing_ok=True)
    code = await t.station.ended(args(t, *more))
    return code, t.station.errors(10_000)


@case("--version and --help: 0; usage errors: 2")
async def usage(t):
    t.ends_itself = True
    for arguments, wanted in (
            (("--version",), 0), (("--help",), 0), (("help", "run"), 0), (("nonsense",), 2),
            (("run", "--nonsense"), 2), (("run", "--http"), 2), (("check", "--data", "/x"), 2)):
        code, said = await run(t, *arguments)
        t.equal(code, wanted, f"exit code of {arguments}")
        t.true(said.strip(), f"{arguments} says nothing")


@case("check: 0 for a good configuration")
async def check_good(t):
    t.ends_itself = True
    code, said = await run(t, "check", "--config", str(t.station.config))
    t.equal(code, 0, f"exit code ({said})")


# (file, change, word that the complaint must have: the last step of the value's path)
FAULTS = [
    ("settings.json", lambda s: s["charge_point"]["info"].update(max_charging_time="long"),
     "max_charging_time"),
    ("settings.json", lambda s: s["charge_point"]["info"].update(max_charging_time=-5),
     "max_charging_time"),
    ("settings.json", lambda s: s["charge_point"]["security"].update(profile=9), "profile"),
    ("settings.json", lambda s: s["charge_point"]["hardware"].update(backend="toaster"), "backend"),
    ("settings.json", lambda s: s["charge_point"]["hardware"].update(min_power="x"), "min_power"),
    ("settings.json", lambda s: s["charge_point"].update(resume_after_power_loss="yes"),
     "resume_after_power_loss"),
    ("settings.json", lambda s: s["charge_point"]["reconnect"].update(maximum_s=-1), "maximum_s"),
    ("settings.json", lambda s: s["charge_point"]["info"].update(id=7), "id"),
    ("settings.json", lambda s: s["charge_point"]["info"].update(server_uri="http://x/"),
     "server_uri"),
    ("settings.json", lambda s: s.update(charge_point=[]), "charge_point"),
    ("connectors.json", lambda c: c.update(EVSEs=[]), "EVSEs"),
    ("connectors.json", lambda c: c.update(EVSEs="two"), "EVSEs"),
    ("connectors.json", lambda c: c["EVSEs"][0].update(connectors=[]), "connectors"),
    ("connectors.json", lambda c: c["EVSEs"][1].update(id=1), "id"),
    ("connectors.json", lambda c: c["EVSEs"][0]["connectors"][0].update(max_current_a="much"),
     "max_current_a"),
    ("connectors.json", lambda c: c["EVSEs"][0]["connectors"][0].update(phases=5), "phases"),
    ("configuration.json",
     lambda c: c["configuration"]["ConnectionTimeOut"].update(value="soon"), "ConnectionTimeOut"),
    ("configuration.json", lambda c: c.update(configuration=[]), "configuration"),
]


@case("check: every fault is said with the path of its value; run refuses too: 1")
async def check_bad(t):
    t.ends_itself = True
    wrong = []
    for name, change, word in FAULTS:
        t.configuration.write(t.station.config)
        path = t.station.config / name
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))
        code, said = await run(t, "check", "--config", str(t.station.config))
        if code != 1 or word not in said or name not in said:
            wrong.append(f"{name} with a wrong {word}: exit {code}, said {said.strip()!r:.300}")
    t.true(not wrong, "; ".join(wrong))
    code = await t.station.ended()
    t.equal(code, 1, "exit code of run with a wrong configuration")


@case("check: several faults are said in one run")
async def several_faults(t):
    t.ends_itself = True
    settings = t.configuration.settings["charge_point"]
    settings["info"]["max_charging_time"] = "long"
    settings["hardware"]["backend"] = "toaster"
    t.configuration.connectors["EVSEs"][0]["connectors"][0]["phases"] = 7
    t.configuration.write(t.station.config)
    code, said = await run(t, "check", "--config", str(t.station.config))
    t.equal(code, 1, "exit code")
    for word in ("max_charging_time", "backend", "phases"):
        t.true(word in said, f"{word} is not named: {said}")


@case("check: what is not JSON, and files that are missing: 1")
async def broken_files(t):
    t.ends_itself = True
    for name, text in (("settings.json", "{"), ("settings.json", ""), ("connectors.json", "[]"),
                       ("connectors.json", "\x00"), ("settings.json", "[" * 50_000)):
        t.configuration.write(t.station.config)
        (t.station.config / name).write_text(text)
        code, said = await run(t, "check", "--config", str(t.station.config))
        t.equal(code, 1, f"exit code with {name} = {text[:5]!r}")
        t.true(name in said, f"{name} is not named: {said[:300]}")
    code, _ = await run(t, "check", "--config", str(t.folder / "nowhere"))
    t.equal(code, 1, "exit code without a configuration")


@case("unknown keys are warned about, old state is ignored")
async def unknown_keys(t):
    t.ends_itself = True
    t.configuration.settings["charge_point"]["info"]["favourite_colour"] = "blue"
    t.configuration.settings["charge_point"]["info"]["current_client_version"] = "1.0"
    old = connector(1, 5, status="Charging", session={"is_active": True}, consumption=5)
    t.configuration.connectors["EVSEs"][0]["connectors"][0] = old
    t.configuration.write(t.station.config)
    code, said = await run(t, "check", "--config", str(t.station.config))
    t.equal(code, 0, f"exit code ({said})")
    t.true("favourite_colour" in said, f"no warning: {said}")


@case("a second daemon on the same DATA: 3, and the first goes on")
async def second_daemon(t):
    await t.boot()
    # Its log goes where the first one's goes: both are shown when the case fails.
    t.equal(await t.station.ended(), 3, "exit code of the second daemon")
    t.true(await t.station.healthy(), "the first daemon is not healthy")
    await t.normal_session()


async def refuses(t, content: bytes, what, codes=(3,)):
    journal = t.station.data / "journal.db"
    journal.write_bytes(content)
    journal.chmod(0o600)
    t.station.stderr.unlink(missing_ok=True)
    code = await t.station.ended()
    t.equal(code, set(codes), f"exit code with {what}")
    t.true(journal.read_bytes() == content, f"journal.db was changed ({what})")
    t.true(len(t.station.errors().strip()) > 20, "no sentence that helps")


@case("a foreign or corrupt journal: 3, a sentence, and not a byte changed")
async def foreign_journal(t):
    t.ends_itself = True
    await refuses(t, b"This is a diary, dear.\n" * 1000, "a text file")
    await refuses(t, os.urandom(65536), "random bytes")
    await refuses(t, b"SQLite format 3\x00" + bytes(8176), "a SQLite file")
    await refuses(t, b"x", "one byte")
    await refuses(t, bytes(16384), "zeros")


@case("a journal whose pages are damaged: 3 or a start, never a crash or an overwrite")
async def damaged_journal(t):
    await t.boot()
    await t.normal_session()
    await t.station.stop()
    t.ends_itself = True
    good = (t.station.data / "journal.db").read_bytes()
    (t.station.data / "journal.db-lock").unlink(missing_ok=True)
    # Behind the last page in use the file has room for more, which may go without harm.
    used = len(good.rstrip(b"\0"))
    await refuses(t, good[:used // 2], "half a journal")
    await refuses(t, good[:8192] + os.urandom(len(good) - 8192), "random pages")
    await refuses(t, os.urandom(8192) + good[8192:], "random meta pages")


@case("a DATA that cannot be made: 3 or 1, with a sentence")
async def no_data(t):
    t.ends_itself = True
    blocked = t.folder / "file"
    blocked.write_text("a file, not a folder")
    code, said = await run(t, "run", "--config", str(t.station.config), "--data",
                           str(blocked / "data"), "--simulate", "--http", "127.0.0.1:0")
    t.equal(code, {1, 3}, "exit code")
    t.true("data" in said, f"it says {said!r}")
