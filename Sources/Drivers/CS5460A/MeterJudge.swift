/// Looks whether what a chip says can be true.
struct MeterJudge: Sendable {
  /// What it makes of a reading.
  struct Judgement: Hashable, Sendable {
    /// The energy to book, in register units without correction; nil for a repeated reading.
    var energy: Int64?
    /// The register was not to be used: voltage and current told it.
    var isEstimated = false
    var quality: MeterQuality = []
  }

  /// Cycles in a row after which a fault is one, and after which it is over: a contactor's spark is
  /// none.
  static let cyclesToFault = 5
  /// Repetitions after which a chip that repeats itself has a fault.
  static let repetitionsToFault = 3
  /// Current that counts as flowing.
  static let flowingMilliamperes: Int64 = 250
  /// Noise of the energy register for the comparison with voltage times current.
  static let noiseMilliwatts: Int64 = 10_000
  /// Below it nothing is energised: a voltage tap behind an open contactor.
  static let energisedMillivolts: Int64 = 50_000

  private let scale: MeterScale
  private let noiseUnits: Int64
  private(set) var last: CycleReading?
  /// How often the last reading has been repeated.
  private(set) var repetitions = 0
  /// The last energy that could be used, and voltage times current with it: the power factor.
  private var usable: (energy: Int64, apparent: Int64) = (0, 0)
  private var rangeCycles = 0
  private var implausibleCycles = 0
  private var isOutOfRange = false
  private var isImplausible = false

  init(scale: MeterScale) {
    self.scale = scale
    noiseUnits = scale.energyUnits(milliwatts: Self.noiseMilliwatts)
  }

  /// What is wrong for longer than a moment.
  var fault: MeterFault? {
    if repetitions >= Self.repetitionsToFault { return .stale }
    if isOutOfRange { return .outOfRange }
    return isImplausible ? .implausible : nil
  }

  /// The energy register of a cycle with this voltage and current at power factor 1.
  func apparent(_ reading: CycleReading) -> Int64 {
    (reading.voltage * reading.current * scale.calibration.cycleCount) >> 37
  }

  /// Whether power, voltage and current can be true together: |P| <= 1.02 V I and noise.
  func isPlausible(_ reading: CycleReading) -> Bool {
    let apparent = apparent(reading)
    return abs(reading.energy) <= apparent + apparent / 50 + noiseUnits
  }

  /// Judges a reading; it is the last one from now on.
  mutating func judge(_ reading: CycleReading, _ status: CS5460A.Status) -> Judgement {
    var judgement = Judgement(energy: reading.energy)
    if isRepeated(reading) {
      repetitions += 1
      return Judgement(energy: nil, quality: .stale)
    }
    last = reading
    repetitions = 0
    if !status.isDisjoint(with: .anyRange) { judgement.quality.insert(.outOfRange) }
    let isCoherent = isPlausible(reading)
    if !isCoherent || !isVoltagePlausible(reading) { judgement.quality.insert(.implausible) }
    if !isCoherent || !status.isDisjoint(with: .energyInvalid) {
      judgement.energy = estimate(reading)
      judgement.isEstimated = true
    } else {
      usable = (reading.energy, apparent(reading))
    }
    Self.count(judgement.quality.contains(.outOfRange), &rangeCycles, &isOutOfRange)
    Self.count(judgement.quality.contains(.implausible), &implausibleCycles, &isImplausible)
    return judgement
  }

  /// A chip that has noise never shows three registers twice: with a load that is suspicious,
  /// without one it does not matter.
  private func isRepeated(_ reading: CycleReading) -> Bool {
    reading == last && isFlowing(reading)
  }

  private func isFlowing(_ reading: CycleReading) -> Bool {
    scale.milliamperes(current: reading.current) >= Self.flowingMilliamperes
  }

  private func isVoltagePlausible(_ reading: CycleReading) -> Bool {
    let millivolts = scale.millivolts(voltage: reading.voltage)
    if millivolts < Self.energisedMillivolts { return !isFlowing(reading) }
    let nominal = scale.demand.nominalMillivolts
    return (nominal * 4 / 5...nominal * 6 / 5).contains(millivolts)
  }

  /// Voltage times current times the last power factor.
  private func estimate(_ reading: CycleReading) -> Int64 {
    guard usable.apparent > 0 else { return 0 }
    return WideArithmetic.scale(apparent(reading), by: usable.energy, over: usable.apparent)
  }

  /// A fault after `cyclesToFault` bad cycles more than good ones, over after as many good ones.
  private static func count(_ isBad: Bool, _ cycles: inout Int, _ isFault: inout Bool) {
    cycles = min(cyclesToFault, max(0, cycles + (isBad ? 1 : -1)))
    if cycles == cyclesToFault { isFault = true }
    if cycles == 0 { isFault = false }
  }
}
