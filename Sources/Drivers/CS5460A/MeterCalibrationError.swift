/// Why a calibration is nonsense, or a calibration's step cannot be taken.
public enum MeterCalibrationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A resistor, ratio or number of turns that cannot be.
  case sensor(String, value: Int64)
  /// The mains' peak would drive the voltage channel beyond its range.
  case fullScaleVoltageTooSmall(millivolts: Int64, neededMillivolts: Int64)
  /// The connector's current would drive the current channel beyond its range.
  case fullScaleCurrentTooSmall(milliamperes: Int64, neededMilliamperes: Int64)
  /// So much that nobody can mean it, and arithmetic could overflow.
  case fullScaleTooLarge
  /// A number outside of what its register or its meaning allows.
  case range(String, value: Int64, allowed: ClosedRange<Int64>)
  /// N is no whole number of half periods of the mains: readings would beat with it.
  case cycleCount(Int64, multipleOf: Int64)
  /// Too few computation cycles were measured.
  case tooFewCycles(Int64, needed: Int64)
  /// The load changed while it was measured: the spread of the energies, in thousandths.
  case unsteady(permille: Int64)
  /// The reference is too far from a load with which calibrating makes sense.
  case referenceTooSmall(String, value: Int64, needed: Int64)
  /// The reference's own power is not its voltage times its current: no resistive load.
  case notResistive(permille: Int64)
  /// The correction would be so large that wiring or values of the sensors are wrong.
  case trimTooLarge(String, ppm: Int64)
  /// Energy and voltage times current disagree, in millionths (1,000,000 is right).
  case selfTest(ratioPpm: Int64)
  /// Current flows where none should.
  case notUnloaded(milliamperes: Int64)

  /// A sentence for who wires or calibrates the meter.
  public var description: String {
    switch self {
    case .sensor(let what, let value): "\(what): \(value) is impossible"
    case .fullScaleVoltageTooSmall(let have, let need):
      "the divider lets the meter measure up to \(have / 1_000) V peak, but the mains needs "
        + "\(need / 1_000) V: a ratio of at least \((need * 4 + 999) / 1_000) is needed"
    case .fullScaleCurrentTooSmall(let have, let need):
      "the current sensor lets the meter measure up to \(have / 1_000) A peak, but the "
        + "connector needs \(need / 1_000) A: a smaller shunt or burden is needed"
    case .fullScaleTooLarge: "full scale is above 20 kV or 200 kA: check the sensors' values"
    case .range(let what, let value, let allowed):
      "\(what) is \(value), allowed is \(allowed.lowerBound) to \(allowed.upperBound)"
    case .cycleCount(let count, let multiple):
      "a computation cycle of \(count) conversions is no multiple of \(multiple), as whole "
        + "periods of the mains are"
    case .tooFewCycles(let have, let need): "\(have) cycles were measured, \(need) are needed"
    case .unsteady(let permille):
      "the load changed by \(permille) thousandths while it was measured: let it settle"
    case .referenceTooSmall(let what, let value, let needed):
      "the reference's \(what) is \(value), at least \(needed) is needed"
    case .notResistive(let permille):
      "the reference's power is \(permille) thousandths of its voltage times its current: "
        + "calibrate with a resistive load"
    case .trimTooLarge(let what, let ppm):
      "\(what) would need a correction of \(ppm / 1_000) thousandths: check the sensors' values"
    case .selfTest(let ratio):
      "the chip's energy is \(ratio / 1_000) thousandths of voltage times current, not 1000"
        + (Self.isCycleFactor(ratio) ? ": the factor 4096/4000 of the cycle is off" : "")
    case .notUnloaded(let milliamperes): "\(milliamperes) mA flow: open the contactor"
    }
  }

  /// 4096/4000 or its inverse, within a thousandth.
  static func isCycleFactor(_ ratioPpm: Int64) -> Bool {
    abs(ratioPpm - 1_024_000) < 1_000 || abs(ratioPpm - 976_562) < 1_000
  }
}
