/// How one property's JSON value is checked and read: type, length, range, list.
///
/// The codes follow OCPP-J 1.6 §4.2.3: a wrong JSON type is a `typeConstraintViolation`, a value
/// outside its range, list or length a `propertyConstraintViolation`, a wrong count of elements an
/// `occurrenceConstraintViolation`.
protocol WireShape {
  associatedtype Value
  func read(_ json: JSON) throws(ConstraintViolation) -> Value
}

/// A string of at most so many Unicode scalars, the unit in which JSON Schema counts.
struct StringShape: WireShape {
  let maximumLength: Int

  func read(_ json: JSON) throws(ConstraintViolation) -> String {
    guard case .string(let text) = json else { throw .wrongType("a string", json) }
    // No text has more scalars than bytes, so short ones need not be counted.
    if text.utf8.count > maximumLength && text.unicodeScalars.count > maximumLength {
      throw ConstraintViolation(
        .propertyConstraintViolation, "longer than \(maximumLength) characters")
    }
    return text
  }
}

/// A date and time that `Timestamp` can read, kept as it was written.
struct DateTimeShape: WireShape {
  func read(_ json: JSON) throws(ConstraintViolation) -> String {
    guard case .string(let text) = json else { throw .wrongType("a date and time", json) }
    guard Timestamp.nanoseconds(parsing: text) != nil else {
      throw ConstraintViolation(.propertyConstraintViolation, "not a date and time (RFC 3339)")
    }
    return text
  }
}

/// A whole number in a range; `5.0` is read as 5.
struct IntegerShape: WireShape {
  let range: ClosedRange<Int64>

  func read(_ json: JSON) throws(ConstraintViolation) -> Int {
    guard let value = json.integer else { throw .wrongType("an integer", json) }
    guard range.contains(value) else {
      throw ConstraintViolation(.propertyConstraintViolation, "outside its range")
    }
    return Int(value)
  }
}

/// A number with a fixed count of decimal places (`multipleOf`), or with as many as it needs.
struct DecimalShape: WireShape {
  let scale: Int?
  /// Bounds in whole numbers, which is all that the schemas use.
  let range: ClosedRange<Int64>

  func read(_ json: JSON) throws(ConstraintViolation) -> JSONDecimal {
    guard let value = json.double else { throw .wrongType("a number", json) }
    guard let decimal = scale.map({ JSONDecimal(json, scale: $0) }) ?? JSONDecimal(json) else {
      throw ConstraintViolation(
        .propertyConstraintViolation, "too many decimal places, or too large")
    }
    guard value >= Double(range.lowerBound), value <= Double(range.upperBound) else {
      throw ConstraintViolation(.propertyConstraintViolation, "outside its range")
    }
    return decimal
  }
}

struct BooleanShape: WireShape {
  func read(_ json: JSON) throws(ConstraintViolation) -> Bool {
    guard case .bool(let value) = json else { throw .wrongType("a boolean", json) }
    return value
  }
}

/// One word of a list.
struct EnumerationShape<Value: OCPPEnumeration>: WireShape {
  func read(_ json: JSON) throws(ConstraintViolation) -> Value {
    guard case .string(let text) = json else { throw .wrongType("a string", json) }
    guard let value = Value(rawValue: text) else {
      throw ConstraintViolation(.propertyConstraintViolation, "not one of the values of its list")
    }
    return value
  }
}

/// A nested object.
struct ObjectShape<Value: OCPPObject>: WireShape {
  func read(_ json: JSON) throws(ConstraintViolation) -> Value {
    guard case .object = json else { throw .wrongType("an object", json) }
    return try Value(json: json)
  }
}

/// An array with a bounded count of elements of one shape.
struct ArrayShape<Element: WireShape>: WireShape {
  let element: Element
  let count: ClosedRange<Int>

  func read(_ json: JSON) throws(ConstraintViolation) -> [Element.Value] {
    guard case .array(let elements) = json else { throw .wrongType("an array", json) }
    guard count.contains(elements.count) else {
      throw ConstraintViolation(.occurrenceConstraintViolation, "too few or too many elements")
    }
    var values: [Element.Value] = []
    values.reserveCapacity(elements.count)
    for (index, json) in elements.enumerated() {
      do throws(ConstraintViolation) {
        values.append(try element.read(json))
      } catch {
        throw error.inside("[\(index)]")
      }
    }
    return values
  }
}

/// Any JSON, kept as it is.
struct AnythingShape: WireShape {
  func read(_ json: JSON) throws(ConstraintViolation) -> JSON { json }
}

extension ConstraintViolation {
  fileprivate static func wrongType(_ expected: String, _ found: JSON) -> ConstraintViolation {
    ConstraintViolation(.typeConstraintViolation, "expected \(expected), found \(found.kindName)")
  }
}
