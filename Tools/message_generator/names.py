"""Names: of the types that the schemas leave unnamed, and of Swift's cases and properties."""

import re

# The specification's names (OCPP 1.6 chapter 7) of what the 1.6 schemas write in place,
# by message and property, or by property where it means the same everywhere.
TYPES_16 = {
    "BootNotificationResponse.status": "RegistrationStatus",
    "CancelReservationResponse.status": "CancelReservationStatus",
    "ChangeAvailabilityRequest.type": "AvailabilityType",
    "ChangeAvailabilityResponse.status": "AvailabilityStatus",
    "ChangeConfigurationResponse.status": "ConfigurationStatus",
    "ClearCacheResponse.status": "ClearCacheStatus",
    "ClearChargingProfileResponse.status": "ClearChargingProfileStatus",
    "DataTransferResponse.status": "DataTransferStatus",
    "DiagnosticsStatusNotificationRequest.status": "DiagnosticsStatus",
    "FirmwareStatusNotificationRequest.status": "FirmwareStatus",
    "GetCompositeScheduleResponse.status": "GetCompositeScheduleStatus",
    "RemoteStartTransactionResponse.status": "RemoteStartStopStatus",
    "RemoteStopTransactionResponse.status": "RemoteStartStopStatus",
    "ReserveNowResponse.status": "ReservationStatus",
    "ResetRequest.type": "ResetType",
    "ResetResponse.status": "ResetStatus",
    "SendLocalListResponse.status": "UpdateStatus",
    "SetChargingProfileResponse.status": "ChargingProfileStatus",
    "StatusNotificationRequest.status": "ChargePointStatus",
    "StopTransactionRequest.reason": "Reason",
    "TriggerMessageRequest.requestedMessage": "MessageTrigger",
    "TriggerMessageResponse.status": "TriggerMessageStatus",
    "UnlockConnectorResponse.status": "UnlockStatus",
    "IdTagInfo.status": "AuthorizationStatus",
    "chargingProfile": "ChargingProfile",
    "chargingProfileKind": "ChargingProfileKindType",
    "chargingProfilePurpose": "ChargingProfilePurposeType",
    "chargingRateUnit": "ChargingRateUnitType",
    "chargingSchedule": "ChargingSchedule",
    "chargingSchedulePeriod": "ChargingSchedulePeriod",
    "configurationKey": "KeyValue",
    "context": "ReadingContext",
    "csChargingProfiles": "ChargingProfile",
    "errorCode": "ChargePointErrorCode",
    "format": "ValueFormat",
    "idTagInfo": "IdTagInfo",
    "localAuthorizationList": "AuthorizationData",
    "location": "Location",
    "measurand": "Measurand",
    "meterValue": "MeterValue",
    "phase": "Phase",
    "recurrencyKind": "RecurrencyKindType",
    "sampledValue": "SampledValue",
    "transactionData": "MeterValue",
    "unit": "UnitOfMeasure",
    "updateType": "UpdateType",
}

KEYWORDS = set(
    "as associatedtype break case catch class continue default defer deinit do else enum extension "
    "fallthrough false fileprivate for func guard if import in init inout internal is let nil open "
    "operator precedencegroup private protocol public repeat rethrows return self static struct "
    "subscript super switch throw throws true try typealias var where while".split()
)


def inline_type(owner, prop):
    """The name of an object or enumeration that a schema writes in place."""
    name = TYPES_16.get(f"{owner}.{prop}") or TYPES_16.get(prop)
    return name or f"{owner}{prop[0].upper()}{prop[1:]}"


def definition_type(reference):
    """`#/definitions/IdTokenType` is `IdToken`."""
    name = reference.rsplit("/", 1)[1]
    return name[: -len("Type")] if name.endswith("Type") else name


def escaped(name):
    return f"`{name}`" if name in KEYWORDS else name


def case_name(word):
    """The Swift case of a word: `EVDisconnected` is `evDisconnected`, `L1-N` is `l1N`."""
    head, *tail = [part for part in re.split(r"[^A-Za-z0-9]+", word) if part]
    capitals = re.match(r"[A-Z]+", head)
    if capitals:
        count = capitals.end()
        # The last capital of several begins the next word, if one follows.
        if 1 < count < len(head) and head[count].islower():
            count -= 1
        head = head[:count].lower() + head[count:]
    name = head + "".join(part[0].upper() + part[1:] for part in tail)
    if name[0].isdigit():
        name = "value" + name
    # Optional's own `none` would shadow it.
    return escaped("noneOfThem" if name == "none" else name)
