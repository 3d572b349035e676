/// A text that is no OCPP-J message, and what is known of it nevertheless.
public enum OCPPFrameFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case notJSON(JSONError)
  case notArray
  /// The first element is none of 2, 3 and 4 (OCPP-J 1.6 §4.1.3: its payload is ignored).
  case unknownMessageType(id: String?)
  /// A CALL that is not `[2, id, action, payload]`; `id` if it could be read.
  case malformedCall(id: String?, reason: String)
  /// A CALLRESULT or CALLERROR of the wrong shape: nobody answers an answer.
  case malformedAnswer(id: String?, reason: String)

  /// The CALLERROR that the sender is owed, `nil` if it is owed none.
  ///
  /// 1.6 answers malformed calls whose id can be read. 2.0.1 (part 4 §4.2.3, §4.3) also answers
  /// unknown message types, and what has no readable id under the id `-1`. An over-long id is
  /// repeated whole, up to 255 characters: cut, it could not be matched with its call.
  public func answer(for version: OCPPVersion) -> OCPPFrame? {
    switch self {
    case .malformedCall(let id?, _): error(id, .rpcFrameworkError, version)
    case .unknownMessageType(let id?) where version == .v201:
      error(id, .messageTypeNotSupported, version)
    case .notJSON, .notArray, .malformedCall, .unknownMessageType:
      version == .v201 ? error("-1", .rpcFrameworkError, version) : nil
    case .malformedAnswer: nil
    }
  }

  private func error(_ id: String, _ code: OCPPErrorCode, _ version: OCPPVersion) -> OCPPFrame {
    .error(
      id: id, code: code.spelling(for: version), description: description, details: .object([]))
  }

  public var description: String {
    switch self {
    case .notJSON(let error): error.description
    case .notArray: "the message is not a JSON array"
    case .unknownMessageType: "the message type is not known"
    case .malformedCall(_, let reason), .malformedAnswer(_, let reason): reason
    }
  }
}
