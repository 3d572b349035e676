"""The overview: the 40-pin header with everything that the example has on it."""

from .example import HEADER
from .svg import COLOURS, Page

KINDS = [
    ("5V", "5 V"), ("3V3", "3.3 V"), ("GND", "ground"), ("spi", "SPI0: meters"),
    ("strip", "SPI6: LED strip"), ("i2c", "I2C1: reader, display"), ("relay", "outputs"),
    ("input", "inputs"), ("free", "free"),
]


def draw(example):
    page = Page(860, 700, "Raspberry Pi 4B: the 40-pin header of Examples/raspberry-pi")
    labels = example.labels()
    page.rectangle(385, 50, 90, 572, fill="#eeeeee")
    for index, what in enumerate(HEADER):
        number, row = index + 1, index // 2
        y = 68 + 28 * row
        is_left = index % 2 == 0
        if isinstance(what, int):
            text, kind = labels.get(what, ("free", "free"))
            name = f"GPIO {what}"
        else:
            text, kind, name = "", what, {"3V3": "3.3 V", "5V": "5 V"}.get(what, what)
        pin(page, number, y, is_left, name, text, COLOURS[kind])
    for index, (kind, text) in enumerate(KINDS):
        x, y = 20 + 165 * (index % 5), 648 + 24 * (index // 5)
        page.dot(x + 6, y - 4, COLOURS[kind], 6)
        page.text(x + 18, y, text, size=12)
    return str(page)


def pin(page, number, y, is_left, name, text, colour):
    x = 410 if is_left else 450
    side = -1 if is_left else 1
    anchor = "end" if is_left else "start"
    page.dot(x, y, colour, 11)
    page.text(x, y + 4, str(number), size=11, anchor="middle", colour="#ffffff", bold=True)
    page.line([(x + side * 14, y), (x + side * 40, y)], colour)
    page.text(x + side * 46, y + 4, name, size=12, anchor=anchor, bold=True, colour=colour)
    if text:
        page.text(x + side * 118, y + 4, text, size=12, anchor=anchor)
