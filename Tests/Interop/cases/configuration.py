"""GetConfiguration and ChangeConfiguration: every Core key of OCPP 1.6 §9.1, and what wins."""

from harness.registry import case
from harness.scenario import msg

BOOL, MANDATORY_READ_ONLY = ("true", "false"), (
    "GetConfigurationMaxKeys", "NumberOfConnectors", "SupportedFeatureProfiles")
READ_ONLY = MANDATORY_READ_ONLY + (
    "ConnectorPhaseRotationMaxLength", "MeterValuesAlignedDataMaxLength",
    "MeterValuesSampledDataMaxLength", "StopTxnAlignedDataMaxLength",
    "StopTxnSampledDataMaxLength", "SupportedFeatureProfilesMaxLength")
BAD_INTEGERS = ("", "abc", "-1", "1.5", "1e3", "99999999999999999999")
BAD_BOOLEANS = ("", "maybe", "2")
ENERGY, CURRENT = "Energy.Active.Import.Register", "Current.Import"
BAD_LISTS = ("Energy.Nonsense", f"{ENERGY},Nonsense", f"{ENERGY};{CURRENT}")

# key: (values that are taken, values that are refused). §9.1 marks some of them optional; this
# station has them all.
WRITABLE = {
    "AllowOfflineTxForUnknownId": (BOOL, BAD_BOOLEANS),
    "AuthorizationCacheEnabled": (BOOL, BAD_BOOLEANS),
    "BlinkRepeat": (("0", "3"), BAD_INTEGERS),
    "ClockAlignedDataInterval": (("0", "900"), BAD_INTEGERS),
    "ConnectionTimeOut": (("60", "1"), BAD_INTEGERS),
    "ConnectorPhaseRotation": (("0.RST,1.RST,2.RST", "0.RST,1.STR,2.NotApplicable"),
                               ("0.XYZ", "RST", "1-RST")),
    "HeartbeatInterval": (("60", "86400"), BAD_INTEGERS),
    "LightIntensity": (("0", "50", "100"), BAD_INTEGERS + ("101",)),
    "LocalAuthorizeOffline": (BOOL, BAD_BOOLEANS),
    "LocalPreAuthorize": (BOOL, BAD_BOOLEANS),
    "MaxEnergyOnInvalidId": (("0", "5000"), BAD_INTEGERS),
    "MeterValuesAlignedData": ((f"{ENERGY},{CURRENT}", ENERGY), BAD_LISTS),
    "MeterValuesSampledData": ((f"{ENERGY},{CURRENT}", ENERGY), BAD_LISTS),
    "MeterValueSampleInterval": (("0", "30"), BAD_INTEGERS),
    "MinimumStatusDuration": (("0", "5"), BAD_INTEGERS),
    "ResetRetries": (("0", "3"), BAD_INTEGERS),
    "StopTransactionOnInvalidId": (BOOL, BAD_BOOLEANS),
    "StopTxnAlignedData": ((ENERGY, ""), BAD_LISTS),
    "StopTxnSampledData": ((ENERGY, ""), BAD_LISTS),
    "TransactionMessageAttempts": (("1", "5"), BAD_INTEGERS),
    "TransactionMessageRetryInterval": (("0", "20"), BAD_INTEGERS),
    "WebSocketPingInterval": (("0", "30"), BAD_INTEGERS),
}
# §9.1 leaves to the station whether these are writable.
R_OR_RW = {"AuthorizeRemoteTxRequests": (BOOL, BAD_BOOLEANS),
           "StopTransactionOnEVSideDisconnect": (BOOL, BAD_BOOLEANS),
           "UnlockConnectorOnEVSideDisconnect": (BOOL, BAD_BOOLEANS)}
OPTIONAL = {"AllowOfflineTxForUnknownId", "AuthorizationCacheEnabled", "BlinkRepeat",
            "LightIntensity", "MaxEnergyOnInvalidId", "MinimumStatusDuration",
            "WebSocketPingInterval"}
MANDATORY = (set(WRITABLE) - OPTIONAL) | set(R_OR_RW) | set(MANDATORY_READ_ONLY)


@case("GetConfiguration has every mandatory key, with the right read-only marks", "019")
async def all_keys(t):
    await t.boot()
    answer = await t.csms.request("GetConfiguration")
    entries = {k["key"]: k for k in answer["configurationKey"]}
    missing = (MANDATORY | set(WRITABLE)) - set(entries)
    t.true(not missing, f"keys are missing: {sorted(missing)}")
    t.equal(len(entries), len(answer["configurationKey"]), "a key is there twice; keys")
    t.true(not answer.get("unknownKey"), f"unknownKey {answer.get('unknownKey')}")
    for key in WRITABLE:
        t.equal(entries[key]["readonly"], False, f"readonly of {key}")
    for key in READ_ONLY:
        if key in entries:
            t.equal(entries[key]["readonly"], True, f"readonly of {key}")
    t.equal(entries["NumberOfConnectors"]["value"], "2", "NumberOfConnectors")
    t.true("Core" in entries["SupportedFeatureProfiles"]["value"].split(","), "no Core profile")
    secret = entries.get("AuthorizationKey", {})
    t.true(not secret.get("value"), "AuthorizationKey can be read")


@case("GetConfiguration of known and unknown keys; keys are compared without case", "019")
async def some_keys(t):
    await t.boot()
    answer = await t.csms.request("GetConfiguration",
                                  key=["heartbeatinterval", "Nonsense", "NumberOfConnectors"])
    found = {k["key"].lower() for k in answer["configurationKey"]}
    # Keys are CiString50Type: compared without case.
    t.true(found == {"heartbeatinterval", "numberofconnectors"}, f"found {sorted(found)}")
    t.equal(answer.get("unknownKey"), ["Nonsense"], "unknownKey")


@case("GetConfiguration with an empty list of keys gives all, as without one", "019")
async def empty_list(t):
    # §5.8: "if the list of keys in the request PDU is empty or missing".
    await t.boot()
    everything = await t.csms.request("GetConfiguration")
    empty = await t.csms.request("GetConfiguration", key=[])
    t.equal(len(empty.get("configurationKey", [])), len(everything["configurationKey"]), "keys")


@case("ChangeConfiguration MeterValueSampleInterval is read back", "021")
async def read_back(t):
    await t.boot()
    await t.set_key("MeterValueSampleInterval", "10")
    t.equal((await t.keys("MeterValueSampleInterval"))["MeterValueSampleInterval"], "10", "value")


@case("an unknown key: NotSupported", "040_1")
async def unknown_key(t):
    await t.boot()
    await t.set_key("Nonsense", "1", "NotSupported")


@case("a bad value: Rejected, and the old value stays", "040_2")
async def bad_value(t):
    await t.boot()
    await t.set_key("MeterValueSampleInterval", "12")
    await t.set_key("MeterValueSampleInterval", "-1", "Rejected")
    t.equal((await t.keys("MeterValueSampleInterval"))["MeterValueSampleInterval"], "12", "value")


def same(found, wanted):
    """Booleans and lists may be read back in a normal form."""
    return (found or "").replace(" ", "").lower() == wanted.replace(" ", "").lower()


async def walk(t, table, refusable=False):
    wrong = []
    for key, (good, bad) in table.items():
        for value in good:
            answer = await t.csms.request("ChangeConfiguration", key=key, value=value)
            if refusable and answer["status"] == "Rejected":
                continue
            if answer["status"] not in ("Accepted", "RebootRequired"):
                wrong.append(f"{key}={value!r}: {answer['status']}")
            elif answer["status"] == "Accepted":
                found = (await t.keys(key)).get(key)
                if not same(found, value):
                    wrong.append(f"{key}={value!r} is read back as {found!r}")
        before = (await t.keys(key)).get(key)
        for value in bad:
            answer = await t.csms.request("ChangeConfiguration", key=key, value=value)
            if answer["status"] != "Rejected":
                wrong.append(f"{key}={value!r}: {answer['status']}, not Rejected")
        if (await t.keys(key)).get(key) != before:
            wrong.append(f"{key} was changed by a value that was Rejected")
    t.true(not wrong, "; ".join(wrong))


@case("every writable Core key takes good values and refuses bad ones", "021", "040_2")
async def writable_keys(t):
    await t.boot()
    await walk(t, WRITABLE)
    await walk(t, R_OR_RW, refusable=True)


@case("read-only keys are Rejected", "040_2")
async def read_only_keys(t):
    await t.boot()
    for key in READ_ONLY:
        before = (await t.keys(key)).get(key)
        if before is None and key not in MANDATORY_READ_ONLY:
            continue
        await t.set_key(key, "5", "Rejected")
        t.equal((await t.keys(key)).get(key), before, key)


@case("what the central system changed wins after a restart, until the file is edited",
      keys={"ConnectionTimeOut": "33", "MinimumStatusDuration": "1"})
async def precedence(t):
    async def value():
        return (await t.keys("ConnectionTimeOut"))["ConnectionTimeOut"]

    async def restart(keys=None):
        await t.station.stop()
        if keys:
            t.station.configuration.write_keys(
                t.station.config, {**t.station.configuration.keys, **keys})
        await t.station.start()
        await t.csms.connected()
        await t.wait_for(msg("StatusNotification"), since=t.position, within=10, count=3)
        t.catch_up()

    await t.boot()
    t.equal(await value(), "33", "the file's initial value")
    await t.set_key("ConnectionTimeOut", "44")
    await restart()
    t.equal(await value(), "44", "after ChangeConfiguration and a restart")
    await restart({"ConnectionTimeOut": "55"})
    t.equal(await value(), "55", "after the file was edited")
    await restart()
    t.equal(await value(), "55", "after one more restart")
    await t.set_key("ConnectionTimeOut", "66")
    await restart({"ConnectionTimeOut": "55", "MinimumStatusDuration": "0"})
    t.equal(await value(), "66", "after another key of the file was edited")


@case("DataTransfer to the station from an unknown vendor", "062")
async def data_transfer(t):
    await t.boot()
    answer = await t.csms.request("DataTransfer", vendorId="com.example.unknown",
                                  messageId="hello", data="x" * 200)
    t.equal(answer["status"], {"UnknownVendorId", "Rejected"}, "DataTransfer")


@case("messages of feature profiles that are absent are not supported", "043_1",
      keys={"SupportedFeatureProfiles": "Core"})
async def absent_profiles(t):
    # CALLERROR NotSupported (OCPP-J §4.2.3: recognised but not supported), NotImplemented, or the
    # status by which the message itself says so.
    await t.boot()
    requests = {
        "GetLocalListVersion": {},
        "SendLocalList": {"listVersion": 1, "updateType": "Full", "localAuthorizationList": []},
        "ReserveNow": {"connectorId": 1, "expiryDate": "2030-01-01T00:00:00Z",
                       "idTag": "04A1B2C3", "reservationId": 1},
        "CancelReservation": {"reservationId": 1},
        "ClearChargingProfile": {},
        "GetCompositeSchedule": {"connectorId": 1, "duration": 60},
        "TriggerMessage": {"requestedMessage": "Heartbeat"},
        "GetDiagnostics": {"location": "ftp://127.0.0.1/"},
        "UpdateFirmware": {"location": "ftp://127.0.0.1/x", "retrieveDate": "2030-01-01T00:00:00Z"},
    }
    for action, payload in requests.items():
        answer = await t.csms.raw_call(action, payload)
        if answer[0] == 4:
            t.equal(answer[2], {"NotSupported", "NotImplemented"}, f"CALLERROR of {action}")
        else:
            said = answer[2].get("status", answer[2].get("listVersion"))
            t.equal(said, {"NotSupported", "NotImplemented", "Rejected", "Unknown", -1}, action)
