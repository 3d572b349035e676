/// A top-level field of a Protocol Buffers message as it stands in the bytes: read here without the
/// decoder that is under test.
struct WireField {
  let number: UInt64
  /// The bytes of a field of wire type 2, without tag and length.
  let content: [UInt8]
  /// The whole field.
  let bytes: [UInt8]

  /// The fields of a message that is whole; anything else is a bug of the caller and traps.
  static func split(_ message: [UInt8]) -> [WireField] {
    var fields: [WireField] = []
    var position = 0
    while position < message.count {
      let start = position
      let tag = varint(message, &position)
      var content: [UInt8] = []
      switch tag & 7 {
      case 0: _ = varint(message, &position)
      case 1: position += 8
      case 2:
        let length = Int(varint(message, &position))
        content = Array(message[position..<position + length])
        position += length
      default: position += 4
      }
      fields.append(
        WireField(number: tag >> 3, content: content, bytes: Array(message[start..<position])))
    }
    return fields
  }

  private static func varint(_ bytes: [UInt8], _ position: inout Int) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
  }
}
