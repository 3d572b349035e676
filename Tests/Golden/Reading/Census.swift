import ChargePiES

/// Counts which fields of which types, and which cases of which enumerations, journals have in them
/// with a value other than the default, through the types' own listings.
package struct Census: FieldVisitor {
  private struct Key: Hashable {
    let type: ObjectIdentifier
    let number: UInt32
  }

  /// Takes every field for reached, and walks each type once.
  private let isComplete: Bool
  private var reached: Set<Key> = []
  private var names: [Key: String] = [:]
  private var walked: Set<ObjectIdentifier> = []
  private var type = ObjectIdentifier(Never.self)
  private var typeName = ""

  private init(isComplete: Bool) { self.isComplete = isComplete }

  /// An empty census.
  package init() { self.init(isComplete: false) }

  /// Everything that there is to be reached, in records and in the state.
  private static let complete: Census = {
    var census = Census(isComplete: true)
    census.count(Record())
    census.count(Station())
    return census
  }()

  /// Counts what is in a record or a state.
  package mutating func count<R: Listed>(_ record: R) {
    var copy = record
    walk(&copy)
  }

  /// The names of what is not reached, in order.
  package var missing: [String] {
    Self.complete.names.filter { !reached.contains($0.key) }.map(\.value).sorted()
  }

  /// How much there is to be reached.
  package static var total: Int { complete.names.count }

  private mutating func walk<R: Listed>(_ value: inout R) {
    if isComplete, !walked.insert(ObjectIdentifier(R.self)).inserted { return }
    let outer = (type, typeName)
    type = ObjectIdentifier(R.self)
    if isComplete { typeName = "\(R.self)" }
    value.list(&self)
    (type, typeName) = outer
  }

  private mutating func reach(_ field: Field, _ isReached: Bool) {
    let key = Key(type: type, number: field.number)
    if isComplete { names[key] = "\(typeName).\(field.name)" }
    if isReached { reached.insert(key) }
  }

  package mutating func unsigned(_ field: Field, _ value: inout UInt64) { reach(field, value != 0) }
  package mutating func signed(_ field: Field, _ value: inout Int64) { reach(field, value != 0) }
  package mutating func flag(_ field: Field, _ value: inout Bool) { reach(field, value) }
  package mutating func text(_ field: Field, _ value: inout String) { reach(field, value != "") }
  package mutating func bytes(_ field: Field, _ value: inout [UInt8]) { reach(field, value != []) }

  package mutating func enumeration<E: Enumeration>(_ field: Field, _ value: inout E) {
    reach(field, value.rawValue != 0)
    let type = ObjectIdentifier(E.self)
    if value.rawValue != 0 { reached.insert(Key(type: type, number: value.rawValue)) }
    guard isComplete else { return }
    for element in E.allCases where element.rawValue != 0 {
      names[Key(type: type, number: element.rawValue)] = "\(E.self).\(element)"
    }
  }

  package mutating func record<R: Listed>(_ field: Field, _ value: inout R) {
    if isComplete {
      reach(field, true)
    } else {
      reach(field, !RecordEncoder.encode(value).isEmpty)
    }
    walk(&value)
  }

  package mutating func optional<T: FieldValue>(_ field: Field, _ value: inout T?) {
    reach(field, value != nil)
    guard var present = isComplete ? T() : value else { return }
    present.accept(field, &self)
  }

  package mutating func repeated<T: FieldValue>(_ field: Field, _ value: inout [T]) {
    reach(field, !value.isEmpty)
    for element in isComplete ? [T()] : value {
      var copy = element
      copy.accept(field, &self)
    }
  }

  package mutating func alternative<C, P: Listed>(
    _ field: Field, _ choice: inout C?, _ make: (P) -> C, _ take: (C) -> P?
  ) {
    let chosen = choice.flatMap(take)
    reach(field, chosen != nil)
    guard var payload = isComplete ? P() : chosen else { return }
    walk(&payload)
  }
}
