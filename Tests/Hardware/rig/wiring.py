"""The configurations for the wirings of the boards: the one place that knows the daemon's keys."""

from __future__ import annotations

from harness.config import merge

# Pins of the adapter `pins` (boardsim, Wiring.swift).
RELAYS, SELECTS, PLUGS, STOP, RESET = (0, 1), (2, 3), (4, 5), 6, 7
# The others of the board with the contacts.
MIRROR, PLUG, LOCK, BOLT, DOOR, RESIDUAL = 2, 3, 4, 5, 6, 7
CARDS = {"mfrc522": "04A1B2C3D4E5F6", "pn532": "0A0B0C0D"}


def number(path: str) -> int:
    """N of `/dev/i2c-N`."""
    return int(path.rsplit("-", 1)[1])


def settings(board) -> dict:
    """`settings.json`, below `charge_point`."""
    bus = number(board.bus)
    return {
        "hardware": {
            "backend": "raspberry-pi", "gpio_chip": board.pins,
            "lcd": {"is_supported": True, "i2c_bus": bus, "i2c_address": "0x27"},
            "rfid_reader": [
                {"is_supported": True, "reader_model": "MFRC522", "spi_bus": 0,
                 "spi_chip_select": 0, "reset_pin": RESET},
                {"is_supported": True, "reader_model": "PN532", "i2c_bus": bus},
            ],
            "LED_indicator": {"type": "WS281x", "spi_bus": 1, "leds_per_connector": 2},
            "emergency_stop": {"pin": STOP, "active_low": False},
        },
        "simulation": None,
    }


def connectors() -> dict:
    """`connectors.json`: one EVSE of each kind that the board has."""
    return {"EVSEs": [{"id": n + 1, "connectors": [connector(n)]} for n in range(2)]}


def connector(index: int) -> dict:
    return {
        "id": 1, "type": "Type2",
        # `default_state` 1: open at high level.
        "relay": {"relay_pin": RELAYS[index], "default_state": 1 - index, "min_off_s": 1,
                  "max_per_minute": 60},
        "power_meter": {"power_meter_pin": SELECTS[index], "spi_bus": 0, "spi_chip_select": 1,
                        "shunt_offset": 0.001, "voltage_divider_offset": 1601,
                        "load_side": index == 0},
        "plug_sense_pin": PLUGS[index], "max_current_a": 100, "phases": 1,
    }


def contact_settings(board, one_wire: str) -> dict:
    """`settings.json` for the board with the contacts: each reader has its EVSE."""
    changed = settings(board)
    hardware = changed["hardware"]
    del hardware["emergency_stop"]
    mfrc522, pn532 = hardware["rfid_reader"]
    del mfrc522["reset_pin"]
    mfrc522 |= {"spi_chip_select": 2, "evses": [1]}
    pn532["evses"] = [2]
    hardware |= {
        "door_contact": {"pin": DOOR}, "residual_current_monitor": {"pin": RESIDUAL},
        "temperature": [{"limit_c": 70}, {"kind": "w1_slave", "path": one_wire, "limit_c": 60}],
    }
    return changed


def contact_connectors() -> dict:
    """EVSE 1 has every contact; EVSE 2 has none, and its meter behind the contactor."""
    changed = connectors()
    first, second = (evse["connectors"][0] for evse in changed["EVSEs"])
    for index, part in enumerate((first, second)):
        part["power_meter"] |= {"spi_chip_select": index, "load_side": index == 1}
        del part["power_meter"]["power_meter_pin"], part["plug_sense_pin"]
    first["relay"]["feedback_pin"] = MIRROR
    first["plug_sense_pin"] = PLUG
    first["lock"] = {"pin": LOCK, "feedback_pin": BOLT}
    return changed


# Wrong wirings: what is wrong, the changes to `charge_point.hardware` and to the first connector,
# and the key that the sentence must name.
WRONG = [
    ("two users of a pin", {}, {"relay": {"relay_pin": RELAYS[1]}}, "relay.relay_pin"),
    ("an I2C bus that is absent", {"lcd": {"i2c_bus": 77}}, {}, "lcd.i2c_bus"),
    ("an address that does not answer", {"lcd": {"i2c_address": "0x26"}}, {}, "lcd.i2c_address"),
    ("an SPI bus that is absent", {}, {"power_meter": {"spi_bus": 5}}, "power_meter.spi_bus"),
    ("a pin that the chip does not have", {}, {"power_meter": {"power_meter_pin": 30}},
     "power_meter.power_meter_pin"),
    ("a chip of pins that is absent", {"gpio_chip": "/dev/gpiochip77"}, {}, "gpio_chip"),
]


def wrong(board, hardware: dict, first: dict) -> tuple[dict, dict]:
    """Settings and connectors with a mistake in them."""
    changed = connectors()
    evse = changed["EVSEs"][0]
    evse["connectors"][0] = merge(evse["connectors"][0], first)
    return merge(settings(board), {"hardware": hardware}), changed
