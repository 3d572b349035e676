/// A calibration that was checked, as the numbers that the driver reckons with.
public struct MeterScale: Hashable, Sendable {
  /// What the meter must be able to measure.
  public struct Demand: Hashable, Sendable {
    /// The mains, phase to neutral, in millivolts RMS.
    public var nominalMillivolts: Int64 = 230_000
    /// The connector's limit per phase, in milliamperes RMS.
    public var maximumMilliamperes: Int64 = 32_000

    /// A mains and a limit.
    public init(nominalMillivolts: Int64 = 230_000, maximumMilliamperes: Int64 = 32_000) {
      self.nominalMillivolts = nominalMillivolts
      self.maximumMilliamperes = maximumMilliamperes
    }

    /// The peaks of both, without room above: how much there should be is a matter of warnings.
    var peakMicrovolts: Int64 { nominalMillivolts * 14_142 / 10 }
    /// As `peakMicrovolts`.
    var peakMicroamperes: Int64 { maximumMilliamperes * 14_142 / 10 }
  }

  /// What it was made of.
  public let calibration: MeterCalibration
  /// What it was checked against.
  public let demand: Demand
  /// The length of a computation cycle, by the crystal's nominal frequency.
  public let cycleNanoseconds: Int64
  /// Energy of half a unit of the energy register, in 10^-18 Wh.
  ///
  /// Half units, because the estimate of a missed cycle is the mean of two. The only rounding on
  /// the way to the counters: 10^-12 of a usual meter's unit.
  let attowattHoursPerHalfUnit: Int64
  /// Full-scale values with their trims.
  let fullScaleMicrovolts: Int64
  let fullScaleMicroamperes: Int64
  let fullScaleNanowatts: Int64

  /// Checks a calibration against what the meter must measure.
  public init(
    _ calibration: MeterCalibration, for demand: Demand = Demand()
  ) throws(MeterCalibrationError) {
    try Self.checkRegisters(calibration)
    try Self.checkTimes(calibration)
    try Self.checkFullScale(calibration, demand)
    self.calibration = calibration
    self.demand = demand
    let conversion = 1_024 * calibration.clockDivider
    cycleNanoseconds = WideArithmetic.scale(
      1_000_000_000, by: calibration.cycleCount * conversion, over: calibration.masterClockHertz)
    fullScaleMicrovolts = Self.trimmed(calibration.fullScaleMicrovolts, calibration.voltageTrimPpm)
    fullScaleMicroamperes = Self.trimmed(
      calibration.fullScaleMicroamperes, calibration.currentTrimPpm)
    fullScaleNanowatts = Self.trimmed(
      WideArithmetic.scale(fullScaleMicrovolts, by: fullScaleMicroamperes, over: 1_000),
      calibration.powerTrimPpm)
    // The energy register is the sum of the N samples' power / 4096, and a sample lasts
    // 1024 K / MCLK: a unit is Pfs * 4096 * 1024 K / (MCLK * 2^23) joules (CS5460A, data flow).
    attowattHoursPerHalfUnit = WideArithmetic.scale(
      fullScaleNanowatts, by: calibration.clockDivider * 1_000_000_000,
      over: 4 * 3_600 * calibration.masterClockHertz)
  }

  /// Active power of a cycle, in milliwatts, from its energy register.
  public func milliwatts(energy: Int64) -> Int64 {
    WideArithmetic.scale(fullScaleNanowatts, by: energy, over: powerDivisor)
  }

  /// The energy register of a cycle of so many milliwatts.
  func energyUnits(milliwatts: Int64) -> Int64 {
    WideArithmetic.scale(milliwatts, by: powerDivisor, over: fullScaleNanowatts)
  }

  /// RMS voltage, in millivolts, from its register.
  public func millivolts(voltage: Int64) -> Int64 {
    WideArithmetic.scale(fullScaleMicrovolts, by: voltage, over: 1_000 << 24)
  }

  /// RMS current, in milliamperes, from its register.
  public func milliamperes(current: Int64) -> Int64 {
    WideArithmetic.scale(fullScaleMicroamperes, by: current, over: 1_000 << 24)
  }

  /// P = E / 2^23 * Pfs * 4096 / N, with Pfs in 10^-6 of a milliwatt.
  private var powerDivisor: Int64 { calibration.cycleCount * 2_048 * 1_000_000 }

  private static func trimmed(_ value: Int64, _ ppm: Int64) -> Int64 {
    WideArithmetic.scale(value, by: 1_000_000 + ppm, over: 1_000_000)
  }
}

extension MeterScale {
  /// The most that a trim may correct: sensors are better, or not what they are said to be.
  static let largestTrimPpm: Int64 = 200_000

  private static func check(
    _ name: String, _ value: Int64, _ allowed: ClosedRange<Int64>
  ) throws(MeterCalibrationError) {
    guard allowed.contains(value) else { throw .range(name, value: value, allowed: allowed) }
  }

  private static func checkRegisters(_ it: MeterCalibration) throws(MeterCalibrationError) {
    let signed: ClosedRange<Int64> = -0x80_0000...0x7F_FFFF
    // Gains far from 1 belong to another wiring; from 2 on the energy could overflow its register.
    try check("the voltage gain", it.voltageGain, 0x20_0000...0x7F_FFFF)
    try check("the current gain", it.currentGain, 0x20_0000...0x7F_FFFF)
    try check("the voltage's DC offset", it.voltageDCOffset, signed)
    try check("the current's DC offset", it.currentDCOffset, signed)
    try check("the voltage's AC offset", it.voltageACOffset, signed)
    try check("the current's AC offset", it.currentACOffset, signed)
    try check("the power offset", it.powerOffset, signed)
    try check("the energy offset", it.energyOffset, -0x1_0000...0x1_0000)
    try check("the phase compensation", it.phaseCompensation, -64...63)
    // A crystal is right to a thousandth, or broken.
    try check("the time base", it.timebase, 0x80_0000 - 8_389...0x80_0000 + 8_389)
    for trim in [it.voltageTrimPpm, it.currentTrimPpm, it.powerTrimPpm] {
      try check("a trim in millionths", trim, -largestTrimPpm...largestTrimPpm)
    }
  }

  private static func checkTimes(_ it: MeterCalibration) throws(MeterCalibrationError) {
    try check("the chip's clock in hertz", it.masterClockHertz, 2_500_000...20_000_000)
    try check("the clock divider", it.clockDivider, 1...8)
    // Above 4096 the energy register could overflow; below 800 polling would cost too much.
    try check("the cycle count", it.cycleCount, 800...4_000)
    guard it.cycleCount % 80 == 0 else { throw .cycleCount(it.cycleCount, multipleOf: 80) }
    let conversionsPerSecond = it.masterClockHertz / it.clockDivider / 1_024
    try check("conversions per second", conversionsPerSecond, 1_000...10_000)
  }

  private static func checkFullScale(
    _ it: MeterCalibration, _ demand: Demand
  ) throws(MeterCalibrationError) {
    guard it.fullScaleMicrovolts <= 20_000_000_000, it.fullScaleMicroamperes <= 200_000_000_000
    else { throw .fullScaleTooLarge }
    guard it.fullScaleMicrovolts >= demand.peakMicrovolts else {
      throw .fullScaleVoltageTooSmall(
        millivolts: it.fullScaleMicrovolts / 1_000,
        neededMillivolts: demand.peakMicrovolts / 1_000)
    }
    guard it.fullScaleMicroamperes >= demand.peakMicroamperes else {
      throw .fullScaleCurrentTooSmall(
        milliamperes: it.fullScaleMicroamperes / 1_000,
        neededMilliamperes: demand.peakMicroamperes / 1_000)
    }
  }
}
