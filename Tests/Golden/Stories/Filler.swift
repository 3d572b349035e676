import ChargePiES

/// Fills every field of a record with a value of its own, through the record's own listing: never
/// the default, of all lengths, with negative numbers and every case of an enumeration in turn.
struct Filler: FieldVisitor {
  /// Counts the values that were given.
  private var count: UInt64
  /// The alternative to take of the outermost choice; of inner ones, one after the other.
  private let kind: UInt32
  private var depth = 0
  private var turns = 0
  private var seen = 0

  private init(_ count: UInt64, kind: UInt32) {
    self.count = count
    self.kind = kind
    turns = Int(count)
  }

  /// A full record; another count gives other values.
  static func make<R: Listed>(_ type: R.Type, _ count: UInt64, kind: UInt32 = 0) -> R {
    var filler = Filler(count, kind: kind)
    var record = R()
    record.list(&filler)
    return record
  }

  /// One byte, two bytes, four bytes, and so on, in the encoding.
  private mutating func number() -> UInt64 {
    count += 1
    return (count % 120 + 1) << (count % 4 * 7)
  }

  mutating func unsigned(_ field: Field, _ value: inout UInt64) { value = number() }

  mutating func signed(_ field: Field, _ value: inout Int64) {
    let number = Int64(number())
    value = count % 2 == 0 ? number : -number
  }

  mutating func flag(_ field: Field, _ value: inout Bool) { value = true }

  mutating func text(_ field: Field, _ value: inout String) {
    count += 1
    value = "\(field.name) \(count) \"é 中 😀\\"
  }

  mutating func bytes(_ field: Field, _ value: inout [UInt8]) {
    count += 1
    value = Array("\(field.name) \(count)".utf8)
  }

  mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E) {
    count += 1
    let cases = E.allCases.filter { $0.rawValue != 0 }
    value = cases[Int(count) % cases.count]
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
    value = present
  }

  mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T]) {
    value = (0..<2).map { _ in
      var element = T()
      element.accept(field, &self)
      return element
    }
  }

  mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?
  ) {
    seen += 1
    // An inner choice has nine alternatives; which one comes differs from record to record.
    guard depth == 0 ? kind == field.number : turns % 9 == seen - 1 else { return }
    var payload = P()
    record(field, &payload)
    choice = make(payload)
  }
}
