import ChargePiES

/// Lists the numbers of all kinds of events, as a record's own listing has them.
package struct KindLister: FieldVisitor {
  private var kinds: [UInt32] = []

  private init() {}

  /// The numbers, in the order of the listing.
  package static var all: [UInt32] {
    var lister = KindLister()
    var record = Record()
    record.list(&lister)
    return lister.kinds
  }

  package mutating func unsigned(_ field: Field, _ value: inout UInt64) {}
  package mutating func signed(_ field: Field, _ value: inout Int64) {}
  package mutating func flag(_ field: Field, _ value: inout Bool) {}
  package mutating func text(_ field: Field, _ value: inout String) {}
  package mutating func bytes(_ field: Field, _ value: inout [UInt8]) {}
  package mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E) {}
  package mutating func record<R: Listed>(_ field: Field, _ value: inout R) {}
  package mutating func optional<T: FieldValue>(_ field: Field, _ value: inout T?) {}
  package mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T]) {}
  package mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?
  ) {
    kinds.append(field.number)
  }
}
