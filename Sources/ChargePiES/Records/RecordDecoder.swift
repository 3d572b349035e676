/// What is wrong with the bytes of a record.
public enum RecordError: Error, Equatable, Sendable {
  /// The bytes end inside a field.
  case truncated
  /// A number has more than ten bytes, or a wire type that does not exist.
  case malformed
  /// Text that is not UTF-8.
  case notText
  /// The record holds a kind of event that this program does not know: a newer one wrote it.
  case unknownKind(UInt32)
}

/// Reads listings from the Protocol Buffers wire format.
///
/// Our own records come in ascending order and are read in one pass. Fields in another order, and
/// fields that this program does not know, are legal too: the listing is walked again behind them.
public struct RecordDecoder: FieldVisitor {
  private let base: UnsafeRawPointer
  private var position: Int
  private var end: Int
  private var next: UInt32 = 0
  /// The first thing that was wrong; reading stops there.
  public private(set) var failure: RecordError?
  /// The smallest field number that was skipped as unknown; 0 for none.
  public private(set) var skipped: UInt32 = 0

  /// Reads from bytes that outlive the decoder (the closures of `decode` bound them).
  private init(_ bytes: UnsafeRawBufferPointer, base: UnsafeRawPointer) {
    self.base = base
    position = 0
    end = bytes.count
    advance()
  }

  /// Decodes one record.
  public static func decode<R: Listed>(
    _ type: R.Type, from bytes: UnsafeRawBufferPointer
  ) throws(RecordError) -> R {
    var skipped: UInt32 = 0
    return try decode(type, from: bytes, skipped: &skipped)
  }

  /// Decodes one record and tells the smallest unknown top-level field.
  public static func decode<R: Listed>(
    _ type: R.Type, from bytes: UnsafeRawBufferPointer, skipped: inout UInt32
  ) throws(RecordError) -> R {
    var value = R()
    guard let base = bytes.baseAddress else { return value }
    var decoder = RecordDecoder(bytes, base: base)
    decoder.fill(&value)
    if let failure = decoder.failure { throw failure }
    skipped = decoder.skipped
    return value
  }

  /// Decodes one record from an array.
  public static func decode<R: Listed>(
    _ type: R.Type, from bytes: [UInt8]
  ) throws(RecordError) -> R {
    let result: Result<R, RecordError> = bytes.withUnsafeBytes { raw in
      do throws(RecordError) {
        return .success(try decode(type, from: raw))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Decodes a record of the journal and tells the smallest unknown field.
  ///
  /// Not generic, so that the whole listing is specialised here, where its code is: in another
  /// module each field would look up its types at run time. The commit's hash, which is often the
  /// last field, is passed over without walking the listing again.
  public static func record(
    from bytes: UnsafeRawBufferPointer, skipped: inout UInt32
  ) throws(RecordError) -> Record {
    var value = Record()
    guard let base = bytes.baseAddress else { return value }
    var decoder = RecordDecoder(bytes, base: base)
    while decoder.next != 0 {
      let before = decoder.position
      value.list(&decoder)
      let isUnknown = decoder.position == before && decoder.next != 0
      if isUnknown || decoder.next == Record.commitHashTag { decoder.skip() }
    }
    if let failure = decoder.failure { throw failure }
    skipped = decoder.skipped
    return value
  }

  private mutating func fill<R: Listed>(_ value: inout R) {
    while next != 0 {
      let before = position
      value.list(&self)
      if position == before && next != 0 { skip() }
    }
  }

  public mutating func unsigned(_ field: Field, _ value: inout UInt64) {
    guard next == field.number << 3 else { return }
    value = varint()
    advance()
  }

  public mutating func signed(_ field: Field, _ value: inout Int64) {
    guard next == field.number << 3 else { return }
    let raw = varint()
    value = Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    advance()
  }

  public mutating func flag(_ field: Field, _ value: inout Bool) {
    guard next == field.number << 3 else { return }
    value = varint() != 0
    advance()
  }

  public mutating func text(_ field: Field, _ value: inout String) {
    guard next == field.number << 3 | 2 else { return }
    let range = block()
    let slice = UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    if let valid = String(validating: slice, as: UTF8.self) {
      value = valid
    } else {
      fail(.notText)
    }
    advance()
  }

  public mutating func bytes(_ field: Field, _ value: inout [UInt8]) {
    guard next == field.number << 3 | 2 else { return }
    let range = block()
    value = Array(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    advance()
  }

  public mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E) {
    guard next == field.number << 3 else { return }
    value = E(rawValue: UInt32(truncatingIfNeeded: varint())) ?? E()
    advance()
  }

  public mutating func record<R: Listed>(_ field: Field, _ value: inout R) {
    guard next == field.number << 3 | 2 else { return }
    let range = block()
    let outer = end
    let outerSkipped = skipped
    position = range.lowerBound
    end = range.upperBound
    advance()
    fill(&value)
    end = outer
    skipped = outerSkipped
    guard failure == nil else { return }
    position = range.upperBound
    advance()
  }

  public mutating func optional<T: FieldValue>(_ field: Field, _ value: inout T?) {
    guard next >> 3 == field.number else { return }
    var present = T()
    present.accept(field, &self)
    value = present
  }

  public mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T]) {
    while next >> 3 == field.number {
      let before = position
      var element = T()
      element.accept(field, &self)
      guard position != before || next == 0 else { return }
      value.append(element)
    }
  }

  public mutating func phases(_ field: Field, _ value: inout PhaseValues) {
    while next == field.number << 3 {
      var element: Int64 = 0
      signed(field, &element)
      value.append(element)
    }
  }

  public mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?
  ) {
    guard next == field.number << 3 | 2 else { return }
    var payload = P()
    record(field, &payload)
    choice = make(payload)
  }

  /// Reads the next tag; 0 at the end or after a failure.
  @inline(__always)
  private mutating func advance() {
    guard failure == nil, position < end else {
      next = 0
      return
    }
    next = UInt32(truncatingIfNeeded: varint())
    if next >> 3 == 0 { fail(.malformed) }
  }

  private mutating func fail(_ error: RecordError) {
    if failure == nil { failure = error }
    next = 0
    position = end
  }

  @inline(__always)
  private mutating func varint() -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = base.load(fromByteOffset: position, as: UInt8.self)
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
      if shift > 63 { break }
    }
    fail(shift > 63 ? .malformed : .truncated)
    return 0
  }

  private mutating func block() -> Range<Int> {
    let length = varint()
    guard failure == nil, length <= UInt64(end - position) else {
      fail(.truncated)
      return position..<position
    }
    let range = position..<(position + Int(length))
    position = range.upperBound
    return range
  }

  private mutating func skip() {
    let number = next >> 3
    if skipped == 0 || number < skipped { skipped = number }
    switch next & 7 {
    case 0: _ = varint()
    case 1: position += 8
    case 2: _ = block()
    case 5: position += 4
    default: fail(.malformed)
    }
    if position > end { fail(.truncated) }
    advance()
  }
}
