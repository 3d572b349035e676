/// A field of a record: its Protocol Buffers number, never reused, and its name.
public struct Field {
  /// The field number on disk, 1 to 2^29 - 1.
  public let number: UInt32
  /// The name in `docs/journal.proto`, in JSON and in print.
  public let name: StaticString

  /// A field of a listing.
  @inlinable
  public init(_ number: UInt32, _ name: StaticString) {
    self.number = number
    self.name = name
  }
}

/// What walks over a listing: encoder, decoder, JSON, print, schema.
///
/// One listing per type serves them all, so a field cannot be written and not read. Every visitor
/// is generic code over these few primitives and specialises to straight-line code.
public protocol FieldVisitor {
  /// An unsigned number (`uint64`).
  mutating func unsigned(_ field: Field, _ value: inout UInt64)
  /// A signed number (`sint64`, zigzag).
  mutating func signed(_ field: Field, _ value: inout Int64)
  /// A truth value (`bool`).
  mutating func flag(_ field: Field, _ value: inout Bool)
  /// UTF-8 text (`string`).
  mutating func text(_ field: Field, _ value: inout String)
  /// Raw bytes (`bytes`).
  mutating func bytes(_ field: Field, _ value: inout [UInt8])
  /// An enumeration; a number that this program does not know reads as its zero case.
  mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E)
  /// A nested record; one whose fields are all at their defaults is left out.
  mutating func record<R: Listed>(_ field: Field, _ value: inout R)
  /// A field that may be absent; present zeros are written.
  mutating func optional<T: FieldValue>(_ field: Field, _ value: inout T?)
  /// A repeated field, unpacked.
  mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T])
  /// A repeated signed number of at most three, unpacked.
  mutating func phases(_ field: Field, _ value: inout PhaseValues)
  /// One alternative of a `oneof`.
  mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?)
}

extension FieldVisitor {
  /// The same as an array's.
  public mutating func phases(_ field: Field, _ value: inout PhaseValues) {
    var values = Array(value)
    repeated(field, &values)
    value = PhaseValues(values)
  }

  /// Lists one field: its number, its name, its place.
  @inline(__always)
  mutating func field<T: FieldValue>(
    _ number: UInt32, _ name: StaticString, _ value: inout T
  ) {
    value.accept(Field(number, name), &self)
  }

  /// Lists one alternative of a choice.
  @inline(__always)
  mutating func option<C, P: Listed>(
    _ number: UInt32, _ name: StaticString, _ choice: inout C?, _ make: (P) -> C,
    _ take: (C) -> P?
  ) {
    alternative(Field(number, name), &choice, make, take)
  }
}

/// A value that can stand in a field.
public protocol FieldValue {
  /// The value of an absent field.
  init()
  /// Hands the value to the primitive that fits it.
  mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V)
}

/// A record type: it lists its fields once, in ascending order of their numbers.
public protocol Listed: FieldValue {
  /// Names every field for a visitor.
  mutating func list<V: FieldVisitor>(_ visitor: inout V)
}

extension Listed {
  /// A record is a nested message.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.record(field, &self)
  }
}

/// A `oneof`: lists its alternatives once, each with a number of the enclosing record.
public protocol Choice {
  /// Names every alternative for a visitor.
  static func list<V: FieldVisitor>(_ visitor: inout V, _ choice: inout Self?)
}

/// An enumeration of the journal: numbers are for ever, zero means "not said or not known".
public protocol Enumeration: FieldValue, RawRepresentable, CaseIterable, Hashable, Sendable
where RawValue == UInt32 {}

extension Enumeration {
  /// A field that holds one of the cases.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.enumeration(field, &self)
  }
}

extension UInt64: FieldValue {
  /// See `FieldVisitor.unsigned`.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.unsigned(field, &self)
  }
}

extension UInt32: FieldValue {
  /// Written as `uint64`; values beyond 32 bits cannot have been written by this type.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    var wide = UInt64(self)
    visitor.unsigned(field, &wide)
    self = UInt32(truncatingIfNeeded: wide)
  }
}

extension Int64: FieldValue {
  /// See `FieldVisitor.signed`.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.signed(field, &self)
  }
}

extension Bool: FieldValue {
  /// See `FieldVisitor.flag`.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.flag(field, &self)
  }
}

extension String: FieldValue {
  /// See `FieldVisitor.text`.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.text(field, &self)
  }
}

extension Optional: FieldValue where Wrapped: FieldValue {
  /// Absent.
  public init() { self = nil }
  /// See `FieldVisitor.optional`.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.optional(field, &self)
  }
}

extension Array: FieldValue where Element: FieldValue {
  /// See `FieldVisitor.repeated`.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.repeated(field, &self)
  }
}

/// Raw bytes as a field (`[UInt8]` alone would be a repeated number).
public struct Bytes: FieldValue, Hashable, Sendable {
  /// The bytes.
  public var content: [UInt8]

  /// No bytes.
  public init() { content = [] }
  /// Some bytes.
  public init(_ content: [UInt8]) { self.content = content }

  /// See `FieldVisitor.bytes`.
  public mutating func accept<V: FieldVisitor>(_ field: Field, _ visitor: inout V) {
    visitor.bytes(field, &content)
  }
}
