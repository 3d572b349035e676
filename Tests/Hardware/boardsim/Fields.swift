/// Takes little-endian fields of the kernel's structures, one after the other.
///
/// Whole fields at once, not byte by byte: this code runs unoptimised in an emulator, between the
/// daemon and every byte on its buses.
struct FieldReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What has not been taken yet.
  var rest: [UInt8] { Array(bytes[min(position, bytes.count)...]) }

  mutating func skip(_ count: Int) { position += count }

  /// The next field; nil behind the end.
  mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
    let size = MemoryLayout<Number>.size
    guard position + size <= bytes.count else { return nil }
    defer { position += size }
    // Within the array, as was just checked; any bits make an integer.
    return bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self))
    }
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
    // The bytes of an integer, which outlives the closure.
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ more: [UInt8]) { bytes += more }

  /// A text or array in a field of fixed width, filled with zeros.
  mutating func append(_ content: [UInt8], width: Int) {
    bytes += content.prefix(width)
    bytes += [UInt8](repeating: 0, count: max(0, width - content.count))
  }
}
