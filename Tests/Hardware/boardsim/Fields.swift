/// Takes little-endian fields of the kernel's structures, one after the other.
struct FieldReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What has not been taken yet.
  var rest: [UInt8] { Array(bytes[min(position, bytes.count)...]) }

  mutating func skip(_ count: Int) { position += count }

  /// The next field; nil behind the end.
  mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
    let end = position + Number.bitWidth / 8
    guard end <= bytes.count else { return nil }
    var number: Number = 0
    for index in (position..<end).reversed() { number = number << 8 | Number(bytes[index]) }
    position = end
    return number
  }

  /// So many bytes; nil when there are fewer.
  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count >= 0, position + count <= bytes.count else { return nil }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
}

/// Makes little-endian structures of the kernel.
struct FieldWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }

  mutating func append(_ more: [UInt8]) { bytes += more }

  /// A text or array in a field of fixed width, filled with zeros.
  mutating func append(_ content: [UInt8], width: Int) {
    bytes += content.prefix(width)
    bytes += [UInt8](repeating: 0, count: max(0, width - content.count))
  }
}
