/// One JSON value (RFC 8259), the members of an object in the order of the text.
///
/// Whole numbers and others are told apart as they were written (`5` and `5.0`), so that nothing
/// that was an integer passes through floating point. `string` compares as Swift strings do.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent.
  case integer(Int64)
  /// Any other number, always finite when it was parsed.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  /// One name and its value in an object.
  public struct Member: Hashable, Sendable {
    /// The member's name, escapes resolved.
    public var name: String
    /// The member's value.
    public var value: JSON

    /// A member of that name and value.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }
}

extension JSON {
  /// The value of the first member of that name, `nil` if there is none or this is no object.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.name == name { return member.value }
    return nil
  }

  /// The text if this is a string.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The number if it is whole and fits, however it was written: `5`, `5.0` and `5e0` alike.
  public var integer: Int64? {
    if case .integer(let value) = self { return value }
    guard case .number(let value) = self else { return nil }
    return Int64(exactly: value)
  }

  /// The number as floating point, for what is no measured or billed quantity.
  public var double: Double? {
    if case .integer(let value) = self { return Double(value) }
    guard case .number(let value) = self else { return nil }
    return value
  }

  /// The truth value if this is one.
  public var boolean: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The elements if this is an array.
  public var elements: [JSON]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  /// The members if this is an object.
  public var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// What this is, for a sentence such as "expected an integer, found a string".
  ///
  /// Never the value itself: it may be a card number, and sentences reach logs.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
