/// An object of OCPP's messages: it reads itself with its schema's constraints, and writes itself.
public protocol OCPPObject: JSONWritable, Hashable, Sendable {
  /// - Throws: the first constraint that the JSON breaks.
  init(json: JSON) throws(ConstraintViolation)
}

/// The payload of a CALL or a CALLRESULT.
public protocol OCPPMessage: OCPPObject {}

/// The payload of a CALL, which knows its action and the payload of its answer.
public protocol OCPPRequest: OCPPMessage {
  associatedtype Response: OCPPMessage
  /// The action's name on the wire.
  static var actionName: String { get }
}

/// A list of words of OCPP's messages, spelled as on the wire.
public protocol OCPPEnumeration: RawRepresentable<String>, CaseIterable, JSONWritable, Hashable,
  Sendable
{}

extension OCPPEnumeration {
  public func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

/// The messages of OCPP 1.6, generated from its JSON schemas, named as in its chapters 6 and 7.
public enum OCPP16 {}
