/// What makes a small voltage of the mains' for the meter's voltage channel (±250 mV).
public enum VoltageSensor: Hashable, Sendable {
  /// Two resistors: the mains at the series one, the meter across the tap.
  case divider(seriesOhms: Int64, tapMilliohms: Int64)
  /// The same as a ratio (series + tap) / tap, in thousandths.
  case ratio(thousandths: Int64)

  /// The peak voltage of the mains at the channel's full scale.
  func fullScaleMicrovolts() throws(MeterCalibrationError) -> Int64 {
    let input = MeterCalibration.CurrentRange.tenfold.fullScaleMicrovolts
    switch self {
    case .divider(let series, let tap):
      guard (1...1_000_000_000).contains(series), (1...1_000_000_000).contains(tap) else {
        throw .sensor("the divider's resistors", value: min(series, tap))
      }
      return WideArithmetic.scale(input, by: series * 1_000 + tap, over: tap)
    case .ratio(let thousandths):
      guard (1_000...1_000_000_000).contains(thousandths) else {
        throw .sensor("the divider's ratio, in thousandths", value: thousandths)
      }
      return WideArithmetic.scale(input, by: thousandths, over: 1_000)
    }
  }
}

/// What makes a small voltage of a current for the meter's current channel.
public enum CurrentSensor: Hashable, Sendable {
  /// A resistor in the conductor.
  case shunt(microohms: Int64, range: MeterCalibration.CurrentRange)
  /// A current transformer (turns : 1) and its burden.
  case transformer(
    turns: Int64, burdenMilliohms: Int64, range: MeterCalibration.CurrentRange)

  var range: MeterCalibration.CurrentRange {
    switch self {
    case .shunt(_, let range), .transformer(_, _, let range): range
    }
  }

  /// The peak current at the channel's full scale.
  func fullScaleMicroamperes() throws(MeterCalibrationError) -> Int64 {
    let input = range.fullScaleMicrovolts
    switch self {
    case .shunt(let microohms, _):
      guard (1...100_000_000).contains(microohms) else {
        throw .sensor("the shunt's resistance, in microohms", value: microohms)
      }
      return WideArithmetic.scale(input, by: 1_000_000, over: microohms)
    case .transformer(let turns, let burden, _):
      guard (1...1_000_000).contains(turns), (1...1_000_000_000).contains(burden) else {
        throw .sensor("the transformer's turns and burden", value: min(turns, burden))
      }
      return WideArithmetic.scale(input, by: turns * 1_000, over: burden)
    }
  }
}

/// Products that are wider than the numbers of which they are made.
enum WideArithmetic {
  /// `value * factor / divisor`, rounded to the nearest (halves away from zero).
  ///
  /// The product may have 128 bits; the result must have 63, which the bounds of calibrations see
  /// to. The divisor is positive.
  static func scale(_ value: Int64, by factor: Int64, over divisor: Int64) -> Int64 {
    let isNegative = (value < 0) != (factor < 0)
    let product = value.magnitude.multipliedFullWidth(by: factor.magnitude)
    let (quotient, remainder) = divisor.magnitude.dividingFullWidth(product)
    let rounded = quotient + (remainder >= divisor.magnitude - remainder ? 1 : 0)
    return isNegative ? -Int64(rounded) : Int64(rounded)
  }

  /// `value * factor / divisor` of numbers that are not negative, rounded down.
  static func floor(_ value: Int64, by factor: Int64, over divisor: Int64) -> Int64 {
    divisor.dividingFullWidth(value.multipliedFullWidth(by: factor)).quotient
  }
}
