/// The energy of one computation cycle, corrected for offset and sign.
struct CycleEnergy: Hashable, Sendable {
  var value: Int64
  /// Not from the energy register, but reckoned from voltage and current.
  var isEstimated = false
}

/// Brings the cycles that were read and the cycles that must have ended together in the ledger.
///
/// What was read is booked at once. What was missed is booked when its number is certain: with the
/// reading that ends the hole, or one later where that left two numbers possible.
struct EnergyAccount: Sendable {
  private(set) var ledger: EnergyLedger
  private(set) var counter: CycleCounter
  private let cycleNanoseconds: Int64
  /// The last energy that was booked; nil when nothing leads up to the next.
  private var last: Int64?
  /// Cycles booked since the last one whose number was certain.
  private var booked: Int64 = 0
  /// The energies around a hole that may have more cycles than were booked for it; how many more.
  private var hole: (before: Int64, after: Int64, cycles: Int64)?
  /// When the last certain cycle ended, at the latest.
  private var certainNanoseconds: Int64?

  init(ledger: EnergyLedger, cycleNanoseconds: Int64) {
    self.ledger = ledger
    self.cycleNanoseconds = cycleNanoseconds
    counter = CycleCounter(cycleNanoseconds: cycleNanoseconds)
  }

  /// The chip has been started anew, or must be: nothing can be estimated across this moment.
  mutating func interrupt() {
    counter.restart()
    last = nil
    hole = nil
  }

  /// Books what was read at a sighting, oldest first, and what was missed before it.
  ///
  /// The energies are new ones: the chip has computed since the last call.
  ///
  /// - Returns: what to say of it.
  mutating func enter(
    _ energies: [CycleEnergy], at sighting: CycleCounter.Sighting
  ) -> MeterQuality {
    switch counter.advance(sighting) {
    case .first, .lost:
      return anew(energies, sighting)
    case .counted(let cycles):
      let quality = settle(energies, cycles...cycles)
      becomeCertain(sighting)
      return quality
    case .undecided(let cycles):
      return settle(energies, cycles)
    case .jumped(let cycles):
      let most = max(cycles, booked + Int64(energies.count))
      let quality = settle(energies, most...most)
      bookGap(sighting)
      return quality.union(.gap)
    case .tooEarly:
      // New registers all the same: the chip has begun anew without our doing.
      counter.restart()
      _ = counter.advance(sighting)
      return anew(energies, sighting)
    }
  }

  /// Counting begins here; what was before is a gap, unless nothing was.
  private mutating func anew(
    _ energies: [CycleEnergy], _ sighting: CycleCounter.Sighting
  ) -> MeterQuality {
    let isFirst = certainNanoseconds == nil
    let quality = book(energies)
    bookGap(sighting)
    return isFirst ? quality : quality.union(.gap)
  }

  /// Time since the last certain cycle that no booked one explains is unknown.
  private mutating func bookGap(_ sighting: CycleCounter.Sighting) {
    let before = certainNanoseconds
    let explained = booked * cycleNanoseconds
    becomeCertain(sighting)
    guard let before, let certainNanoseconds else { return }
    ledger.bookGap(nanoseconds: certainNanoseconds - before - explained)
  }

  /// Everything that ended up to a sighting has been booked: nothing stays open.
  private mutating func becomeCertain(_ sighting: CycleCounter.Sighting) {
    booked = 0
    hole = nil
    certainNanoseconds = counter.boundary?.upperBound ?? sighting.setNanoseconds
  }

  /// Books what was read, and before it the cycles that must have been missed.
  ///
  /// - Parameter cycles: how many ended since the last certain one; what is above the lower bound
  ///   stays open for the next call.
  private mutating func settle(
    _ energies: [CycleEnergy], _ cycles: ClosedRange<Int64>
  ) -> MeterQuality {
    let room = max(0, cycles.upperBound - booked)
    let seen = Array(energies.suffix(Int(min(room, Int64(energies.count)))))
    var missed = cycles.lowerBound - booked - Int64(seen.count)
    let isEstimated = missed > 0
    if missed > 0, let open = hole {
      let late = min(missed, open.cycles)
      ledger.bookMissed(late, between: open.before, and: open.after)
      booked += late
      missed -= late
      hole = nil
    }
    if let last, let next = seen.first?.value {
      if missed > 0 {
        ledger.bookMissed(missed, between: last, and: next)
        booked += missed
      }
      if hole == nil { hole = (last, next, cycles.upperBound - cycles.lowerBound) }
    }
    return book(seen).union(isEstimated ? .estimated : [])
  }

  private mutating func book(_ energies: [CycleEnergy]) -> MeterQuality {
    var quality: MeterQuality = []
    for energy in energies {
      ledger.book(energy.value, isEstimated: energy.isEstimated)
      booked += 1
      if energy.isEstimated { quality.insert(.estimated) }
      if ledger.isCreep(energy.value) { quality.insert(.creep) }
      last = energy.value
    }
    return quality
  }
}
