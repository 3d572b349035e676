"""The list of a version's actions, and for 1.6 what the schemas do not say about them."""

from . import names

# OCPP 1.6 chapters 4 (by the charge point) and 5 (by the central system), and the security white
# paper (edition 3); every other action comes from the central system.
FROM_CHARGE_POINT_16 = {
    "Authorize", "BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification",
    "Heartbeat", "LogStatusNotification", "MeterValues", "SecurityEventNotification",
    "SignCertificate", "SignedFirmwareStatusNotification", "StartTransaction",
    "StatusNotification", "StopTransaction",
}
BOTH_16 = {"DataTransfer"}

# OCPP 1.6 §3.3; every other action belongs to the Core profile.
PROFILES_16 = {
    "security": {
        "CertificateSigned", "DeleteCertificate", "ExtendedTriggerMessage",
        "GetInstalledCertificateIds", "GetLog", "InstallCertificate", "LogStatusNotification",
        "SecurityEventNotification", "SignCertificate", "SignedFirmwareStatusNotification",
        "SignedUpdateFirmware",
    },
    "firmwareManagement": {
        "DiagnosticsStatusNotification", "FirmwareStatusNotification", "GetDiagnostics",
        "UpdateFirmware",
    },
    "localAuthListManagement": {"GetLocalListVersion", "SendLocalList"},
    "reservation": {"CancelReservation", "ReserveNow"},
    "smartCharging": {"ClearChargingProfile", "GetCompositeSchedule", "SetChargingProfile"},
    "remoteTrigger": {"TriggerMessage"},
}


def files(version, namespace, messages, header):
    lines = header(version, f"{len(messages)} messages")
    lines += [f"/// The actions of OCPP {version}, spelled as on the wire."]
    lines += [f"public enum {namespace}Action: String, CaseIterable, Hashable, Sendable {{"]
    lines += [f'  case {names.case_name(name)} = "{name}"' for name in messages]
    lines += ["}", ""]
    if version == "1.6":
        lines += properties(namespace, messages)
    lines += [f"extension {namespace} {{"]
    lines += ["  /// Every request, which names its response, in the order of the alphabet."]
    lines += ["  public static let requests: [any OCPPRequest.Type] = ["]
    lines += [f"    {name}Request.self," for name in messages]
    lines += ["  ]", "}", ""]
    return {f"{namespace}Action.swift": "\n".join(lines)}


def properties(namespace, messages):
    def direction(name):
        if name in BOTH_16:
            return "both"
        return "fromChargePoint" if name in FROM_CHARGE_POINT_16 else "fromCentralSystem"

    def profile(name):
        return next((key for key, names in PROFILES_16.items() if name in names), "core")

    lines = [f"extension {namespace}Action {{"]
    lines += ["  /// Who sends an action's request (OCPP 1.6 chapters 4 and 5)."]
    lines += ["  public enum Direction: Hashable, Sendable {"]
    lines += ["    case fromChargePoint", "    case fromCentralSystem", "    case both", "  }", ""]
    lines += table("direction", "Direction", "Who sends the request.", direction, messages)
    lines += ["  /// The feature profiles (OCPP 1.6 §3.3), and the security white paper."]
    lines += ["  public enum FeatureProfile: Hashable, Sendable {", "    case core"]
    lines += [f"    case {name}" for name in sorted(PROFILES_16)]
    lines += ["  }", ""]
    comment = "The feature profile that the action belongs to."
    lines += table("featureProfile", "FeatureProfile", comment, profile, messages)
    return lines[:-1] + ["}", ""]


def table(name, type_name, comment, value_of, messages):
    """A property that switches over all cases, those of one value together."""
    lines = [f"  /// {comment}", f"  public var {name}: {type_name} {{", "    switch self {"]
    for value in dict.fromkeys(value_of(message) for message in messages):
        cases = [
            f".{names.case_name(message)}" for message in messages if value_of(message) == value
        ]
        lines += wrapped_case(cases, value)
    return lines + ["    }", "  }", ""]


def wrapped_case(cases, value):
    lines, line = [], "    case"
    for index, case in enumerate(cases):
        part = f" {case}" + ("," if index < len(cases) - 1 else ":")
        if len(line) + len(part) > 100:
            lines.append(line)
            line = "     "
        line += part
    return lines + [line, f"      .{value}"]
