/// Takes the members of one JSON object by name and reports what is missing or left over.
///
/// Every generated message reads itself with one of these, a line for each property.
struct ObjectReader {
  private let members: [JSON.Member]
  private var takenCount = 0
  /// One bit for each of the first 64 members; more than any OCPP object has.
  private var takenBits: UInt64 = 0

  /// - Throws: `formatViolation` if the payload is no object.
  init(_ json: JSON) throws(ConstraintViolation) {
    guard case .object(let members) = json else {
      throw ConstraintViolation(.formatViolation, "expected an object, found \(json.kindName)")
    }
    self.members = members
  }

  /// Reads a property that must be there.
  mutating func required<Shape: WireShape>(
    _ name: String, _ shape: Shape
  ) throws(ConstraintViolation) -> Shape.Value {
    guard let value = try optional(name, shape) else {
      throw ConstraintViolation(
        .occurrenceConstraintViolation, path: name, "a required property is missing")
    }
    return value
  }

  /// Reads a property that may be left out; `null` is not the same as leaving it out.
  mutating func optional<Shape: WireShape>(
    _ name: String, _ shape: Shape
  ) throws(ConstraintViolation) -> Shape.Value? {
    guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
    takenCount += 1
    if index < 64 { takenBits |= 1 << UInt64(index) }
    do throws(ConstraintViolation) {
      return try shape.read(members[index].value)
    } catch {
      throw error.inside(name)
    }
  }

  /// Refuses properties that the schema does not know (`additionalProperties: false`).
  func refuseOthers() throws(ConstraintViolation) {
    guard takenCount != members.count else { return }
    let name = others.first.map { String($0.name.unicodeScalars.prefix(50)) } ?? ""
    throw ConstraintViolation(.formatViolation, path: name, "the schema has no such property")
  }

  /// The members that were not taken, in their order, for objects that are open to others' members.
  var others: [JSON.Member] {
    guard takenCount != members.count else { return [] }
    return members.enumerated()
      .filter { index, _ in index >= 64 || takenBits & (1 << UInt64(index)) == 0 }
      .map(\.element)
  }
}
