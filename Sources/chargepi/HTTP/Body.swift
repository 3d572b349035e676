import Drivers
import Projections

/// The JSON body of a wish, read strictly: what is missing, wrong or unknown is named.
struct Body {
  private let json: JSON
  private let prefix: String

  init(_ bytes: [UInt8], known: [String]) throws(Refusal) {
    do throws(JSONError) {
      json = try JSON.parse(bytes)
    } catch {
      throw Refusal(status: 400, text: "the body is no JSON: \(error)")
    }
    prefix = ""
    try check(known)
  }

  private init(json: JSON, prefix: String, known: [String]) throws(Refusal) {
    self.json = json
    self.prefix = prefix
    try check(known)
  }

  private func check(_ known: [String]) throws(Refusal) {
    guard let members = json.members else { throw wrong("", "an object") }
    for member in members where !known.contains(member.name) {
      throw Refusal(status: 400, text: "\(prefix)\(member.name): unknown")
    }
  }

  private func wrong(_ name: String, _ expected: String) -> Refusal {
    let path = prefix + name
    return Refusal(status: 400, text: "\(path.isEmpty ? "body" : path): expected \(expected)")
  }

  /// A nested object; nil when it is missing.
  func object(_ name: String, known: [String]) throws(Refusal) -> Body? {
    guard let value = json[name], value != .null else { return nil }
    return try Body(json: value, prefix: "\(prefix)\(name).", known: known)
  }

  func text(_ name: String, most: Int) throws(Refusal) -> String {
    guard let text = json[name]?.string, !text.isEmpty, text.unicodeScalars.count <= most else {
      throw wrong(name, "text of 1 to \(most) characters")
    }
    return text
  }

  func optionalText(_ name: String, most: Int) throws(Refusal) -> String? {
    json[name] == nil ? nil : try text(name, most: most)
  }

  func flag(_ name: String) throws(Refusal) -> Bool {
    guard let flag = json[name]?.boolean else { throw wrong(name, "true or false") }
    return flag
  }

  func optionalFlag(_ name: String) throws(Refusal) -> Bool? {
    json[name] == nil ? nil : try flag(name)
  }

  func number(_ name: String, _ range: ClosedRange<Int64>) throws(Refusal) -> Int64? {
    guard let value = json[name], value != .null else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A number with decimals, in thousandths.
  func thousandths(_ name: String, _ range: ClosedRange<Int64>) throws(Refusal) -> Int64? {
    guard let value = json[name], value != .null else { return nil }
    guard let decimal = JSONDecimal(value, scale: 3), range.contains(decimal.units) else {
      let bounds = "\(range.lowerBound / 1_000) to \(range.upperBound / 1_000)"
      throw wrong(name, "a number from \(bounds), with at most three decimals")
    }
    return decimal.units
  }

  func word<Word: RawRepresentable>(_ name: String, _ type: Word.Type) throws(Refusal) -> Word
  where Word.RawValue == String {
    guard let text = json[name]?.string, let word = Word(rawValue: text) else {
      throw wrong(name, "one of the words of the API")
    }
    return word
  }

  /// An EVSE's or connector's number; 1 when it is missing and may be.
  func place(_ name: String, isOptional: Bool = false) throws(Refusal) -> UInt32 {
    guard let number = try number(name, 1...1_000_000) else {
      if isOptional { return 1 }
      throw wrong(name, "the number of an \(name)")
    }
    return UInt32(number)
  }

  /// The EVSEs of a list; empty when it is missing.
  func places(_ name: String) throws(Refusal) -> [UInt32] {
    guard let value = json[name], value != .null else { return [] }
    let numbers = value.elements?.compactMap { $0.integer.flatMap { UInt32(exactly: $0) } }
    guard let numbers, numbers.count == value.elements?.count else {
      throw wrong(name, "a list of EVSE numbers")
    }
    return numbers
  }

  /// What a car is like, where the body says it.
  func car(_ name: String, standard: CarSettings) throws(Refusal) -> CarSettings? {
    let known = ["requestAfterMs", "maxA", "phases", "soc", "unplugAfterS"]
    guard let body = try object(name, known: known) else { return nil }
    var car = standard
    if let pause = try body.number("requestAfterMs", 0...86_400_000) {
      car.requestAfterNanoseconds = pause * 1_000_000
    }
    if let most = try body.thousandths("maxA", 0...1_000_000) { car.maximumMilliamperes = most }
    if let phases = try body.number("phases", 1...3) { car.phases = phases }
    if let charge = try body.thousandths("soc", 0...100_000) { car.chargePermille = charge / 100 }
    if let pause = try body.thousandths("unplugAfterS", 0...1_000_000_000) {
      car.unplugAfterNanoseconds = pause * 1_000_000
    }
    return car
  }
}
