/// A decimal number with a fixed count of decimal places: `units` divided by 10 to the `scale`.
///
/// Currents and powers cross the wire as decimal text; as integers they neither gain nor lose
/// anything on the way. `JSONDecimal(units: 12345, scale: 3)` is written `12.345`. Two decimals are
/// equal when both fields are: the messages of OCPP 1.6 always read with scale 1.
public struct JSONDecimal: Hashable, Sendable {
  /// The number of the smallest steps.
  public var units: Int64
  /// How many decimal places follow the point, 0 to 9.
  public var scale: Int

  /// The largest `scale`.
  public static let maximumScale = 9

  /// So many of the smallest steps; a scale outside 0 to 9 is a bug and traps.
  public init(units: Int64, scale: Int) {
    precondition((0...Self.maximumScale).contains(scale), "decimal places outside 0...9")
    self.units = units
    self.scale = scale
  }

  /// Reads a JSON number that has no more than `scale` decimal places, exactly.
  ///
  /// `nil` if this is no number, has more places, or does not fit.
  public init?(_ json: JSON, scale: Int) {
    let factor = Self.power(scale)
    switch json {
    case .integer(let value):
      let (units, overflow) = value.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      self.init(units: units, scale: scale)
    case .number(let value):
      // A decimal text of so many places parses to the double nearest to units / factor, and IEEE
      // division gives just that one: equality is exact while units are below 2 to the 53rd.
      let units = (value * Double(factor)).rounded()
      guard abs(units) < 9_007_199_254_740_992, units / Double(factor) == value else { return nil }
      self.init(units: Int64(units), scale: scale)
    case .null, .bool, .string, .array, .object: return nil
    }
  }

  /// Reads a JSON number with as few decimal places as it needs, at most nine.
  ///
  /// `nil` if this is no number, needs more places, or does not fit.
  public init?(_ json: JSON) {
    for scale in 0...Self.maximumScale {
      guard let decimal = JSONDecimal(json, scale: scale) else { continue }
      self = decimal
      return
    }
    return nil
  }

  /// The same number with another count of places.
  ///
  /// `nil` if digits would be lost or it does not fit.
  public func rescaled(to newScale: Int) -> JSONDecimal? {
    if newScale >= scale {
      let (units, overflow) = units.multipliedReportingOverflow(by: Self.power(newScale - scale))
      return overflow ? nil : JSONDecimal(units: units, scale: newScale)
    }
    let (quotient, rest) = units.quotientAndRemainder(dividingBy: Self.power(scale - newScale))
    return rest == 0 ? JSONDecimal(units: quotient, scale: newScale) : nil
  }

  /// Ten to the power of a scale.
  static func power(_ scale: Int) -> Int64 {
    var power: Int64 = 1
    for _ in 0..<scale { power *= 10 }
    return power
  }
}

extension JSONDecimal: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.decimal(units, scale: scale)
  }
}
