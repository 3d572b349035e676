/// One message of OCPP-J: OCPP-J 1.6 §4.2, and the same in OCPP 2.0.1 part 4 §4.2.
public enum OCPPFrame: Hashable, Sendable {
  /// `[2, id, action, payload]`: a request.
  case call(id: String, action: String, payload: JSON)
  /// `[3, id, payload]`: the answer to a call.
  case result(id: String, payload: JSON)
  /// `[4, id, code, description, details]`: the refusal of a call, its code as the peer spells it.
  case error(id: String, code: String, description: String, details: JSON)

  /// The longest message id (OCPP-J 1.6 §4.1.4), in characters, as for a UUID.
  public static let maximumIDLength = 36
  /// The longest message id that a refusal repeats: beyond it a frame is noise, no mistake.
  public static let maximumEchoedIDLength = 255
  /// The longest description of an error (OCPP-J 1.6 §4.2.3), in characters.
  public static let maximumDescriptionLength = 255
  /// How deep a frame may nest: the messages themselves need 8 levels.
  public static let maximumDepth = 64

  /// The message id.
  public var id: String {
    switch self {
    case .call(let id, _, _), .result(let id, _), .error(let id, _, _, _): id
    }
  }
}
