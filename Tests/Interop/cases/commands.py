"""`chargepi off`, `hw` and `calibrate`: arguments, sentences, exit codes, and whole dialogues.

The machine of these cases has no buses: with the backend `raspberry-pi` every chip is absent. With
`simulated-chips` the real drivers talk with models of the chips, on a clock that runs faster.
"""

import json
import re
import signal
import time

from harness.registry import case
from harness.terminal import Terminal

from .wiring import FIRST, HARDWARE, both, hardware, wire, write


def simulated(speed=40):
    def change(settings, _):
        settings["charge_point"]["hardware"]["backend"] = "simulated-chips"
        settings["charge_point"]["simulation"] = {"speed": speed}
    return change


def told(t, *arguments):
    """The command line of the program."""
    return [t.station.binary, *[str(a) for a in arguments]]


async def said(t, *arguments):
    """Runs a command without a terminal; gives its exit code and all that it wrote."""
    t.station.stderr.unlink(missing_ok=True)
    code = await t.station.ended(told(t, *arguments), within=30)
    text = t.station.stderr.read_text() if t.station.stderr.exists() else ""
    return code, text


@case("arguments: what is wrong with them is said, with the usage, and the exit code is 2")
async def misuse(t):
    t.ends_itself = True
    wrong = [
        (["hw"], "scan, test or report"), (["hw", "probe"], "scan, test or report"),
        (["hw", "test"], "relay, meter, reader, lcd, led"),
        (["hw", "test", "horn"], "relay, meter, reader, lcd, led"),
        (["hw", "scan", "--yes"], "--yes"), (["hw", "test", "relay", "--dry-run"], "--dry-run"),
        (["off", "--data", "/nowhere"], "--data"), (["off", "--yes"], "--yes"),
        (["off", "--config"], "needs a value"), (["calibrate", "--meter"], "needs a value"),
        (["calibrate", "--yes"], "--yes"), (["hw", "test", "lcd", "1", "2"], "2"),
        (["run", "--dry-run"], "--dry-run"), (["check", "--meter", "1.1"], "--meter"),
    ]
    for arguments, words in wrong:
        code, text = await said(t, *arguments)
        t.equal(code, 2, f"exit code of {arguments} ({text})")
        t.true(words in text.splitlines()[0], f"{words!r} in what {arguments} says: {text}")
        t.true("chargepi calibrate" in text, f"the usage after {arguments}")


@case("help: every command has its own text, and every text names its exit codes")
async def help_texts(t):
    t.ends_itself = True
    for topic, words in (("off", "ExecStopPost"), ("hw", "hw test meter"),
                         ("calibrate", "--dry-run"), ("run", "--simulate")):
        for arguments in (["help", topic], [topic, "--help"]):
            code, text = await said(t, *arguments)
            t.equal(code, 0, f"exit code of {arguments}")
            t.true(words in text and "Exit codes:" in text, f"what {arguments} says: {text}")


@case("off: on a machine without pins every relay is not there: 0, quickly")
async def off_absent(t):
    t.ends_itself = True
    folder = write(t)
    began = time.monotonic()
    code, text = await said(t, "off", "--config", folder)
    # The promise is 0.2 s; a machine that runs other cases at the same time gets some grace.
    t.true(time.monotonic() - began < 1, "it took longer than a second")
    t.equal(code, 0, f"exit code ({text})")
    t.equal(text.splitlines(), [
        "relay 1.1 (GPIO 26): not there: nothing drives it",
        "relay 2.1 (GPIO 13): not there: nothing drives it",
        "lock 1.1 (GPIO 27): not there: nothing drives it"], "what is said")


@case("off: a fault elsewhere is told, and what can be read is opened all the same")
async def off_faults(t):
    t.ends_itself = True
    change = both(hardware(lcd={"columns": 17}, line_voltage_v="much"),
                  wire(2, relay={"default_state": 7}, power_meter=None))
    code, text = await said(t, "off", "--config", write(t, change))
    t.equal(code, 1, f"exit code ({text})")
    t.true("relay 1.1 (GPIO 26): not there" in text, f"the sound relay in {text}")
    t.true("relay 2.1 (GPIO 13)" not in text, f"a level that is not known is not driven: {text}")
    t.true("relay 2.1: not opened" in text, f"and that is said: {text}")
    for path in (f"{HARDWARE}.lcd.columns", f"{HARDWARE}.line_voltage_v",
                 "connectors.json.EVSEs[1].connectors[0].relay.default_state"):
        t.true(path in text, f"{path} in {text}")


@case("off: damaged settings do not hide the relays; damaged connectors are told")
async def off_damaged(t):
    t.ends_itself = True
    folder = write(t)
    (folder / "settings.json").write_text("{")
    code, text = await said(t, "off", "--config", folder)
    t.equal(code, 1, f"exit code ({text})")
    t.true("relay 1.1 (GPIO 26): not there" in text and "settings.json: " in text, text)
    write(t)
    (folder / "connectors.json").write_text("[]")
    code, text = await said(t, "off", "--config", folder)
    t.equal(code, 1, f"exit code ({text})")
    t.true("connectors.json: " in text and "no relay was opened" in text, text)
    code, text = await said(t, "off", "--config", folder / "nowhere")
    t.equal(code, 1, f"exit code without a directory ({text})")
    t.true("no relay was opened" in text, text)


@case("off: a simulated board has nothing to open: 0")
async def off_simulated(t):
    t.ends_itself = True
    for backend in ("simulated", "simulated-chips"):
        code, text = await said(t, "off", "--config", write(t, hardware(backend=backend)))
        t.equal((code, "simulated" in text), (0, True), f"{backend}: {text}")


@case("hw: without chips every part is missed in a sentence, and the exit code is 4")
async def no_hardware(t):
    t.ends_itself = True
    folder = write(t)
    for arguments in (["scan"], ["report"], ["test", "meter", "1.1"], ["test", "reader"],
                      ["test", "lcd"], ["test", "led"], ["test", "RELAY", "1.1", "--yes"]):
        code, text = await said(t, "hw", *arguments, "--config", folder)
        t.equal(code, 4, f"exit code of {arguments} ({text})")
        t.true("no such device" in text, f"the sentence of {arguments}: {text}")
        t.true("BusError" not in text and "os(" not in text, f"no code's words: {text}")


@case("hw: a simulated board, a faulty configuration and an unknown part are refused")
async def refused(t):
    t.ends_itself = True
    for arguments in (["hw", "scan"], ["hw", "report"], ["hw", "test", "meter"], ["calibrate"]):
        folder = write(t, hardware(backend="simulated"))
        code, text = await said(t, *arguments, "--config", folder)
        t.equal((code, "the board is simulated" in text), (1, True), f"{arguments}: {text}")
        folder = write(t, wire(1, relay={"relay_pin": 11}))
        code, text = await said(t, *arguments, "--config", folder)
        t.equal((code, f"{FIRST}.relay.relay_pin: " in text), (1, True), f"{arguments}: {text}")
    folder = write(t, simulated())
    for arguments, words in ((["meter", "3.1"], "1.1, 2.1"), (["relay"], "which relay"),
                             (["reader", "2"], "there are 1"), (["reader", "x"], "there are 1")):
        code, text = await said(t, "hw", "test", *arguments, "--yes", "--config", folder)
        if arguments[0] != "relay":
            code, text = await said(t, "hw", "test", *arguments, "--config", folder)
        t.equal((code, words in text), (2, True), f"{arguments}: {text}")
    folder = write(t, both(simulated(), hardware(lcd=None, LED_indicator=None, rfid_reader=[])))
    for part in ("lcd", "led", "reader"):
        code, text = await said(t, "hw", "test", part, "--config", folder)
        t.equal((code, "configuration" in text), (1, True), f"{part}: {text}")


@case("hw: without a terminal nothing is asked, and no contactor closes")
async def no_terminal(t):
    t.ends_itself = True
    folder = write(t, simulated())
    code, text = await said(t, "hw", "test", "relay", "1.1", "--config", folder)
    t.equal((code, "terminal" in text, "closed" in text), (2, True, False), text)
    code, text = await said(t, "calibrate", "--meter", "1.1", "--config", folder)
    t.equal((code, "terminal" in text), (2, True), text)


@case("hw scan: every configured chip answers, and what is not probed is said")
async def scan(t):
    t.ends_itself = True
    code, text = await said(t, "hw", "scan", "--config", write(t, simulated(speed=1)))
    t.equal(code, 0, f"exit code ({text})")
    for words in ("0x24 (configured): answers", "0x27 (configured): answers", "0x3F: nobody",
                  "meter 1.1 (CS5460A at /dev/spidev0.1, chip select at GPIO 25): status 0x0003C1",
                  "works, chip 0x32, firmware 1.6", "display (PCF8574", "strip: ", "not tried"):
        t.true(words in text, f"{words!r} in {text}")


@case("hw test: each part of modelled hardware works, and says what must be seen")
async def parts(t):
    t.ends_itself = True
    folder = write(t, simulated())
    wanted = {
        ("meter", "1.1"): ["E/(V*I)", "mean of", "crystal"], ("reader",): ["works", "no card"],
        ("lcd",): ["every dot", "čšžČŠŽ"], ("led",): ["red", "green at connector 2.1 alone"],
        ("relay", "1.1", "--yes"): ["is closed", "is open again", "auxiliary contact closed",
                                    "after: 0.0 V, 0.00 A"],
    }
    for arguments, words in wanted.items():
        code, text = await said(t, "hw", "test", *arguments, "--config", folder)
        t.equal(code, 0, f"exit code of {arguments} ({text})")
        t.true(all(word in text for word in words), f"{words} in {text}")
    closed = re.search(r"while closed: ([\d.]+) V, ([\d.]+) A", text)
    t.true(closed and float(closed[1]) > 150 and float(closed[2]) > 10, f"the load in {text}")


@case("hw test relay: only a typed yes closes, at a terminal")
async def relay_dialogue(t):
    t.ends_itself = True
    folder = write(t, simulated())
    for typed, closes in (("yes", True), ("no", False), ("", False), ("yes, please", False)):
        terminal = Terminal(*told(t, "hw", "test", "relay", "2.1", "--config", folder))
        try:
            await terminal.answer("Type yes to go on:", typed)
            t.equal(await terminal.ended(), 0, f"exit code after {typed!r}")
            t.equal("is closed" in terminal.text, closes, f"{typed!r}: {terminal.text}")
        finally:
            terminal.close()


@case("hw report: what a bug report needs, and no card's number")
async def report(t):
    t.ends_itself = True
    code, text = await said(t, "hw", "report", "--config", write(t, simulated()))
    t.equal(code, 0, f"exit code ({text})")
    for words in ("chargepi ", "kernel: Linux", "model: ", "system: ", "user: ", "meter 2.1: ",
                  "bus errors 0", "looks ", "100 reads, no error", "takes what is written",
                  "its frames were taken", "not calibrated"):
        t.true(words in text, f"{words!r} in {text}")


# A calibration's dialogue: the modelled load is half of what the connector may have, 16 A.
LOAD = {"volts": "232.3", "amperes": "15,84", "watts": "3679.6"}


async def dialogue(t, folder, *options, load=None, closing="yes"):
    """Answers what `calibrate` asks, up to the reference meter's values."""
    terminal = Terminal(*told(t, "calibrate", "--meter", "1.1", "--config", folder, *options))
    await terminal.answer("Type yes to go on:", "yes")
    await terminal.answer("has current already:", closing)
    for name, value in (load or LOAD).items():
        await terminal.answer(f"{name}:", value, within=40)
    return terminal


@case("calibrate: a dialogue makes a file that the station reads, and keeps what others have")
async def calibration(t):
    t.ends_itself = True
    folder = write(t, simulated())
    terminal = await dialogue(t, folder, "--dry-run")
    t.equal(await terminal.ended(), 0, f"exit code of a dry run ({terminal.text})")
    t.true(not (folder / "calibration.json").exists(), "a dry run writes nothing")
    t.true('"voltage_trim_ppm":' in terminal.text, f"but shows it: {terminal.text}")
    terminal = await dialogue(t, folder)
    t.equal(await terminal.ended(), 0, f"exit code ({terminal.text})")
    ratio = re.search(r"self-test E/\(V\*I\): ([\d.]+)", terminal.text)
    t.true(ratio and abs(float(ratio[1]) - 1) < 0.01, f"the ratio in {terminal.text}")
    path = folder / "calibration.json"
    content = json.loads(path.read_text())
    entry = content["meters"]["1.1"]
    t.true(abs(entry["voltage_trim_ppm"] - 10_000) < 1_000, f"the voltage: {entry}")
    t.true(abs(entry["current_trim_ppm"] + 10_000) < 1_000, f"the current: {entry}")
    t.equal(entry["reference"],
            {"millivolts": 232_300, "milliamperes": 15_840, "milliwatts": 3_679_600}, "reference")
    t.equal(path.stat().st_mode & 0o777, 0o644, "the station may read it")
    t.true(not list(folder.glob("*.new")), "no temporary file is left")
    code, text = await said(t, "check", "--config", folder)
    t.equal((code, text), (0, f"{folder}: no faults\n"), "check")
    # The other meter's entry stays as it was, byte by byte.
    content["meters"] = {"2.1": {**entry, "full_scale_ua": 25_000_000}, **content["meters"]}
    path.write_text(json.dumps(content))
    terminal = await dialogue(t, folder)
    t.equal(await terminal.ended(), 0, f"exit code ({terminal.text})")
    again = json.loads(path.read_text())["meters"]
    t.equal(list(again), ["2.1", "1.1"], "the meters")
    t.equal(again["2.1"], content["meters"]["2.1"], "the other meter's entry")
    # The calibrated meter shows what the reference showed.
    code, text = await said(t, "hw", "test", "relay", "1.1", "--yes", "--config", folder)
    closed = re.search(r"while closed: ([\d.]+) V, ([\d.]+) A", text)
    t.true(closed and float(closed[1]) > 150, f"the calibrated meter: {text}")


@case("calibrate: wrong answers, a wrong load and signals leave the contactor open and no file")
async def calibration_refused(t):
    t.ends_itself = True
    folder = write(t, simulated())
    for answers in (["no"], ["yes", "no"]):
        terminal = Terminal(*told(t, "calibrate", "--meter", "1.1", "--config", folder))
        for question, answer in zip(("Type yes to go on:", "has current already:"), answers):
            await terminal.answer(question, answer, within=40)
        t.equal(await terminal.ended(), 2, f"exit code after {answers} ({terminal.text})")
        t.true("is closed" not in terminal.text, terminal.text)
    wrong = [({**LOAD, "watts": "2000"}, "resistive"),
             ({"volts": "120", "amperes": "16", "watts": "1920"}, "voltage"),
             ({"volts": "230", "amperes": "1", "watts": "230"}, "current"),
             ({"volts": "230", "amperes": "26", "watts": "5980"}, "correction")]
    terminal = await dialogue(t, folder, load=wrong[0][0])
    await terminal.expect(wrong[0][1])
    for load, words in wrong[1:]:
        await terminal.answer("Type yes to go on:", "yes")
        for name, value in load.items():
            await terminal.answer(f"{name}:", value, within=40)
        await terminal.expect(words)
    await terminal.answer("Type yes to go on:", "no")
    t.equal(await terminal.ended(), 4, f"exit code after wrong loads ({terminal.text})")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        terminal = Terminal(*told(t, "calibrate", "--meter", "1.1", "--config", folder))
        await terminal.answer("Type yes to go on:", "yes")
        await terminal.answer("has current already:", "yes", within=40)
        await terminal.expect("10 of 60", within=40)
        terminal.signal(number)
        t.equal(await terminal.ended(), 128 + number, f"exit code after {number}")
        t.true("is open again" in terminal.text, f"said after {number}: {terminal.text}")
    t.true(not (folder / "calibration.json").exists(), "nothing was written")


CALIBRATION = {"date": "2026-11-23T10:00:00Z", "program": "0.1.0", "full_scale_uv": 511_613_750,
               "full_scale_ua": 125_000_000, "current_gain": 10, "cycle_count": 4000,
               "voltage_trim_ppm": 1200, "current_trim_ppm": -800, "power_trim_ppm": 15,
               "energy_offset": -3, "self_test_ppm": 1_000_120}

# (what is wrong, change of the entry 1.1, its path, words)
WRONG_CALIBRATIONS = [
    ("a trim that is missing", {"voltage_trim_ppm": None}, ".voltage_trim_ppm", "nothing"),
    ("a trim that is no whole number", {"current_trim_ppm": 0.5}, ".current_trim_ppm", "0.5"),
    ("a trim that cannot be", {"voltage_trim_ppm": 300_000}, "", "300000"),
    ("another shunt", {"full_scale_ua": 25_000_000}, ".full_scale_ua", "125000000"),
    ("another divider", {"full_scale_uv": 400_000_000}, ".full_scale_uv", "calibrate again"),
    ("an offset that cannot be", {"energy_offset": 100_000}, "", "65536"),
]


@case("calibration.json: what is wrong is said with its path; unknown meters are warned of")
async def calibration_file(t):
    t.ends_itself = True
    folder = write(t)
    path = folder / "calibration.json"

    async def checked(content):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return await said(t, "check", "--config", folder)

    code, text = await checked({"version": 1, "meters": {"1.1": CALIBRATION}})
    t.equal((code, text), (0, f"{folder}: no faults\n"), "a sound file")
    for what, change, where, words in WRONG_CALIBRATIONS:
        entry = {k: v for k, v in {**CALIBRATION, **change}.items() if v is not None}
        code, text = await checked({"version": 1, "meters": {"1.1": entry}})
        sentence = f"calibration.json.meters.1.1{where}: expected"
        t.true(code == 1 and sentence in text and words in text, f"{what}: exit {code}, {text}")
    for content, words in (("{", "calibration.json: "), ([], "expected an object"),
                           ({"version": 2, "meters": {}}, ".version"), ({}, ".meters"),
                           ({"version": 1, "meters": {"1.1": 5}}, "meters.1.1")):
        code, text = await checked(content)
        t.true(code == 1 and words in text, f"{content}: exit {code}, {text}")
    code, text = await checked({"version": 1, "meters": {"7.1": CALIBRATION}})
    t.true(code == 0 and "meters.7.1" in text and "ignored" in text, f"exit {code}, {text}")
    write(t, hardware(backend="simulated"))
    code, text = await checked({"version": 1, "meters": {"1.1": {}}})
    t.equal(code, 0, f"a simulated board has no meters to calibrate ({text})")
