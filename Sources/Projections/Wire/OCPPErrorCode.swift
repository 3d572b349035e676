/// Why a call is refused, named once for all versions; `spelling(for:)` says it on the wire.
///
/// OCPP-J 1.6 §4.2.3 and OCPP 2.0.1 part 4 §4.3 have nearly the same list; 1.6 keeps two misspelt
/// names (errata sheet §5: `FormationViolation`, `OccurenceConstraintViolation`).
public enum OCPPErrorCode: Hashable, Sendable, CaseIterable {
  /// The action is not known.
  case notImplemented
  /// The action is known and not supported.
  case notSupported
  /// The receiver failed, not the message.
  case internalError
  /// The payload is incomplete.
  case protocolError
  case securityError
  /// The payload's structure is not that of the action.
  case formatViolation
  /// A value is out of its range or list, or too long.
  case propertyConstraintViolation
  /// A property is missing, or occurs too seldom or too often.
  case occurrenceConstraintViolation
  /// A value has the wrong JSON type.
  case typeConstraintViolation
  /// None of the others.
  case genericError
  /// The message's type number is not known (2.0.1).
  case messageTypeNotSupported
  /// The frame is no valid call (2.0.1).
  case rpcFrameworkError

  /// The name on the wire.
  ///
  /// What a version has no name for is said with the nearest that it has: 1.6 calls a malformed
  /// frame a `FormationViolation`.
  public func spelling(for version: OCPPVersion) -> String {
    switch self {
    case .notImplemented: "NotImplemented"
    case .notSupported: "NotSupported"
    case .internalError: "InternalError"
    case .protocolError: "ProtocolError"
    case .securityError: "SecurityError"
    case .formatViolation: version == .v16 ? "FormationViolation" : "FormatViolation"
    case .propertyConstraintViolation: "PropertyConstraintViolation"
    case .occurrenceConstraintViolation:
      version == .v16 ? "OccurenceConstraintViolation" : "OccurrenceConstraintViolation"
    case .typeConstraintViolation: "TypeConstraintViolation"
    case .genericError: "GenericError"
    case .messageTypeNotSupported: version == .v16 ? "GenericError" : "MessageTypeNotSupported"
    case .rpcFrameworkError: version == .v16 ? "FormationViolation" : "RpcFrameworkError"
    }
  }

  /// Reads a peer's spelling, of whichever version: peers mix them. `nil` for any other word.
  public init?(spelling: String) {
    for version in OCPPVersion.allCases {
      for code in Self.allCases where code.spelling(for: version) == spelling {
        self = code
        return
      }
    }
    return nil
  }
}
