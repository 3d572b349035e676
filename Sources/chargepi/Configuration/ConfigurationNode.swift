import Projections

/// A value of a configuration file and its path there.
///
/// Reading never stops at a fault: the log gets it, and a harmless value stands in, so that all
/// faults are told at once.
struct ConfigurationNode {
  let value: JSON?
  let path: String
  let log: FaultLog

  /// Keys that the original kept its state in; the journal holds the state now.
  private static let stateKeys = ["status", "session", "consumption", "current_client_version"]

  /// A member; missing ones are nodes too.
  subscript(_ key: String) -> ConfigurationNode {
    ConfigurationNode(value: value?[key], path: "\(path).\(key)", log: log)
  }

  var isMissing: Bool { value == nil || value == .null }

  /// Checks that this is an object, and warns of members that nobody knows.
  func expectObject(_ known: [String]) {
    guard let value, value != .null else { return }
    guard let members = value.members else {
      log.fault(path, expected: "an object", found: describe(value))
      return
    }
    for member in members where !known.contains(member.name) {
      if Self.stateKeys.contains(member.name) {
        log.warn("\(path).\(member.name): ignored, the journal holds the state")
      } else {
        log.warn("\(path).\(member.name): unknown, ignored")
      }
    }
  }

  /// Checks that this is there at all.
  func expectPresence(_ kind: String) {
    if isMissing { log.fault(path, expected: kind, found: found) }
    if let value, kind == "an object", value != .null, value.members == nil {
      log.fault(path, expected: kind, found: describe(value))
    }
  }

  /// The elements of an array.
  func elements() -> [ConfigurationNode] {
    guard let value, value != .null else { return [] }
    guard let elements = value.elements else {
      log.fault(path, expected: "an array", found: describe(value))
      return []
    }
    return elements.enumerated().map {
      ConfigurationNode(value: $0.element, path: "\(path)[\($0.offset)]", log: log)
    }
  }

  /// Text of a limited length.
  func string(_ standard: String, most: Int = 1_000) -> String {
    guard let value, value != .null else { return standard }
    guard let text = value.string else {
      log.fault(path, expected: "text", found: describe(value))
      return standard
    }
    guard text.unicodeScalars.count <= most else {
      log.fault(path, expected: "at most \(most) characters", found: "\(text.unicodeScalars.count)")
      return standard
    }
    return text
  }

  /// One of some words.
  func word<Word: RawRepresentable & CaseIterable>(_ standard: Word) -> Word
  where Word.RawValue == String {
    let text = string(standard.rawValue)
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    log.fault(path, expected: "one of \(words)", found: "\"\(text)\"")
    return standard
  }

  /// A whole number in a range.
  func integer(_ standard: Int64, _ range: ClosedRange<Int64>) -> Int64 {
    guard let value, value != .null else { return standard }
    guard let number = value.integer else {
      log.fault(path, expected: "a whole number", found: describe(value))
      return standard
    }
    guard range.contains(number) else {
      log.fault(
        path, expected: "a number from \(range.lowerBound) to \(range.upperBound)",
        found: "\(number)")
      return standard
    }
    return number
  }

  /// A number in a range, in thousandths.
  func thousandths(_ standard: Int64, _ range: ClosedRange<Int64>) -> Int64 {
    decimal(standard, range, scale: 3)
  }

  /// A number in a range, in millionths.
  func millionths(_ standard: Int64, _ range: ClosedRange<Int64>) -> Int64 {
    decimal(standard, range, scale: 6)
  }

  private func decimal(_ standard: Int64, _ range: ClosedRange<Int64>, scale: Int) -> Int64 {
    guard let value, value != .null else { return standard }
    guard let decimal = JSONDecimal(value, scale: scale) else {
      let places = scale == 3 ? "three" : "six"
      log.fault(path, expected: "a number with at most \(places) decimals", found: describe(value))
      return standard
    }
    guard range.contains(decimal.units) else {
      let least = decimalWords(range.lowerBound, scale: scale)
      let most = decimalWords(range.upperBound, scale: scale)
      log.fault(path, expected: "a number from \(least) to \(most)", found: describe(value))
      return standard
    }
    return decimal.units
  }

  /// One of some whole numbers.
  func choice(_ standard: Int, _ choices: [Int]) -> Int {
    guard let value, value != .null else { return standard }
    if let number = value.integer, let choice = choices.first(where: { $0 == number }) {
      return choice
    }
    let words = choices.map(String.init).joined(separator: " or ")
    log.fault(path, expected: words, found: describe(value))
    return standard
  }

  /// One of some texts.
  func choice(_ standard: String, _ choices: [String]) -> String {
    let text = string(standard)
    if choices.contains(text) { return text }
    let words = choices.map { "\"\($0)\"" }.joined(separator: ", ")
    log.fault(path, expected: "one of \(words)", found: "\"\(text)\"")
    return standard
  }

  /// A line of the GPIO chip: on the header a BCM number. Nil where none is named.
  func pin() -> Int? { isMissing ? nil : Int(integer(0, 0...53)) }

  /// True or false.
  func flag(_ standard: Bool) -> Bool {
    guard let value, value != .null else { return standard }
    guard let flag = value.boolean else {
      log.fault(path, expected: "true or false", found: describe(value))
      return standard
    }
    return flag
  }

  /// What is here, for people.
  var found: String { value.map(describe) ?? "nothing" }

  /// A value for people, never long; texts that may be secret are not repeated by callers' choice.
  private func describe(_ value: JSON) -> String {
    switch value {
    case .string(let text): "the text \"\(text.prefix(40))\""
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    case .null: "null"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A decimal number for people: as many places as it needs, and no more than said.
func decimalWords(_ units: Int64, scale: Int, places: Int = 9) -> String {
  let dropped = (0..<max(0, scale - places)).reduce(units) { rest, _ in rest / 10 }
  let kept = min(scale, places)
  let digits = String(dropped.magnitude)
  let padded = String(repeating: "0", count: max(0, kept + 1 - digits.count)) + digits
  var fraction = padded.suffix(kept)
  while fraction.last == "0" { fraction.removeLast() }
  let sign = dropped < 0 ? "-" : ""
  return sign + padded.dropLast(kept) + (fraction.isEmpty ? "" : "." + fraction)
}
