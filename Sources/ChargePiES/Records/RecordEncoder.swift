/// Writes listings in the Protocol Buffers wire format, fields in ascending order, zeros left out.
///
/// The same value always gives the same bytes, so a digest of the bytes is a digest of the value.
public struct RecordEncoder: FieldVisitor {
  /// What has been written.
  public var output: [UInt8]
  private var writesZeros = false

  /// Appends to `output`.
  public init(appendingTo output: consuming [UInt8] = []) {
    self.output = output
  }

  /// The bytes of one record.
  public static func encode<R: Listed>(_ record: R) -> [UInt8] {
    var encoder = RecordEncoder()
    encoder.write(record)
    return encoder.output
  }

  /// Appends the fields of one record.
  public mutating func write<R: Listed>(_ record: R) {
    var copy = record
    copy.list(&self)
  }

  public mutating func unsigned(_ field: Field, _ value: inout UInt64) {
    guard value != 0 || writesZeros else { return }
    tag(field, 0)
    varint(value)
  }

  public mutating func signed(_ field: Field, _ value: inout Int64) {
    guard value != 0 || writesZeros else { return }
    tag(field, 0)
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  public mutating func flag(_ field: Field, _ value: inout Bool) {
    guard value || writesZeros else { return }
    tag(field, 0)
    output.append(value ? 1 : 0)
  }

  public mutating func text(_ field: Field, _ value: inout String) {
    guard !value.isEmpty || writesZeros else { return }
    tag(field, 2)
    varint(UInt64(value.utf8.count))
    output.append(contentsOf: value.utf8)
  }

  public mutating func bytes(_ field: Field, _ value: inout [UInt8]) {
    guard !value.isEmpty || writesZeros else { return }
    tag(field, 2)
    varint(UInt64(value.count))
    output.append(contentsOf: value)
  }

  public mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E) {
    var raw = UInt64(value.rawValue)
    unsigned(field, &raw)
  }

  public mutating func record<R: Listed>(_ field: Field, _ value: inout R) {
    let force = writesZeros
    writesZeros = false
    let before = output.count
    tag(field, 2)
    let start = output.count
    output.append(0)
    value.list(&self)
    let length = output.count - start - 1
    if length == 0 && !force {
      output.removeLast(output.count - before)
    } else {
      close(start, length)
    }
  }

  public mutating func optional<T: FieldValue>(_ field: Field, _ value: inout T?) {
    guard var present = value else { return }
    forced(field, &present)
  }

  public mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T]) {
    for element in value {
      var copy = element
      forced(field, &copy)
    }
  }

  public mutating func phases(_ field: Field, _ value: inout PhaseValues) {
    for element in value {
      var copy = element
      forced(field, &copy)
    }
  }

  public mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?
  ) {
    guard let chosen = choice, var payload = take(chosen) else { return }
    forced(field, &payload)
  }

  private mutating func forced<T: FieldValue>(_ field: Field, _ value: inout T) {
    writesZeros = true
    value.accept(field, &self)
    writesZeros = false
  }

  /// The length was reserved as one byte; a longer one pushes the content back.
  private mutating func close(_ start: Int, _ length: Int) {
    guard length >= 0x80 else {
      output[start] = UInt8(length)
      return
    }
    var digits: [UInt8] = []
    var rest = UInt64(length)
    while rest >= 0x80 {
      digits.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    digits.append(UInt8(rest))
    output.replaceSubrange(start...start, with: digits)
  }

  @inline(__always)
  private mutating func tag(_ field: Field, _ wire: UInt32) {
    varint(UInt64(field.number << 3 | wire))
  }

  @inline(__always)
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(truncatingIfNeeded: rest))
  }
}
