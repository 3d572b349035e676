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
