"""One drawing for each part: the header's pins on the left, the module on the right."""

from .example import HEADER, physical
from .svg import COLOURS, Page

FIRST_ROW, ROW = 92, 32


def draw(example):
    yield "relay", str(relay(example))
    yield "cs5460a", str(cs5460a(example))
    yield "mfrc522", str(mfrc522())
    yield "pn532", str(pn532(example))
    yield "lcd", str(lcd())
    yield "ws281x", str(ws281x(example))
    yield "inputs", str(inputs(example))


def row(index):
    return FIRST_ROW + ROW * index


def power(name, number):
    """A row of the header for a supply: its pin, name and colour."""
    assert HEADER[number - 1] == name
    return number, {"3V3": "3.3 V", "5V": "5 V"}.get(name, name), COLOURS[name]


def line(gpio, kind):
    """A row of the header for a GPIO."""
    return physical(gpio), f"GPIO {gpio}", COLOURS[kind]


def pi(page, rows):
    """The header's pins that a part uses, one below the other."""
    page.box(20, 50, 150, 40 + ROW * len(rows), "Raspberry Pi")
    for index, (number, name, colour) in enumerate(rows):
        y = row(index)
        page.text(135, y + 4, name, anchor="end", size=12)
        page.dot(154, y, colour, 11)
        page.text(154, y + 4, str(number), size=11, anchor="middle", colour="#ffffff", bold=True)


def module(page, x, title, pins, width=170, fill="#fafafa"):
    """A module with its pins, at the same heights as the header's."""
    page.box(x, 50, width, 40 + ROW * len(pins), title, fill)
    for index, name in enumerate(pins):
        if name:
            page.dot(x, row(index), "#616161")
            page.text(x + 12, row(index) + 4, name, size=12)


def wires(page, rows, start, end, skip=()):
    for index, (_, _, colour) in enumerate(rows):
        if index not in skip:
            page.line([(start, row(index)), (end, row(index))], colour)


def relay(example):
    first, second = example.connectors["1.1"]["relay"], example.connectors["2.1"]["relay"]
    rows = [power("5V", 2), power("GND", 6), line(first["relay_pin"], "relay"),
            line(second["relay_pin"], "relay")]
    page = Page(900, 560, "Relay board, and the contactor that it switches")
    pi(page, rows)
    wires(page, rows, 165, 360)
    for index, x in ((2, 230), (3, 300)):
        page.dot(x, row(index), COLOURS["relay"], 3)
        page.line([(x, row(index)), (x, 222)], COLOURS["relay"])
        page.resistor(x, 222, "10 kΩ")
        page.line([(x - 10, 258), (x + 10, 258)])
        page.text(x, 273, "GND", size=11, anchor="middle")
    module(page, 360, "relay board", ["VCC", "GND", "IN1 (relay 1.1)", "IN2 (relay 2.1)"])
    contactor(page)
    page.notes(480, [
        "Relay 1.1: its contact switches the coil of a normally open contactor, never the car's current itself.",
        "The 10 kΩ hold the inputs low, so that the relays are open while nobody drives the pins: at boot, after",
        "a crash, with the cable off. For a board that closes at a low level (default_state 1), pull up instead.",
        "The mirror contact (normally closed) tells a welded contactor: feedback_pin, see inputs.svg."])
    return page


def contactor(page):
    mains, neutral = COLOURS["mains"], "#1565c0"
    page.line([(545, 60), (545, 455)], mains, 1.5, "6 5")
    page.text(553, 68, "mains", colour=mains, bold=True)
    page.text(560, 105, "L", bold=True, colour=mains)
    page.line([(575, 100), (830, 100)], mains)
    page.rectangle(590, 88, 80, 24, fill="#ffffff")
    page.text(630, 105, "RCD, MCB", size=11, anchor="middle")
    # The coil, switched by the relay.
    page.line([(700, 100), (700, 145)], mains)
    page.contact_down(700, 145)
    page.line([(530, row(2)), (560, row(2)), (560, 165), (690, 165)], "#616161", 1.5, "3 3")
    page.text(566, 181, "relay 1.1, NO", size=11)
    page.line([(700, 185), (700, 235)], mains)
    page.rectangle(675, 235, 50, 40)
    page.text(668, 252, "contactor's", size=11, anchor="end")
    page.text(668, 266, "coil A1, A2", size=11, anchor="end")
    page.line([(700, 275), (700, 300)], neutral)
    page.text(700, 317, "N", bold=True, colour=neutral, anchor="middle")
    # The car's current, switched by the contactor.
    page.line([(830, 100), (830, 195)], mains)
    page.contact_down(830, 195)
    page.line([(725, 255), (780, 255), (780, 215), (820, 215)], "#616161", 1.5, "3 3")
    page.text(812, 186, "main contacts", size=11, anchor="end")
    page.line([(830, 235), (830, 275)], mains)
    page.rectangle(805, 275, 50, 30, fill="#ffffff")
    page.text(830, 294, "shunt", size=11, anchor="middle")
    page.line([(830, 305), (830, 385)], mains)
    page.dot(830, 360, mains, 3)
    page.line([(830, 360), (790, 360)], mains)
    page.text(784, 357, "voltage tap of the meter,", size=11, anchor="end")
    page.text(784, 371, "behind the contactor", size=11, anchor="end")
    page.text(830, 402, "L' to the outlet", size=12, anchor="middle")
    page.text(560, 430, "N is switched together with L (two poles, not drawn).", size=12)
    page.text(560, 449, "Only qualified persons may wire this side.", size=12, colour=mains,
              bold=True)


def cs5460a(example):
    meter = example.connectors["1.1"]["power_meter"]
    rows = [power("3V3", 17), power("GND", 20), line(10, "spi"), line(9, "spi"), line(11, "spi"),
            line(meter["power_meter_pin"], "spi")]
    page = Page(860, 510, "CS5460A power meter: one for each connector, each behind an isolator")
    pi(page, rows)
    wires(page, rows, 165, 270)
    page.box(270, 50, 170, 40 + ROW * 6, "digital isolator", "#fff8e1")
    for index, (near, far) in enumerate([("VDD1", "VDD2"), ("GND1", "GND2"), ("in", "out"),
                                         ("out", "in"), ("in", "out"), ("in", "out")]):
        page.dot(270, row(index), "#616161")
        page.dot(440, row(index), "#616161")
        page.text(282, row(index) + 4, near, size=12)
        page.text(428, row(index) + 4, far, size=12, anchor="end")
    mains = COLOURS["mains"]
    page.line([(355, 78), (355, 435)], mains, 2.5, "8 6")
    page.text(530, 330, "right of the dashed line: mains potential", colour=mains, bold=True)
    page.box(270, 358, 170, 66, "isolated DC/DC", "#fff8e1")
    page.text(278, 394, "+in", size=11)
    page.text(278, 414, "-in", size=11)
    page.text(432, 394, "+out", size=11, anchor="end")
    page.text(432, 414, "-out", size=11, anchor="end")
    for name, number, y, x, index in (("5V", 4, 390, 490, 0), ("GND", 9, 410, 515, 1)):
        _, text, colour = power(name, number)
        page.text(135, y + 4, text, size=12, anchor="end")
        page.dot(154, y, colour, 9)
        page.text(154, y + 4, str(number), size=10, anchor="middle", colour="#ffffff", bold=True)
        page.line([(163, y), (270, y)], colour)
        page.line([(440, y), (x, y), (x, row(index))], colour)
        page.dot(x, row(index), colour, 3)
    colours = [COLOURS["5V"], COLOURS["GND"]] + [COLOURS["spi"]] * 4
    for index, colour in enumerate(colours):
        page.line([(440, row(index)), (540, row(index))], colour)
    module(page, 540, "CS5460A module", ["VCC", "GND", "SDI (MOSI)", "SDO (MISO)", "SCLK", "CS"],
           width=130, fill="#ffebee")
    page.line([(670, row(1)), (700, row(1))], mains)
    page.text(706, row(1) + 4, "IIN± at the shunt", size=12)
    page.line([(670, row(3)), (700, row(3))], mains)
    page.text(706, row(3) + 4, "VIN± at the divider", size=12)
    page.notes(466, [
        "Further meters: the same MOSI, MISO and SCLK, an isolator and a CS of its own (GPIO "
        f"{example.connectors['2.1']['power_meter']['power_meter_pin']} for 2.1); MISO joins behind an",
        "isolator whose output is high-impedance while CS is high, or a 74HC125 enabled by CS.",
    ])
    return page


def mfrc522():
    rows = [power("3V3", 17), line(12, "input"), power("GND", 20), line(9, "spi"), line(10, "spi"),
            line(11, "spi"), line(8, "spi")]
    page = Page(760, 420, "MFRC522 card reader at SPI0, chip select 0")
    pi(page, rows)
    wires(page, rows, 165, 480)
    module(page, 480, "RC522 module", ["3.3V", "RST", "GND", "MISO", "MOSI", "SCK", "SDA (= SS)"])
    page.notes(340, [
        "3.3 V only: 5 V destroys the chip. Wires of 20 cm at most; 100 nF and 10 µF at the module.",
        "RST is optional (reset_pin, here 12): with it, a chip that hangs can be reset. IRQ stays open.",
        'settings.json: "rfid_reader": {"is_supported": true, "reader_model": "MFRC522", "reset_pin": 12}'])
    return page


def pn532(example):
    reader = example.hardware["rfid_reader"][0]
    rows = [power("3V3", 1), power("GND", 6), line(2, "i2c"), line(3, "i2c"),
            line(reader["irq_pin"], "i2c"), line(reader["reset_pin"], "i2c")]
    page = Page(760, 390, "PN532 card reader at I2C1, address 0x24")
    pi(page, rows)
    wires(page, rows, 165, 480)
    module(page, 480, "PN532 module", ["VCC", "GND", "SDA", "SCL", "IRQ", "RSTPDN (RSTO on some)"],
           width=200)
    page.notes(310, [
        "Switches or jumpers for I2C: SEL0 (or I0) = 1, SEL1 (or I1) = 0. Take a module with 3.3 V logic.",
        "IRQ (irq_pin) is low while an answer waits: with it the chip is not asked in vain, which spares",
        "the bus its clock stretching. RSTPDN (reset_pin) lets a chip that hangs be reset."])
    return page


def lcd():
    rows = [power("3V3", 1), power("5V", 4), power("GND", 9), line(2, "i2c"), line(3, "i2c")]
    page = Page(760, 375, "HD44780 display behind a PCF8574 at I2C1")
    pi(page, rows)
    wires(page, rows, 165, 290)
    page.box(290, 50, 120, 40 + ROW * 5, "level shifter", "#fff8e1")
    for index, (near, far) in enumerate([("LV", ""), ("HV", "HV"), ("GND", "GND"), ("LV1", "HV1"),
                                         ("LV2", "HV2")]):
        page.dot(290, row(index), "#616161")
        page.text(302, row(index) + 4, near, size=12)
        if far:
            page.dot(410, row(index), "#616161")
            page.text(398, row(index) + 4, far, size=12, anchor="end")
    wires(page, rows, 410, 520, skip=(0,))
    module(page, 520, "display, PCF8574", ["", "VCC", "GND", "SDA", "SCL"])
    page.notes(280, [
        "Address 0x27 with all jumpers open; boards with a PCF8574A have 0x3F (i2c_address).",
        "The backpack pulls SDA and SCL up to its own VCC: with 5 V that is too much for the Pi's pins.",
        "Take a shifter of two channels (two BSS138), or remove the backpack's two pull-up resistors.",
        "The small potentiometer is the contrast: without a text at first, turn it."])
    return page


def ws281x(example):
    lamps = example.hardware["LED_indicator"]
    data = 20  # MOSI of SPI6
    rows = [power("GND", 39), line(data, "strip")]
    page = Page(860, 350, f"WS281x strip at MOSI of SPI{lamps['spi_bus']}, through a level shifter")
    pi(page, rows)
    wires(page, rows, 165, 280)
    module(page, 280, "74AHCT125", ["GND, 1OE", "1A"], width=150, fill="#fff8e1")
    page.dot(430, row(1), "#616161")
    page.text(418, row(1) + 4, "1Y", size=12, anchor="end")
    page.line([(430, row(1)), (470, row(1))], COLOURS["strip"])
    page.resistor_across(470, row(1), "330 Ω", COLOURS["strip"])
    page.line([(500, row(1)), (640, row(1))], COLOURS["strip"])
    module(page, 640, "WS2812B strip", ["GND", "DIN", "5V"])
    page.rectangle(280, 190, 150, 60)
    page.text(355, 215, "5 V supply", anchor="middle", bold=True)
    page.text(355, 235, "60 mA for each LED", size=11, anchor="middle")
    page.line([(430, 205), (600, 205), (600, row(2)), (640, row(2))], COLOURS["5V"])
    page.line([(355, 190), (355, 154)], COLOURS["5V"])
    page.text(362, 178, "VCC", size=11)
    page.line([(430, 235), (560, 235), (560, row(0))], COLOURS["GND"])
    page.dot(560, row(0), COLOURS["GND"], 3)
    page.line([(430, row(0)), (640, row(0))], COLOURS["GND"])
    page.dot(520, 205, COLOURS["5V"], 3)
    page.dot(520, 235, COLOURS["GND"], 3)
    page.line([(520, 205), (520, 216)], COLOURS["5V"])
    page.line([(510, 217), (530, 217)])
    page.line([(510, 223), (530, 223)])
    page.line([(520, 224), (520, 235)])
    page.text(516, 258, "1000 µF, 6.3 V", size=11, anchor="middle")
    page.notes(285, [
        "The Pi's data line has 3.3 V, the strip wants 3.5 V and more: the 74AHCT125 makes 5 V of it.",
        "Few LEDs may take the Pi's own 5 V (budget_ma limits what they draw); more need a supply of their",
        "own with a common ground. With data_pin 12 (libws2811.so) the data line is pin 32 instead."])
    return page


def inputs(example):
    contacts = contact_rows(example)
    rows = [power("GND", 25), power("3V3", 17)] + [line(gpio, "input") for gpio, _, _ in contacts]
    page = Page(860, 90 + ROW * len(rows) + 90, "Inputs: contacts to ground")
    pi(page, rows)
    bottom = row(len(rows) - 1)
    page.line([(165, row(0)), (760, row(0)), (760, bottom)], COLOURS["GND"])
    page.line([(165, row(1)), (500, row(1))], COLOURS["3V3"])
    for index, (_, name, is_closed) in enumerate(contacts):
        y, x = row(index + 2), 215 + 45 * index
        page.line([(165, y), (590, y)], COLOURS["input"])
        page.contact(590, y, is_closed)
        page.line([(630, y), (760, y)])
        page.dot(760, y, COLOURS["GND"], 3)
        page.text(640, y - 5, name, size=11)
        page.line([(x, row(1)), (x, y)], COLOURS["3V3"], 1)
        page.resistor(x, row(1) - 2, "", COLOURS["3V3"])
        page.dot(x, y, COLOURS["input"], 3)
    page.notes(bottom + 55, [
        "Each resistor is 10 kΩ to 3.3 V: an open contact reads high. Contacts that are drawn closed are",
        "normally closed ones, so that a broken wire reads as the alarm; active_low is false for them.",
        "At long wires add 1 kΩ in series and 100 nF to ground at the pin, or an optocoupler."])
    return page


def contact_rows(example):
    """(GPIO, name, drawn closed?) of every input of the example."""
    hardware, part = example.hardware, example.connectors["1.1"]
    return [
        (hardware["emergency_stop"]["pin"], "emergency stop", True),
        (hardware["door_contact"]["pin"], "door contact", True),
        (hardware["residual_current_monitor"]["pin"], "RCM alarm", True),
        (part["relay"]["feedback_pin"], "mirror contact", True),
        (part["plug_sense_pin"], "plug sense", False),
        (part["lock"]["feedback_pin"], "lock feedback", False),
    ]
