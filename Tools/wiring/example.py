"""The example's wiring: which GPIO does what."""

import json

# The 40-pin header: what each physical pin is; a number is a GPIO.
HEADER = [
    "3V3", "5V", 2, "5V", 3, "GND", 4, 14, "GND", 15, 17, 18, 27, "GND", 22, 23, "3V3", 24, 10,
    "GND", 9, 25, 11, 8, "GND", 7, 0, 1, 5, "GND", 6, 12, 13, "GND", 19, 16, 26, 20, "GND", 21,
]

# Data and clock of the buses that the example uses, and the kernel's first chip selects.
SPI = {0: {10: "MOSI", 9: "MISO", 11: "SCLK", 8: "CE0", 7: "CE1"},
       6: {20: "MOSI", 19: "MISO", 21: "SCLK", 18: "CE0"}}
I2C = {1: {2: "SDA", 3: "SCL"}}


def physical(gpio):
    """The header's pin of a GPIO, from 1."""
    return HEADER.index(gpio) + 1


class Example:
    def __init__(self, folder):
        settings = json.loads((folder / "settings.json").read_text())
        self.hardware = settings["charge_point"]["hardware"]
        evses = json.loads((folder / "connectors.json").read_text())["EVSEs"]
        self.connectors = {f"{evse['id']}.{part['id']}": part
                           for evse in evses for part in evse["connectors"]}

    def uses(self):
        """(GPIO, what it does, its kind) of everything that is wired."""
        strip = self.hardware["LED_indicator"]["spi_bus"]
        buses = {(0, "spi"): SPI[0], (strip, "strip"): SPI[strip], (1, "i2c"): I2C[1]}
        for (number, kind), lines in buses.items():
            for gpio, signal in lines.items():
                bus = f"I2C{number}" if kind == "i2c" else f"SPI{number}"
                yield gpio, f"{bus} {signal}{self.remark(kind, signal)}", kind
        for name, part in self.connectors.items():
            relay, meter = part["relay"], part["power_meter"]
            yield relay["relay_pin"], f"relay {name}", "relay"
            yield relay.get("feedback_pin"), f"contactor feedback {name}", "input"
            yield meter.get("power_meter_pin"), f"meter {name} CS", "spi"
            yield part.get("plug_sense_pin"), f"plug sense {name}", "input"
            yield part.get("lock", {}).get("pin"), f"lock {name}", "relay"
            yield part.get("lock", {}).get("feedback_pin"), f"lock feedback {name}", "input"
        for reader in self.hardware["rfid_reader"]:
            yield reader.get("reset_pin"), "reader RSTPDN", "i2c"
            yield reader.get("irq_pin"), "reader IRQ", "i2c"
        for key in ("emergency_stop", "door_contact", "residual_current_monitor"):
            yield self.hardware[key]["pin"], key.replace("_", " "), "input"

    @staticmethod
    def remark(kind, signal):
        """What a bus's line is for, where that is not plain."""
        if kind == "strip":
            return " → LED strip" if signal == "MOSI" else " (taken, unused)"
        return " (kernel's)" if signal.startswith("CE") else ""

    def labels(self):
        """GPIO → (what it does, its kind)."""
        labels = {}
        for gpio, text, kind in self.uses():
            if gpio is not None:
                assert gpio not in labels, f"GPIO {gpio} has two users"
                labels[gpio] = (text, kind)
        return labels
