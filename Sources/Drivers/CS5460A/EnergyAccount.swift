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
struct EnergyAccount: Hashable, Sendable {
  private(set) var ledger: EnergyLedger
  private(set) var counter: CycleCounter
  private let cycleNanoseconds: Int64
  /// The last energy that was booked; nil when nothing leads up to the next.
  private var last: Int64?
  /// Energies before and after a hole of which it is not known how many cycles it has, if any.
  private var hole: [Int64] = []
  /// Cycles booked since the last one whose number was certain.
  private var uncertain: Int64 = 0
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
    hole = []
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
      return anew(energies)
    case .counted(let cycles):
      return settle(energies, cycles)
    case .undecided:
      if hole.isEmpty, let last { hole = [last, energies.first?.value ?? last] }
      uncertain += Int64(energies.count)
      return book(energies)
    case .jumped(let cycles):
      let before = certainNanoseconds ?? sighting.setNanoseconds
      let most = max(cycles, uncertain + Int64(energies.count))
      let quality = settle(energies, most)
      let unknown = sighting.setNanoseconds - before - most * cycleNanoseconds
      ledger.bookGap(nanoseconds: unknown)
      return quality.union(.gap)
    case .tooEarly:
      // New registers all the same: the chip has begun anew without our doing.
      counter.restart()
      _ = counter.advance(sighting)
      return anew(energies)
    }
  }

  /// Counting begins here; what was before is a gap, unless nothing was.
  private mutating func anew(_ energies: [CycleEnergy]) -> MeterQuality {
    var quality = book(energies)
    if let certainNanoseconds, let boundary = counter.boundary {
      let booked = uncertain + Int64(energies.count)
      ledger.bookGap(
        nanoseconds: boundary.upperBound - certainNanoseconds - booked * cycleNanoseconds)
      quality.insert(.gap)
    }
    becomeCertain()
    return quality
  }

  /// The number of cycles since the last certain one is known: what is not booked was missed.
  private mutating func settle(_ energies: [CycleEnergy], _ cycles: Int64) -> MeterQuality {
    let unbooked = max(0, cycles - uncertain)
    let seen = energies.suffix(Int(min(unbooked, Int64(energies.count))))
    let missed = unbooked - Int64(seen.count)
    var quality: MeterQuality = []
    if missed > 0, let first = hole.first ?? last, let next = hole.last ?? seen.first?.value {
      ledger.bookMissed(missed, between: first, and: next)
      quality.insert(.estimated)
    }
    quality.formUnion(book(Array(seen)))
    becomeCertain()
    return quality
  }

  private mutating func book(_ energies: [CycleEnergy]) -> MeterQuality {
    var quality: MeterQuality = []
    for energy in energies {
      ledger.book(energy.value, isEstimated: energy.isEstimated)
      if energy.isEstimated { quality.insert(.estimated) }
      if ledger.isCreep(energy.value) { quality.insert(.creep) }
      last = energy.value
    }
    return quality
  }

  private mutating func becomeCertain() {
    uncertain = 0
    hole = []
    certainNanoseconds = counter.boundary?.upperBound
  }
}
