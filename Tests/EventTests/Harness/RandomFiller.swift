@testable import ChargePiES

/// Fills every field of a record with random values, through the record's own listing.
struct RandomFiller: FieldVisitor {
  var random: SeededRandom
  /// The alternative of the outermost choice; inner ones are chosen by chance.
  private let kind: UInt32?
  private var depth = 0
  private var seen = 0

  init(seed: UInt64, kind: UInt32? = nil) {
    random = SeededRandom(seed: seed)
    self.kind = kind
  }

  /// A record of random content.
  static func make<R: Listed>(_ type: R.Type, seed: UInt64, kind: UInt32? = nil) -> R {
    var filler = RandomFiller(seed: seed, kind: kind)
    var record = R()
    record.list(&filler)
    return record
  }

  /// Numbers of all lengths, never zero.
  private mutating func number() -> UInt64 {
    max(1, random.next() >> UInt64(random.below(64)))
  }

  mutating func unsigned(_ field: Field, _ value: inout UInt64) {
    value = number()
  }

  mutating func signed(_ field: Field, _ value: inout Int64) {
    value = Int64(bitPattern: number())
  }

  mutating func flag(_ field: Field, _ value: inout Bool) { value = true }

  mutating func text(_ field: Field, _ value: inout String) {
    let letters: [Character] = ["a", "Z", "\"", "\\", "\n", "\u{0}", "é", "中", "😀"]
    value = String((0...random.below(200)).map { _ in random.pick(letters) })
  }

  mutating func bytes(_ field: Field, _ value: inout [UInt8]) {
    value = (0...random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E) {
    value = random.pick(E.allCases.filter { $0.rawValue != 0 })
  }

  mutating func record<R: Listed>(_ field: Field, _ value: inout R) {
    let outer = seen
    (depth, seen) = (depth + 1, 0)
    value.list(&self)
    (depth, seen) = (depth - 1, outer)
  }

  mutating func optional<T: FieldValue>(_ field: Field, _ value: inout T?) {
    var present = T()
    present.accept(field, &self)
    value = random.once(in: 3) ? nil : random.once(in: 3) ? T() : present
  }

  mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T]) {
    value = (0..<random.below(4)).map { _ in
      var element = T()
      element.accept(field, &self)
      return element
    }
  }

  mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?
  ) {
    seen += 1
    let isChosen = depth == 0 && kind != nil ? kind == field.number : random.once(in: seen)
    guard isChosen else { return }
    var payload = P()
    record(field, &payload)
    choice = make(payload)
  }
}

/// The fields of an encoded record, one after the other.
func fields(_ bytes: [UInt8]) -> [(number: UInt64, bytes: [UInt8])] {
  var found: [(number: UInt64, bytes: [UInt8])] = []
  var position = 0
  func varint() -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    return result
  }
  while position < bytes.count {
    let start = position
    let tag = varint()
    let content = varint()
    if tag & 7 == 2 { position += Int(content) }
    found.append((tag >> 3, Array(bytes[start..<position])))
  }
  return found
}
