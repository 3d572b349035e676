/// A payload that does not keep to its message's schema: where, how, and the code to answer with.
///
/// The sentence never quotes a value: it may be a card number, and it reaches logs and the journal.
public struct ConstraintViolation: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a CALLERROR says.
  public let code: OCPPErrorCode
  /// Where, such as `chargingProfile.stackLevel`; empty for the payload itself.
  public private(set) var path: String
  /// What is wrong there.
  public let reason: String

  /// A violation of the value at the path, by default of the payload itself.
  public init(_ code: OCPPErrorCode, path: String = "", _ reason: String) {
    self.code = code
    self.path = path
    self.reason = reason
  }

  /// The same violation seen from the object or array around it.
  ///
  /// The path is put together on the way out, so that reading what is right builds none.
  func inside(_ step: String) -> ConstraintViolation {
    var outer = self
    outer.path = JSONPath.join(step, path)
    return outer
  }

  /// A sentence for a CALLERROR's description.
  public var description: String {
    path.isEmpty ? reason : "\(path): \(reason)"
  }
}
