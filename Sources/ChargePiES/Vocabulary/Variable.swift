/// A setting of the station, named as OCPP 2.0.1 names it (component and variable); the keys of
/// OCPP 1.6 §9 are a view of these, made by that dialect.
public enum Variable: UInt32, Enumeration {
  case unspecified = 0
  case allowOfflineTxForUnknownId = 1
  case authorizationCacheEnabled = 2
  case authorizeRemoteStart = 3
  case blinkRepeat = 4
  case clockAlignedInterval = 5
  case connectionTimeOut = 6
  case phaseRotation = 7
  case itemsPerGetVariables = 8
  case heartbeatInterval = 9
  case lightIntensity = 10
  case localAuthorizeOffline = 11
  case localPreAuthorize = 12
  case maxEnergyOnInvalidId = 13
  case alignedMeasurands = 14
  case sampledMeasurands = 15
  case sampledInterval = 16
  case minimumStatusDuration = 17
  case resetRetries = 18
  case stopTxOnEVSideDisconnect = 19
  case stopTxOnInvalidId = 20
  case alignedEndMeasurands = 21
  case sampledEndMeasurands = 22
  case featureProfiles = 23
  case messageAttempts = 24
  case messageAttemptInterval = 25
  case unlockOnEVSideDisconnect = 26
  case webSocketPingInterval = 27
  case messageTimeout = 28
  case basicAuthPassword = 29
  case securityProfile = 30
  case masterPassGroup = 31
  case numberOfConnectors = 32
  case measurandListLength = 33
  case phaseRotationLength = 34
  case featureProfilesLength = 35

  public init() { self = .unspecified }
}

/// What a setting may hold.
public enum VariableKind: Hashable, Sendable {
  /// A whole number in a range.
  case integer(ClosedRange<Int64>)
  /// `true` or `false`.
  case flag
  /// Names from a set, separated by commas; at most so many.
  case list(allowed: [String], most: Int)
  /// Phase rotations `CONNECTOR.ROTATION`, separated by commas (OCPP 1.6 §9.1.7).
  case rotations
  /// Text of at most so many characters.
  case text(Int)
  /// A name in the vault; the value here is its version.
  case secret
  /// An identification's vault id.
  case token
}

/// What a setting is: its name, type, range, default, and whether it may be written.
public struct VariableDefinition: Sendable {
  /// The OCPP 2.0.1 component.
  public let component: String
  /// The OCPP 2.0.1 variable.
  public let name: String
  /// Type and range.
  public let kind: VariableKind
  /// The value when nobody has set one.
  public let initial: String
  /// False when only the station itself decides it.
  public let isWritable: Bool
}

extension Variable {
  /// Type, range and default of a setting (OCPP 1.6 §9.1; OCPP 2.0.1 part 2 appendices §3).
  public var definition: VariableDefinition {
    switch self {
    case .unspecified: return .fixed("", "", .text(0), "")
    case .allowOfflineTxForUnknownId:
      return .flag("AuthCtrlr", "OfflineTxForUnknownIdEnabled", false)
    case .authorizationCacheEnabled: return .flag("AuthCacheCtrlr", "Enabled", true)
    case .authorizeRemoteStart: return .flag("AuthCtrlr", "AuthorizeRemoteStart", false)
    case .blinkRepeat: return .number("ChargingStatusIndicator", "BlinkRepeat", 0...1000, 0)
    case .clockAlignedInterval: return .number("AlignedDataCtrlr", "Interval", 0...86400, 0)
    case .connectionTimeOut: return .number("TxCtrlr", "EVConnectionTimeOut", 0...86400, 60)
    case .phaseRotation:
      return VariableDefinition("ChargingStation", "PhaseRotation", .rotations, "0.Unknown", true)
    case .itemsPerGetVariables:
      return .fixed("DeviceDataCtrlr", "ItemsPerMessage", .integer(1...100), "50")
    case .heartbeatInterval: return .number("OCPPCommCtrlr", "HeartbeatInterval", 0...604_800, 300)
    case .lightIntensity: return .number("ChargingStatusIndicator", "LightIntensity", 0...100, 100)
    case .localAuthorizeOffline: return .flag("AuthCtrlr", "LocalAuthorizeOffline", true)
    case .localPreAuthorize: return .flag("AuthCtrlr", "LocalPreAuthorize", false)
    case .maxEnergyOnInvalidId: return .number("TxCtrlr", "MaxEnergyOnInvalidId", 0...1_000_000, 0)
    case .alignedMeasurands:
      return .measurands("AlignedDataCtrlr", "Measurands", Measurand.register)
    case .sampledMeasurands:
      return .measurands("SampledDataCtrlr", "TxUpdatedMeasurands", Measurand.register)
    case .sampledInterval: return .number("SampledDataCtrlr", "TxUpdatedInterval", 0...86400, 60)
    case .minimumStatusDuration:
      return .number("OCPPCommCtrlr", "MinimumStatusDuration", 0...3600, 0)
    case .resetRetries: return .number("OCPPCommCtrlr", "ResetRetries", 0...10, 1)
    case .stopTxOnEVSideDisconnect: return .flag("TxCtrlr", "StopTxOnEVSideDisconnect", true)
    case .stopTxOnInvalidId: return .flag("TxCtrlr", "StopTxOnInvalidId", true)
    case .alignedEndMeasurands: return .measurands("AlignedDataCtrlr", "TxEndedMeasurands", "")
    case .sampledEndMeasurands: return .measurands("SampledDataCtrlr", "TxEndedMeasurands", "")
    case .featureProfiles:
      return .fixed("ChargingStation", "FeatureProfiles", .list(allowed: ["Core"], most: 6), "Core")
    case .messageAttempts: return .number("OCPPCommCtrlr", "MessageAttempts", 1...1000, 3)
    case .messageAttemptInterval:
      return .number("OCPPCommCtrlr", "MessageAttemptInterval", 0...86400, 60)
    case .unlockOnEVSideDisconnect: return .flag("OCPPCommCtrlr", "UnlockOnEVSideDisconnect", true)
    case .webSocketPingInterval:
      return .number("OCPPCommCtrlr", "WebSocketPingInterval", 0...86400, 60)
    case .messageTimeout: return .fixed("OCPPCommCtrlr", "MessageTimeout", .integer(1...600), "30")
    case .basicAuthPassword:
      return VariableDefinition("SecurityCtrlr", "BasicAuthPassword", .secret, "", true)
    case .securityProfile: return .fixed("SecurityCtrlr", "SecurityProfile", .integer(0...3), "0")
    case .masterPassGroup: return .fixed("AuthCtrlr", "MasterPassGroupId", .token, "")
    case .numberOfConnectors: return .count("ChargingStation", "NumberOfConnectors", 0)
    case .measurandListLength: return .count("SampledDataCtrlr", "MeasurandsLength", 22)
    case .phaseRotationLength: return .count("ChargingStation", "PhaseRotationLength", 20)
    case .featureProfilesLength: return .count("ChargingStation", "FeatureProfilesLength", 6)
    }
  }
}

extension VariableDefinition {
  fileprivate init(
    _ component: String, _ name: String, _ kind: VariableKind, _ initial: String, _ writable: Bool
  ) {
    self.init(
      component: component, name: name, kind: kind, initial: initial, isWritable: writable)
  }

  fileprivate static func flag(_ component: String, _ name: String, _ initial: Bool) -> Self {
    Self(component, name, .flag, initial ? "true" : "false", true)
  }

  fileprivate static func number(
    _ component: String, _ name: String, _ range: ClosedRange<Int64>, _ initial: Int64
  ) -> Self {
    Self(component, name, .integer(range), String(initial), true)
  }

  fileprivate static func measurands(
    _ component: String, _ name: String, _ initial: String
  ) -> Self {
    let kind = VariableKind.list(allowed: Measurand.supported, most: Measurand.supported.count)
    return Self(component, name, kind, initial, true)
  }

  fileprivate static func count(
    _ component: String, _ name: String, _ initial: Int
  ) -> Self {
    fixed(component, name, .integer(0...1_000), String(initial))
  }

  fileprivate static func fixed(
    _ component: String, _ name: String, _ kind: VariableKind, _ initial: String
  ) -> Self {
    Self(component, name, kind, initial, false)
  }

  /// The canonical spelling of a value, or nil when the setting cannot hold it.
  public func canonical(_ text: String) -> String? {
    switch kind {
    case .integer(let range):
      guard let number = Int64(trimmed(text)), range.contains(number) else { return nil }
      return String(number)
    case .flag:
      let word = trimmed(text).lowercased()
      return word == "true" || word == "false" ? word : nil
    case .list(let allowed, let most):
      let names = text.split(separator: ",").map { trimmed(String($0)) }.filter { !$0.isEmpty }
      guard names.count <= most, names.allSatisfy(allowed.contains) else { return nil }
      return names.joined(separator: ",")
    case .rotations: return rotations(text)
    case .text(let most):
      return text.unicodeScalars.count <= most ? text : nil
    case .secret, .token:
      return UInt64(text).map(String.init) ?? (text.isEmpty ? "" : nil)
    }
  }
}

extension VariableDefinition {
  private static let rotationWords = [
    "NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR",
  ]

  private func rotations(_ text: String) -> String? {
    let parts = text.split(separator: ",").map { trimmed(String($0)) }
    let isRight = parts.allSatisfy { part in
      let pieces = part.split(separator: ".", omittingEmptySubsequences: false)
      return pieces.count == 2 && UInt32(pieces[0]) != nil
        && Self.rotationWords.contains(String(pieces[1]))
    }
    return isRight && !parts.isEmpty ? parts.joined(separator: ",") : nil
  }
}

private func trimmed(_ text: String) -> String {
  var rest = Substring(text)
  while rest.first?.isWhitespace == true { rest.removeFirst() }
  while rest.last?.isWhitespace == true { rest.removeLast() }
  return String(rest)
}

/// The names of what a meter can measure (OCPP 1.6 §7.31, the same in OCPP 2.0.1).
public enum Measurand {
  /// The import register, billed.
  public static let register = "Energy.Active.Import.Register"
  /// What this station's hardware can give.
  public static let supported = [
    register, "Energy.Active.Import.Interval", "Power.Active.Import", "Power.Offered",
    "Current.Import", "Current.Offered", "Voltage", "Frequency", "Temperature", "SoC",
  ]
}
