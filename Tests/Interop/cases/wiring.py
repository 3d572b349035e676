"""What `chargepi check` says about wrong wiring: every sentence names the keys."""

import asyncio
import copy
import json
import sys
from pathlib import Path

from harness.config import merge
from harness.registry import case

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "Examples"

HARDWARE = "settings.json.charge_point.hardware"
FIRST = "connectors.json.EVSEs[0].connectors[0]"
SECOND = "connectors.json.EVSEs[1].connectors[0]"


def example(name):
    return json.loads((EXAMPLES / "raspberry-pi" / name).read_text())


def hardware(**changes):
    """A change of `hardware`; a value of None takes a key away."""
    def change(settings, _):
        part = settings["charge_point"]
        part["hardware"] = merge(part["hardware"], changes)
    return change


def reader(**changes):
    def change(settings, _):
        readers = settings["charge_point"]["hardware"]["rfid_reader"]
        readers[0] = merge(readers[0], changes)
    return change


def second_reader(**entry):
    def change(settings, _):
        settings["charge_point"]["hardware"]["rfid_reader"].append({"is_supported": True, **entry})
    return change


def wire(evse, **changes):
    """A change of the only connector of an EVSE, from 1."""
    def change(_, connectors):
        part = connectors["EVSEs"][evse - 1]["connectors"]
        part[0] = merge(part[0], changes)
    return change


def both(*changes):
    def change(settings, connectors):
        for part in changes:
            part(settings, connectors)
    return change


MFRC522 = {"reader_model": "MFRC522", "irq_pin": None, "i2c_bus": None, "i2c_address": None}

# (what is wrong, change of the example, what its sentence must have, its path first)
FAULTS = [
    ("two relays at one pin", wire(2, relay={"relay_pin": 26}),
     f"{SECOND}.relay.relay_pin: ", "26", f"{FIRST}.relay.relay_pin"),
    ("a relay at a meter's select", wire(1, relay={"relay_pin": 24}),
     f"{SECOND}.power_meter.power_meter_pin: ", "24", f"{FIRST}.relay.relay_pin"),
    ("an input at an output", hardware(emergency_stop={"pin": 13}),
     f"{SECOND}.relay.relay_pin: ", "13", f"{HARDWARE}.emergency_stop.pin"),
    ("a reset at an input", reader(reset_pin=5),
     f"{HARDWARE}.rfid_reader[0].reset_pin: ", "5", f"{HARDWARE}.door_contact.pin"),
    ("a lock at its own feedback", wire(1, lock={"feedback_pin": 27}),
     f"{FIRST}.lock.feedback_pin: ", "27", f"{FIRST}.lock.pin"),
    ("a relay at the SPI's clock", wire(1, relay={"relay_pin": 11}),
     f"{FIRST}.relay.relay_pin: ", "SCLK of SPI0", f"{FIRST}.power_meter.spi_bus"),
    ("a plug sensor at the I2C", wire(1, plug_sense_pin=2),
     f"{FIRST}.plug_sense_pin: ", "SDA of I2C1", f"{HARDWARE}.lcd.i2c_bus"),
    ("a pin that the kernel selects with", wire(1, power_meter={"power_meter_pin": 8}),
     f"{FIRST}.power_meter.power_meter_pin: ", "chip select 0 of SPI0",
     f"{FIRST}.power_meter.spi_bus"),
    ("the kernel's second select", wire(2, relay={"relay_pin": 7}),
     f"{SECOND}.relay.relay_pin: ", "chip select 1 of SPI0",
     f"{FIRST}.power_meter.spi_chip_select"),
    ("the original's reset pin at the strip's bus", reader(reset_pin=19),
     f"{HARDWARE}.rfid_reader[0].reset_pin: ", "MISO of SPI6", f"{HARDWARE}.LED_indicator.spi_bus"),
    ("a pin that the header has not", wire(1, relay={"relay_pin": 33}),
     f"{FIRST}.relay.relay_pin: ", "0 to 27", "33"),
    ("a strip among other chips", hardware(LED_indicator={"spi_bus": 0}),
     f"{HARDWARE}.LED_indicator.spi_bus: ", "data_pin", f"{FIRST}.power_meter.spi_bus"),
    ("a strip on the lines of another bus", hardware(LED_indicator={"spi_bus": 3}),
     f"{HARDWARE}.lcd.i2c_bus: ", "SDA of I2C1", "MOSI of SPI3", f"{HARDWARE}.LED_indicator.spi_bus"),
    ("a strip without a way", hardware(LED_indicator={"spi_bus": None}),
     f"{HARDWARE}.LED_indicator.spi_bus: ", "data_pin 12"),
    ("a library's pin that is taken",
     both(hardware(LED_indicator={"data_pin": 18}), wire(2, relay={"relay_pin": 18})),
     f"{HARDWARE}.LED_indicator.data_pin: ", "18", f"{SECOND}.relay.relay_pin"),
    ("a pin that the library cannot feed", hardware(LED_indicator={"data_pin": 14}),
     f"{HARDWARE}.LED_indicator.data_pin: ", "12 or 18"),
    ("a strip that is too long", hardware(LED_indicator={"leds_per_connector": 223}),
     f"{HARDWARE}.LED_indicator.leds_per_connector: ", "445", "446"),
    ("a bus that the header has not", wire(2, power_meter={"spi_bus": 2}),
     f"{SECOND}.power_meter.spi_bus: ", "2"),
    ("a chip select that the bus has not", wire(2, power_meter={"spi_chip_select": 2}),
     f"{SECOND}.power_meter.spi_chip_select: ", "0 to 1"),
    ("two chips at one I2C address", reader(i2c_address="0x27"),
     f"{HARDWARE}.rfid_reader[0].i2c_address: ", "0x27", f"{HARDWARE}.lcd.i2c_address"),
    ("two readers at one chip select",
     both(reader(**MFRC522), second_reader(reader_model="MFRC522")),
     f"{HARDWARE}.rfid_reader[1].spi_chip_select: ", "/dev/spidev0.0",
     f"{HARDWARE}.rfid_reader[0].spi_chip_select"),
    ("two meters at the kernel's select",
     both(wire(1, power_meter={"power_meter_pin": None}),
          wire(2, power_meter={"power_meter_pin": None})),
     f"{SECOND}.power_meter.spi_chip_select: ", "/dev/spidev0.1",
     f"{FIRST}.power_meter.spi_chip_select"),
    ("a reader at the node of the meters' pins", reader(**MFRC522, spi_chip_select=1),
     f"{FIRST}.power_meter.spi_chip_select: ", "/dev/spidev0.1",
     f"{HARDWARE}.rfid_reader[0].spi_chip_select"),
    ("no relay", wire(2, relay=None), f"{SECOND}.relay.relay_pin: ", "nothing"),
    ("no open level", wire(2, relay={"default_state": None}),
     f"{SECOND}.relay.default_state: ", "0, or 1", "nothing"),
    ("no meter", wire(2, power_meter=None), f"{SECOND}.power_meter: ", "CS5460A", "nothing"),
    ("no shunt", wire(2, power_meter={"shunt_offset": None}),
     f"{SECOND}.power_meter.shunt_offset: ", "ohms", "nothing"),
    ("the original's default divider", wire(2, power_meter={"voltage_divider_offset": 52}),
     f"{SECOND}.power_meter.voltage_divider_offset: ", "230 V", "1562", "found 52",
     "13 V peak", f"{HARDWARE}.line_voltage_v"),
    ("the original's divider", wire(2, power_meter={"voltage_divider_offset": 1333}),
     f"{SECOND}.power_meter.voltage_divider_offset: ", "1562", "333.2 V peak, 235.6 V RMS"),
    ("a divider in ohms", wire(2, power_meter={"voltage_divider_offset": 450220}),
     f"{SECOND}.power_meter.voltage_divider_offset: ", "8000", "found 450220"),
    ("a shunt that is too large", wire(1, power_meter={"shunt_offset": 0.01}),
     f"{FIRST}.power_meter.shunt_offset: ", "32 A", "0.005022", "found 0.01", "25 A peak",
     f"{FIRST}.max_current_a"),
    ("a shunt below nothing", wire(1, power_meter={"shunt_offset": -0.002}),
     f"{FIRST}.power_meter.shunt_offset: ", "found -0.002"),
    ("a gain that is too high", wire(2, power_meter={"high_gain": True}),
     f"{SECOND}.power_meter.shunt_offset: ", "5 A peak", f"{SECOND}.max_current_a"),
    ("three phases and one meter", wire(1, phases=3), f"{FIRST}.phases: ", "one phase", "3"),
    ("a lock without wires", wire(1, lock=True), f"{FIRST}.lock: ", "pin", "true"),
    ("a lock without a pin", wire(1, lock={"pin": None}), f"{FIRST}.lock.pin: ", "nothing"),
    ("an input without a pin", hardware(emergency_stop={"pin": None}),
     f"{HARDWARE}.emergency_stop.pin: ", "nothing"),
    ("an unknown reader", reader(reader_model="RC632"),
     f"{HARDWARE}.rfid_reader[0].reader_model: ", "MFRC522", "PN532", "RC632"),
    ("an address that is none", hardware(lcd={"i2c_address": "39h"}),
     f"{HARDWARE}.lcd.i2c_address: ", "0x08 to 0x77", "39h"),
    ("a display without an expander", hardware(lcd={"i2c_address": ""}),
     f"{HARDWARE}.lcd.i2c_address: ", "PCF8574"),
    ("a reserved address", reader(i2c_address=7),
     f"{HARDWARE}.rfid_reader[0].i2c_address: ", "0x08 to 0x77", "7"),
    ("an address that is no whole number", reader(i2c_address=36.5),
     f"{HARDWARE}.rfid_reader[0].i2c_address: ", "0x08 to 0x77", "36.5"),
    ("an unknown language", hardware(lcd={"language": "fr"}), f"{HARDWARE}.lcd.language: ", "fr"),
    ("a size that is none", hardware(lcd={"columns": 17}),
     f"{HARDWARE}.lcd.columns: ", "16 or 20", "17"),
    ("sixteen columns and four rows", hardware(lcd={"columns": 16}),
     f"{HARDWARE}.lcd.rows: ", "expected 2", "16 columns", "found 4"),
    ("twenty columns and two rows", hardware(lcd={"rows": None}),
     f"{HARDWARE}.lcd.rows: ", "expected 4", "20 columns", "found nothing"),
    ("an unknown strip", hardware(LED_indicator={"type": "APA102"}),
     f"{HARDWARE}.LED_indicator.type: ", "WS281x", "APA102"),
    ("a reader for nobody", reader(evses=[3]), f"{HARDWARE}.rfid_reader[0].evses: ", "3"),
    ("a sensor without a path", hardware(temperature=[{"kind": "w1_slave"}]),
     f"{HARDWARE}.temperature[0].path: ", "absolute path"),
]

WARNINGS = [
    ("an active-high relay that is pulled up",
     both(hardware(door_contact=None), wire(2, relay={"relay_pin": 5})),
     f"{SECOND}.relay.relay_pin: ", "GPIO 5", "gpio=5=op,dl"),
    ("an active-low relay that is pulled down", wire(2, relay={"default_state": 1}),
     f"{SECOND}.relay.relay_pin: ", "GPIO 13", "gpio=13=op,dh"),
    ("the HAT's pins", wire(1, plug_sense_pin=0), f"{FIRST}.plug_sense_pin: ", "HAT"),
    ("the console's pins", wire(1, plug_sense_pin=14), f"{FIRST}.plug_sense_pin: ", "console"),
    ("the 1-wire pin",
     hardware(temperature=[{"kind": "w1_slave", "path": "/sys/bus/w1/devices/28-0/w1_slave"}]),
     f"{HARDWARE}.rfid_reader[0].irq_pin: ", "w1-gpio"),
    ("a shunt with little room", wire(1, power_meter={"shunt_offset": 0.0048}),
     f"{FIRST}.power_meter.shunt_offset: ", "32 A"),
    ("the auxiliary SPI", hardware(LED_indicator={"spi_bus": 1, "spi_chip_select": 0}),
     f"{HARDWARE}.LED_indicator.spi_bus: ", "DMA"),
    ("an unknown key", wire(1, relay={"colour": "red"}), f"{FIRST}.relay.colour: ", "unknown"),
]


async def checked(t, folder, *more):
    """Runs `chargepi check`; gives its exit code and the lines that it wrote."""
    t.station.stderr.unlink(missing_ok=True)
    code = await t.station.ended([t.station.binary, "check", "--config", str(folder), *more])
    return code, [line.strip() for line in t.station.errors(10_000).splitlines() if line.strip()]


def write(t, change=None):
    settings, connectors = example("settings.json"), example("connectors.json")
    if change:
        change(settings, connectors)
    t.station.config.mkdir(parents=True, exist_ok=True)
    for name, content in (("settings.json", settings), ("connectors.json", connectors)):
        (t.station.config / name).write_text(json.dumps(content))
    return t.station.config


def paths(said):
    """The paths of all faults that are said, in order of their names."""
    return sorted(line.split(": ")[0] for line in said if ": expected " in line)


@case("check: the example for a Raspberry Pi is sound: 0, and not a word")
async def sound_example(t):
    t.ends_itself = True
    for name in ("raspberry-pi", "station"):
        code, said = await checked(t, EXAMPLES / name)
        t.equal(code, 0, f"exit code for {name} ({said})")
        t.equal(said, [f"{EXAMPLES / name}: no faults"], f"what is said of {name}")


@case("the drawings in docs/hardware show the example's pins")
async def drawings(t):
    t.ends_itself = True
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "Tools/draw-wiring.py"), "--check",
        stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    t.equal((process.returncode, said), (0, b""), "exit code, and what is said")


@case("check: every wrong wire is said, and nothing else, with the keys of both ends")
async def wrong_wires(t):
    t.ends_itself = True
    wrong = []
    for what, change, path, *words in FAULTS:
        code, said = await checked(t, write(t, change))
        sentence = next((line for line in said if line.startswith(path)), "")
        missing = [word for word in words if word not in sentence]
        key = path.removesuffix(": ").rsplit(".", 1)[-1]
        others = [other for other in paths(said) if not other.endswith(key)]
        if code != 1 or not sentence or missing or others:
            wrong.append(f"{what}: exit {code}, {path} without {missing}, said {said}")
    t.true(not wrong, "\n".join(wrong))


@case("check: what may surprise is warned of, and is no fault")
async def warnings(t):
    t.ends_itself = True
    wrong = []
    for what, change, *words in WARNINGS:
        code, said = await checked(t, write(t, change))
        if code != 0 or not any(all(w in line for w in words) for line in said):
            wrong.append(f"{what}: exit {code}, said {said}")
    t.true(not wrong, "\n".join(wrong))


@case("check: all wrong wires are said at once, and a wrong value hides only its own")
async def all_at_once(t):
    t.ends_itself = True
    change = both(wire(1, relay={"relay_pin": 11}, power_meter={"voltage_divider_offset": 52}),
                  wire(2, relay={"relay_pin": "thirteen"}, plug_sense_pin=3))
    code, said = await checked(t, write(t, change))
    t.equal(code, 1, "exit code")
    t.equal(paths(said), sorted([
        f"{FIRST}.relay.relay_pin", f"{FIRST}.power_meter.voltage_divider_offset",
        f"{SECOND}.relay.relay_pin", f"{SECOND}.plug_sense_pin"]), "paths")


@case("check: models of the chips are wired like chips, a simulated board is not")
async def backends(t):
    t.ends_itself = True
    wrong = wire(2, relay={"relay_pin": 26}, power_meter={"voltage_divider_offset": 52}, lock=True)
    for backend, wanted in (("simulated-chips", 1), ("simulated", 0)):
        code, said = await checked(t, write(t, both(wrong, hardware(backend=backend))))
        t.equal(code, wanted, f"exit code with {backend} ({said})")


@case("check: a GPIO chip that is named has no header: its lines may be anything, but one user's")
async def other_chip(t):
    t.ends_itself = True
    elsewhere = both(hardware(gpio_chip="cp2112_gpio"), wire(1, relay={"relay_pin": 2}))
    code, said = await checked(t, write(t, elsewhere))
    t.equal((code, said), (0, [f"{t.station.config}: no faults"]), "exit code, and what is said")
    shared = both(elsewhere, wire(2, relay={"relay_pin": 2}))
    code, said = await checked(t, write(t, shared))
    t.equal((code, paths(said)), (1, [f"{SECOND}.relay.relay_pin"]), f"what is said ({said})")


# (gpio_chip, what its sentence must have): what no machine has.
CHIPS = [
    ("pinctrl-nobody", "none of the name pinctrl-nobody", "gpiodetect"),
    ("/dev/gpiochip77", "/dev/gpiochip77: No such file or directory"),
    ("/dev/null", "/dev/null: no GPIO chip"),
]


@case("run: a GPIO chip that is not there is refused by its name, whatever the path leads to")
async def absent_chip(t):
    t.ends_itself = True
    for name, *words in CHIPS:
        t.station.stderr.unlink(missing_ok=True)
        folder = write(t, hardware(gpio_chip=name))
        code = await t.station.ended([
            t.station.binary, "run", "--config", str(folder), "--data", str(t.station.data),
            "--http", "127.0.0.1:0"])
        said = t.station.errors(10_000)
        t.equal(code, 1, f"exit code for {name} ({said})")
        sentence = next((line for line in said.splitlines()
                         if line.startswith(f"{HARDWARE}.gpio_chip: expected ")), said)
        t.true(all(word in sentence for word in words), f"{name}: {sentence}")


# The files that the original came with (its settings.json and documented connectors.json).
ORIGINAL_SETTINGS = {"charge_point": {
    "info": {"vendor": "UL FE", "model": "ChargePi", "id": "ChargePi", "protocol_version": "1.6",
             "current_client_version": "1.0", "server_uri": "127.0.0.1:8180/steve/",
             "log_server": "", "max_charging_time": 5},
    "hardware": {"lcd": {"is_supported": True, "i2c_address": "0x27"},
                 "rfid_reader": {"is_supported": True, "reader_model": "PN532", "reset_pin": 19},
                 "LED_indicator": {"indicate_card_read": True, "type": "WS281x", "invert": False},
                 "min_power": 20}}}


def original_connector(number, pin, select):
    return {"id": number, "type": "Schuko", "status": "Available",
            "session": {"is_active": False, "transaction_id": "", "consumption": []},
            "relay": {"relay_pin": pin, "default_state": 1},
            "power_meter": {"power_meter_pin": select, "spi_bus": 0, "power_units": "kWh",
                            "consumption": 0, "shunt_offset": 0.01,
                            "voltage_divider_offset": 1333}}


@case("the original's files: refused on a Pi until the strip's pin and the scales are right")
async def original_files(t):
    t.ends_itself = True
    connectors = {"EVSEs": [{"id": 1, "connectors": [original_connector(1, 26, 24),
                                                     original_connector(2, 13, 25)]}]}

    def replaced(wires_too, **more):
        def change(settings, wires):
            settings["charge_point"] = merge(ORIGINAL_SETTINGS["charge_point"], {"hardware": more})
            wires["EVSEs"] = copy.deepcopy(connectors["EVSEs"])
            for part in wires["EVSEs"][0]["connectors"] if wires_too else []:
                part["max_current_a"] = 16
                part["power_meter"]["voltage_divider_offset"] = 2046.455
        return change

    code, said = await checked(t, write(t, replaced(False)))
    t.equal((code, paths(said)), (1, sorted(
        [f"{HARDWARE}.LED_indicator.spi_bus"]
        + [f"connectors.json.EVSEs[0].connectors[{n}].power_meter.{key}" for n in (0, 1)
           for key in ("shunt_offset", "voltage_divider_offset")])), "what is refused")
    code, said = await checked(t, write(t, replaced(True, LED_indicator={"data_pin": 12})))
    t.equal((code, paths(said)), (0, []), f"put right ({said})")
    code, said = await checked(t, write(t, replaced(False, backend="simulated")))
    t.equal((code, paths(said)), (0, []), f"simulated ({said})")
