/// Registers of many cycles of a steady load (or of none), for a calibration.
public struct MeterMeasurement: Hashable, Sendable {
  /// Cycles that went in.
  public private(set) var cycles: Int64 = 0
  private var sum = CycleReading()
  private var least = Int64.max
  private var most = Int64.min

  /// An empty one.
  public init() {}

  /// Takes a cycle's registers in. Leave out samples that are estimated, stale or out of range.
  public mutating func add(_ reading: CycleReading) {
    cycles += 1
    sum.energy += reading.energy
    sum.current += reading.current
    sum.voltage += reading.voltage
    least = min(least, reading.energy)
    most = max(most, reading.energy)
  }

  /// The means, each rounded to its register's unit.
  public var mean: CycleReading {
    guard cycles > 0 else { return CycleReading() }
    return CycleReading(
      energy: WideArithmetic.scale(sum.energy, by: 1, over: cycles),
      current: WideArithmetic.scale(sum.current, by: 1, over: cycles),
      voltage: WideArithmetic.scale(sum.voltage, by: 1, over: cycles))
  }

  /// How far the energies lie apart, in thousandths of their mean.
  var spreadPermille: Int64 {
    guard cycles > 0 else { return 0 }
    return (most - least) * 1_000 / max(1, abs(mean.energy))
  }
}

/// What a reference meter shows of the same load, at the same time.
public struct MeterReference: Hashable, Sendable {
  /// RMS voltage.
  public var millivolts: Int64
  /// RMS current.
  public var milliamperes: Int64
  /// Active power.
  public var milliwatts: Int64

  /// What it shows.
  public init(millivolts: Int64, milliamperes: Int64, milliwatts: Int64) {
    self.millivolts = millivolts
    self.milliamperes = milliamperes
    self.milliwatts = milliwatts
  }
}

/// What a step of a calibration brought.
public struct MeterCalibrationResult: Hashable, Sendable {
  /// To be used from now on.
  public var calibration: MeterCalibration
  /// Energy against voltage times current, as the chip has them, in millionths: 1,000,000 when the
  /// factors between them are right.
  public var selfTestRatioPpm: Int64
}

/// The two steps of a calibration, in their order: without a load, with a steady resistive one.
/// Pure: who measures and asks is somebody else.
extension MeterCalibration {
  /// Cycles that a step needs.
  public static let neededCycles: Int64 = 60
  /// How far the load may wander while it is measured, in thousandths.
  public static let largestSpreadPermille: Int64 = 10
  /// How far the self-test's ratio may be off, in millionths.
  public static let selfTestTolerancePpm: Int64 = 10_000

  /// Step 1, the contactor open: what the meter shows then is taken off every cycle from now on.
  public func withoutLoad(
    _ measured: MeterMeasurement, demand: MeterScale.Demand = MeterScale.Demand()
  ) throws(MeterCalibrationError) -> MeterCalibration {
    let scale = try MeterScale(self, for: demand)
    try Self.require(measured)
    let milliamperes = scale.milliamperes(current: measured.mean.current)
    let milliwatts = abs(scale.milliwatts(energy: measured.mean.energy))
    // A quarter of an ampere, or two thousandths of the limit's power, is a load and no creep.
    let most = demand.nominalMillivolts * demand.maximumMilliamperes / 1_000 / 500
    guard milliamperes < 250, milliwatts < most else {
      throw .notUnloaded(milliamperes: milliamperes)
    }
    var new = self
    new.energyOffset = -measured.mean.energy
    _ = try MeterScale(new, for: demand)
    return new
  }

  /// Step 2, a steady resistive load beside a reference meter: the trims.
  public func withLoad(
    _ measured: MeterMeasurement, reference: MeterReference,
    demand: MeterScale.Demand = MeterScale.Demand()
  ) throws(MeterCalibrationError) -> MeterCalibrationResult {
    try Self.require(measured)
    guard measured.spreadPermille <= Self.largestSpreadPermille else {
      throw .unsteady(permille: measured.spreadPermille)
    }
    try Self.check(reference, demand)
    var reading = measured.mean
    reading.energy = abs(reading.energy + energyOffset)
    let ratio = selfTestRatioPpm(reading)
    guard abs(ratio - 1_000_000) <= Self.selfTestTolerancePpm else {
      throw .selfTest(ratioPpm: ratio)
    }
    var new = self
    new.voltageTrimPpm = try Self.trim(
      "the voltage", reference.millivolts, fullScaleMicrovolts, reading.voltage)
    new.currentTrimPpm = try Self.trim(
      "the current", reference.milliamperes, fullScaleMicroamperes, reading.current)
    new.powerTrimPpm = 0
    let untrimmed = try MeterScale(new, for: demand).milliwatts(energy: reading.energy)
    new.powerTrimPpm =
      WideArithmetic.scale(reference.milliwatts, by: 1_000_000, over: untrimmed) - 1_000_000
    guard abs(new.powerTrimPpm) <= 50_000 else {
      throw .trimTooLarge("the power", ppm: new.powerTrimPpm)
    }
    _ = try MeterScale(new, for: demand)
    return MeterCalibrationResult(calibration: new, selfTestRatioPpm: ratio)
  }

  /// E * 4096 / N against Vrms * Irms, as fractions of full scale, in millionths; 0 without a load.
  public func selfTestRatioPpm(_ reading: CycleReading) -> Int64 {
    let apparent = reading.voltage * reading.current
    guard apparent > 0 else { return 0 }
    // E / 2^23 * 4096 / N over V I / 2^48.
    return WideArithmetic.scale(reading.energy << 37, by: 1_000_000, over: cycleCount * apparent)
  }

  private static func require(_ measured: MeterMeasurement) throws(MeterCalibrationError) {
    guard measured.cycles >= neededCycles else {
      throw .tooFewCycles(measured.cycles, needed: neededCycles)
    }
  }

  private static func check(
    _ reference: MeterReference, _ demand: MeterScale.Demand
  ) throws(MeterCalibrationError) {
    let volts = demand.nominalMillivolts * 4 / 5
    guard reference.millivolts >= volts else {
      throw .referenceTooSmall("voltage in mV", value: reference.millivolts, needed: volts)
    }
    // Below a twentieth of the limit the noise of the current channel would be calibrated.
    let amperes = demand.maximumMilliamperes / 20
    guard reference.milliamperes >= amperes else {
      throw .referenceTooSmall("current in mA", value: reference.milliamperes, needed: amperes)
    }
    let apparent = WideArithmetic.scale(
      reference.millivolts, by: reference.milliamperes, over: 1_000)
    let factor = WideArithmetic.scale(reference.milliwatts, by: 1_000, over: apparent)
    guard (980...1_020).contains(factor) else { throw .notResistive(permille: factor) }
  }

  /// The trim with which a register's mean shows what the reference shows.
  private static func trim(
    _ name: String, _ reference: Int64, _ fullScaleMicro: Int64, _ register: Int64
  ) throws(MeterCalibrationError) -> Int64 {
    guard register > 0 else { throw .trimTooLarge(name, ppm: Int64(Int32.max)) }
    let untrimmed = WideArithmetic.scale(fullScaleMicro, by: register, over: 1 << 24)
    guard untrimmed > 0 else { throw .trimTooLarge(name, ppm: Int64(Int32.max)) }
    let trim = WideArithmetic.scale(reference * 1_000, by: 1_000_000, over: untrimmed) - 1_000_000
    guard abs(trim) <= MeterScale.largestTrimPpm else { throw .trimTooLarge(name, ppm: trim) }
    return trim
  }
}
