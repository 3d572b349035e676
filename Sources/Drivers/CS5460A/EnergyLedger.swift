/// Every computation cycle's energy, once.
///
/// The chip's energy register holds the latest cycle alone, so whoever reads it owns the sum. It is
/// kept in half units of the register, in 64 bits (17,000 years of full scale), and milliwatt-hours
/// are worked out from the whole sum each time: there is no remainder to lose and nothing drifts.
/// A missed cycle is the mean of its neighbours (half a unit is the least that a mean can have), so
/// `m` of them are wrong by at most `m * T * |dP| / 2` while the load went from one neighbour's
/// power to the other's without turning; what has no neighbours is a gap, and never energy.
public struct EnergyLedger: Hashable, Sendable {
  private let attowattHoursPerHalfUnit: Int64
  private let creepHalfUnits: Int64
  private let energyOffset: Int64
  private let isInverted: Bool
  private var importHalfUnits: Int64 = 0
  private var exportHalfUnits: Int64 = 0
  private var creepSum: Int64 = 0

  /// Cycles whose energy was read.
  public private(set) var cyclesCounted: Int64 = 0
  /// Cycles whose energy was estimated.
  public private(set) var cyclesEstimated: Int64 = 0
  /// Intervals about which nothing is known.
  public private(set) var gaps: Int64 = 0
  /// Their length in all.
  public private(set) var gapNanoseconds: Int64 = 0

  /// An empty ledger.
  ///
  /// - Parameter creepMilliwatts: a cycle below it is no load but noise: it goes neither to import
  ///   nor to export.
  public init(scale: MeterScale, isInverted: Bool = false, creepMilliwatts: Int64 = 0) {
    attowattHoursPerHalfUnit = scale.attowattHoursPerHalfUnit
    creepHalfUnits = 2 * scale.energyUnits(milliwatts: creepMilliwatts)
    energyOffset = scale.calibration.energyOffset
    self.isInverted = isInverted
  }

  /// Energy taken from the mains since the beginning, in milliwatt-hours. Never falls.
  public var importMilliwattHours: Int64 { milliwattHours(importHalfUnits) }
  /// Energy given to the mains since the beginning, in milliwatt-hours. Never falls.
  public var exportMilliwattHours: Int64 { milliwattHours(exportHalfUnits) }
  /// What was too little to be a load: import less export, in milliwatt-hours.
  public var creepMilliwattHours: Int64 {
    creepSum.signum() * milliwattHours(abs(creepSum))
  }

  /// A register's value with the calibration's offset and the wiring's sign: import is positive.
  public func corrected(_ energy: Int64) -> Int64 {
    isInverted ? -(energy + energyOffset) : energy + energyOffset
  }

  /// Whether a cycle of this (corrected) energy is below what counts as a load.
  public func isCreep(_ energy: Int64) -> Bool { abs(2 * energy) < creepHalfUnits }

  /// A cycle that was read, or told by voltage and current; the energy is corrected.
  public mutating func book(_ energy: Int64, isEstimated: Bool = false) {
    add(2 * energy, times: 1)
    if isEstimated { cyclesEstimated += 1 } else { cyclesCounted += 1 }
  }

  /// Cycles that nobody read between two that were; energies are corrected.
  public mutating func bookMissed(_ count: Int64, between first: Int64, and last: Int64) {
    guard count > 0 else { return }
    add(first + last, times: count)
    cyclesEstimated += count
  }

  /// Time about which nothing is known.
  public mutating func bookGap(nanoseconds: Int64) {
    gaps += 1
    gapNanoseconds += max(0, nanoseconds)
  }

  private mutating func add(_ halfUnits: Int64, times: Int64) {
    if abs(halfUnits) < creepHalfUnits {
      creepSum += halfUnits * times
    } else if halfUnits > 0 {
      importHalfUnits += halfUnits * times
    } else {
      exportHalfUnits -= halfUnits * times
    }
  }

  /// 10^15 of 10^-18 Wh are a milliwatt-hour.
  private func milliwattHours(_ halfUnits: Int64) -> Int64 {
    WideArithmetic.floor(halfUnits, by: attowattHoursPerHalfUnit, over: 1_000_000_000_000_000)
  }
}
