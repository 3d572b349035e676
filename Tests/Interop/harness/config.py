"""Configuration directories for the daemon: defaults that keep a case short, and variants."""

from __future__ import annotations

import copy
import json
from pathlib import Path

SETTINGS = {
    "charge_point": {
        "info": {"vendor": "UL FE", "model": "ChargePi", "id": "CP-1", "protocol_version": "1.6",
                 "max_charging_time": 0},
        "security": {"profile": 0},
        "hardware": {"backend": "simulated", "min_power": 20},
        "simulation": {
            "ev": {"request_after_ms": 100, "max_current_a": 32, "phases": 1, "soc": 20,
                   "unplug_after_s": 0},
            "voltage_v": 230, "meter_resets_on_plug": False, "speed": 1,
        },
        "resume_after_power_loss": False,
        "reconnect": {"minimum_s": 1, "random_s": 0, "maximum_s": 2},
    }
}

# Initial values. The CSMS's interval in the answer to BootNotification sets the heartbeat.
KEYS = {
    "AllowOfflineTxForUnknownId": "false", "AuthorizationCacheEnabled": "true",
    "AuthorizeRemoteTxRequests": "false", "ClockAlignedDataInterval": "0",
    "ConnectionTimeOut": "30", "LocalAuthorizeOffline": "true", "LocalPreAuthorize": "false",
    "MeterValuesSampledData": "Energy.Active.Import.Register",
    "MeterValuesAlignedData": "Energy.Active.Import.Register",
    "MeterValueSampleInterval": "60", "MinimumStatusDuration": "0",
    "StopTransactionOnEVSideDisconnect": "true", "StopTransactionOnInvalidId": "true",
    "StopTxnAlignedData": "", "StopTxnSampledData": "", "TransactionMessageAttempts": "3",
    "TransactionMessageRetryInterval": "1", "UnlockConnectorOnEVSideDisconnect": "true",
}


def merge(base: dict, changes: dict) -> dict:
    """`changes` over `base`, deeply; a value of None takes a key away."""
    merged = copy.deepcopy(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def connector(number: int, pin: int, **more) -> dict:
    """A socket with a lock and plug sensing; `plug_sense_pin=None` and `lock=False` take them."""
    full = {
        "id": number, "type": "Type2",
        "relay": {"relay_pin": pin, "default_state": 1},
        "power_meter": {"power_meter_pin": pin + 1, "spi_bus": 0, "shunt_offset": 0.01,
                        "voltage_divider_offset": 1333},
        "lock": True, "plug_sense_pin": pin + 2, "max_current_a": 32, "phases": 1,
    }
    return {key: value for key, value in {**full, **more}.items() if value is not None}


def two_evses(**more) -> dict:
    return {"EVSEs": [{"id": 1, "connectors": [connector(1, 5, **more)]},
                      {"id": 2, "connectors": [connector(1, 20, **more)]}]}


def four_evses() -> dict:
    return {"EVSEs": [{"id": n, "connectors": [connector(1, 4 * n)]} for n in range(1, 5)]}


def fixed_cable() -> dict:
    return two_evses(lock=False)


def schuko() -> dict:
    """The simple outlet: nothing senses the plug, nothing locks it."""
    return two_evses(type="Schuko", lock=None, plug_sense_pin=None, max_current_a=16)


def two_connectors_on_one_evse() -> dict:
    return {"EVSEs": [{"id": 1, "connectors": [connector(1, 5), connector(2, 20, type="CCS")]}]}


HARDWARE = {
    "backend": "simulated-chips", "line_voltage_v": 230,
    "lcd": {"is_supported": True, "i2c_bus": 1, "i2c_address": "0x27", "columns": 20, "rows": 4},
    "rfid_reader": [
        {"is_supported": True, "reader_model": "PN532", "i2c_bus": 1, "irq_pin": 4},
        {"is_supported": True, "reader_model": "MFRC522", "spi_bus": 0, "spi_chip_select": 0,
         "reset_pin": 12},
    ],
    "LED_indicator": {"type": "WS281x", "spi_bus": 6, "spi_chip_select": 0,
                      "leds_per_connector": 4, "indicate_card_read": True},
}


def wired() -> dict:
    """Two sockets as the drivers want them: relays, meters behind them, sensors, locks."""
    def one(relay, select, plug, lock, bolt):
        return {
            "id": 1, "type": "Type2", "max_current_a": 32,
            "relay": {"relay_pin": relay, "default_state": 0, "min_off_s": 0},
            "power_meter": {"power_meter_pin": select, "spi_bus": 0, "spi_chip_select": 1,
                            "shunt_offset": 0.002, "voltage_divider_offset": 2046.455,
                            "load_side": True},
            "plug_sense_pin": plug, "lock": {"pin": lock, "feedback_pin": bolt},
        }
    return {"EVSEs": [{"id": 1, "connectors": [one(26, 25, 17, 27, 22)]},
                      {"id": 2, "connectors": [one(13, 24, 5, 6, 23)]}]}


class Configuration:
    """What a case's daemon is configured with; `write` makes the directory."""

    def __init__(self, settings=None, connectors=None, keys=None):
        self.settings = merge(SETTINGS, {"charge_point": settings or {}})
        self.connectors = connectors or two_evses()
        self.keys = {**KEYS, **(keys or {})}

    @property
    def identity(self) -> str:
        return self.settings["charge_point"]["info"]["id"]

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.write_file(folder / "settings.json", self.settings)
        self.write_file(folder / "connectors.json", self.connectors)
        self.write_keys(folder, self.keys)

    def write_keys(self, folder: Path, keys: dict) -> None:
        configuration = {"version": 1}
        for key, value in keys.items():
            if value is not None:
                configuration[key] = {"readOnly": False, "value": value}
        self.write_file(folder / "configuration.json", {"configuration": configuration})

    @staticmethod
    def write_file(path: Path, content) -> None:
        path.write_text(json.dumps(content, indent=2) + "\n")
