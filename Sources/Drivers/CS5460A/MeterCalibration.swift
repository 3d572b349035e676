/// How a meter's registers become volts, amperes and watts, and what is written into its chip.
///
/// Integers only: a value that was saved comes back as it was. `MeterScale` checks it. The usual
/// way leaves the chip's own gains and offsets at their defaults and keeps the corrections here as
/// trims, so that a chip which forgets its registers has forgotten nothing.
public struct MeterCalibration: Hashable, Sendable {
  /// Gain in front of the current channel, which sets the input's range.
  public enum CurrentRange: Int64, Sendable {
    /// ±250 mV at the input.
    case tenfold = 10
    /// ±50 mV at the input.
    case fiftyfold = 50

    /// The input's full scale (peak), in microvolts.
    var fullScaleMicrovolts: Int64 {
      switch self {
      case .tenfold: 250_000
      case .fiftyfold: 50_000
      }
    }
  }

  /// The voltage that drives the voltage channel to full scale (peak), in microvolts.
  public var fullScaleMicrovolts: Int64
  /// The current that drives the current channel to full scale (peak), in microamperes.
  public var fullScaleMicroamperes: Int64
  /// The range for which `fullScaleMicroamperes` holds.
  public var currentRange: CurrentRange
  /// Corrections, in millionths: voltages are multiplied by (1,000,000 + trim) / 1,000,000.
  public var voltageTrimPpm: Int64 = 0
  /// As `voltageTrimPpm`, for currents.
  public var currentTrimPpm: Int64 = 0
  /// As `voltageTrimPpm`, for power and energy, after the two others.
  public var powerTrimPpm: Int64 = 0
  /// Added to each computation cycle's energy, in units of its register: what an unloaded meter
  /// shows, negated. It belongs to the `cycleCount` with which it was measured.
  public var energyOffset: Int64 = 0
  /// Chip registers; 0x400000 is a gain of 1. They correct the chip's channels: a full scale is
  /// what reads 1 with them.
  public var voltageGain: Int64 = 0x40_0000
  /// As `voltageGain`.
  public var currentGain: Int64 = 0x40_0000
  /// Chip registers, signed fractions of full scale in 2^-23.
  public var voltageDCOffset: Int64 = 0
  /// As `voltageDCOffset`.
  public var currentDCOffset: Int64 = 0
  /// Chip registers, added to the squares.
  public var voltageACOffset: Int64 = 0
  /// As `voltageACOffset`.
  public var currentACOffset: Int64 = 0
  /// Chip register, signed fraction of full-scale power in 2^-23.
  public var powerOffset: Int64 = 0
  /// Chip register, corrects the energy for the crystal's error; 0x800000 is 1.
  public var timebase: Int64 = 0x80_0000
  /// Chip field, signed 7 bits: phase compensation between the channels.
  public var phaseCompensation: Int64 = 0
  /// N: conversions per computation cycle. 4000 are one second at the usual clock.
  public var cycleCount: Int64 = 4_000
  /// The chip's crystal.
  public var masterClockHertz: Int64 = 4_096_000
  /// K: divides the crystal.
  public var clockDivider: Int64 = 1

  /// The calibration of a wiring, before anything was measured.
  public init(voltage: VoltageSensor, current: CurrentSensor) throws(MeterCalibrationError) {
    fullScaleMicrovolts = try voltage.fullScaleMicrovolts()
    fullScaleMicroamperes = try current.fullScaleMicroamperes()
    currentRange = current.range
  }

  /// The calibration of a wiring as the configuration has it, in the original's keys:
  /// `shunt_offset` is the shunt's resistance, `voltage_divider_offset` the divider's ratio (its
  /// default of 52 would make 13 V the most that can be measured, and is refused by `MeterScale`).
  public init(_ plan: MeterPlan) throws(MeterCalibrationError) {
    try self.init(
      voltage: .ratio(thousandths: plan.dividerPermille),
      current: .shunt(
        microohms: plan.shuntMicroohms, range: plan.hasHighGain ? .fiftyfold : .tenfold))
  }

  /// The chip's configuration register for it.
  var configurationWord: Int64 {
    let phase = (phaseCompensation & 0x7F) << CS5460A.Configuration.phaseShift
    let gain =
      switch currentRange {
      case .tenfold: Int64(0)
      case .fiftyfold: CS5460A.Configuration.fiftyfold
      }
    return phase | gain | CS5460A.Configuration.highPassFilters | clockDivider
  }
}
