/// The Protocol Buffers wire format, as far as bytes have to be told apart without knowing the
/// message.
///
/// Source: Protocol Buffers "Encoding", wire types 0, 1, 2 and 5.
enum ProtobufFields {
  /// One top-level field: its number, and its value as a number or as the range of its bytes.
  enum Value {
    case number(UInt64)
    case bytes(Range<Int>)
  }

  /// Whether a walk of the top-level fields arrives exactly at `offset`.
  static func fieldBegins(at offset: Int, in message: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    while position < offset {
      guard next(in: message, at: &position) != nil else { return false }
    }
    return position == offset
  }

  /// Reads the field at `position` and moves behind it; nil when the bytes are malformed.
  static func next(
    in message: UnsafeRawBufferPointer, at position: inout Int
  ) -> (number: UInt64, value: Value)? {
    guard let tag = varint(in: message, at: &position), tag >> 3 != 0 else { return nil }
    let length: UInt64
    switch tag & 7 {
    case 0:
      guard let number = varint(in: message, at: &position) else { return nil }
      return (tag >> 3, .number(number))
    case 1: length = 8
    case 2:
      guard let bytes = varint(in: message, at: &position) else { return nil }
      length = bytes
    case 5: length = 4
    default: return nil
    }
    guard length <= UInt64(message.count - position) else { return nil }
    let range = position..<position + Int(length)
    position = range.upperBound
    return (tag >> 3, .bytes(range))
  }

  /// Reads a varint of at most ten bytes; nil when it is cut off or too long.
  static func varint(in message: UnsafeRawBufferPointer, at position: inout Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < message.count, shift < 64 {
      let byte = message[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  static func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// A field of wire type 0.
  static func append(field: UInt64, _ value: UInt64, to bytes: inout [UInt8]) {
    appendVarint(field << 3, to: &bytes)
    appendVarint(value, to: &bytes)
  }

  /// A field of wire type 2.
  static func append(field: UInt64, _ value: [UInt8], to bytes: inout [UInt8]) {
    appendVarint(field << 3 | 2, to: &bytes)
    appendVarint(UInt64(value.count), to: &bytes)
    bytes += value
  }
}
