extension CS5460A {
  /// What was read of one or, across a boundary, two cycles, and between when they ended.
  struct Collected {
    /// The cycle before, when its registers were read just before they were replaced.
    var older: CycleReading?
    var newest: CycleReading
    var status: Status
    var sighting: CycleCounter.Sighting
    /// The bus garbled something on the way.
    var isNoisy: Bool
  }

  /// What became of it.
  enum Entry {
    case booked
    /// The same registers as before while current flows.
    case repeated
    /// No cycle can have ended: the ready bit was a lost one on the wire.
    case ignored
  }

  /// Readings of the same cycle until two agree: at most so many transactions.
  static let readingAttempts = 4

  /// One look at the status, and the cycle's registers when one is done.
  func poll(_ now: Int64) throws(BusError) -> Int64 {
    var frames = beginFrames()
    frames.read(.status)
    let answer = try send(frames)
    let status = Status(rawValue: answer.values[0])
    if status.isOpenLine { return trouble(.absent(level: status.lineLevel), now) }
    troubles = 0
    guard isInStep(status) else { return startAnew(.notAnswering, now) }
    if status.contains(.dataReady) {
      let collected = try collect(status)
      pollsWithoutCycle = 0
      silentNanoseconds = clock.nowNanoseconds + silentAfterNanoseconds
      if let collected, enter(collected) == .repeated,
        judge.repetitions % Self.repetitionsToReset == 0
      {
        return startAnew(.stale, now)
      }
    } else {
      pollsWithoutCycle += 1
      clearNanoseconds = answer.before
    }
    return try lookAfter(status, now) ?? nextPoll(now)
  }

  /// The chip saw an invalid command: its port is brought back, and when that does not help three
  /// times, the chip is set up again.
  private func isInStep(_ status: Status) -> Bool {
    if status.contains(.commandsValid) {
      desynchronisations = 0
      return true
    }
    needsSynchronisation = true
    desynchronisations += 1
    return desynchronisations <= Self.troublesToFault
  }

  /// Has it forgotten its settings, does it compute?
  ///
  /// - Returns: when to call again if it must be set up anew.
  private func lookAfter(_ status: Status, _ now: Int64) throws(BusError) -> Int64? {
    // Several looks: after a stall of ours the first alone says nothing.
    let isSilent = pollsWithoutCycle >= 3 && clearNanoseconds >= silentNanoseconds
    guard isSilent || status.contains(.lowSupply) || now >= verifyDueNanoseconds else { return nil }
    verifyDueNanoseconds = now + Self.verifyNanoseconds
    if try difference() != nil { return startAnew(.wasReset, now) }
    return isSilent ? startAnew(.silent, now) : nil
  }

  /// A chip that repeats itself this often is set up again, and after as many repetitions again.
  static let repetitionsToReset = 6

  /// Clears what was seen, then reads energy, current and voltage twice, and the status again.
  ///
  /// Clearing comes first, so that a cycle that ends while we read shows in the second status: then
  /// the first pass may be of the cycle before. A value counts when two passes agree.
  private func collect(_ seen: Status) throws(BusError) -> Collected? {
    var events = seen.subtracting(.levels)
    var status = seen
    var older: CycleReading?
    var passes: [CycleReading] = []
    var crossedNanoseconds: Int64?
    var sighting = CycleCounter.Sighting(
      clearNanoseconds: clearNanoseconds, beginNanoseconds: 0, setNanoseconds: 0)
    for attempt in 0..<Self.readingAttempts {
      let answer = try send(readingFrames(clearing: events))
      let two = Self.passes(answer.values)
      let after = Status(rawValue: answer.values[6])
      if !events.isEmpty {
        sighting.beginNanoseconds = answer.before
        sighting.setNanoseconds = answer.after
      }
      status.formUnion(after.subtracting(.levels))
      if after.contains(.dataReady) {
        // A cycle ended in the middle of it; its registers come with the next transaction.
        events = after.subtracting(.levels)
        older = two[0]
        passes = []
        crossedNanoseconds = answer.before
        continue
      }
      clearNanoseconds = answer.before
      events = []
      passes += two
      guard let newest = Self.agreed(passes) else { continue }
      let isNoisy = attempt > (older == nil ? 0 : 1)
      if isNoisy { statistics.repeatedReadings += 1 }
      if let crossed = crossedNanoseconds, older != newest,
        sighting.setNanoseconds - crossed < settings.scale.cycleNanoseconds / 2
      {
        // One boundary, and we know sharply where.
        sighting.clearNanoseconds = crossed
      } else {
        // Nothing changed (the bit came before we read), or so long that more may have ended.
        older = nil
      }
      return Collected(
        older: older, newest: newest, status: status, sighting: sighting, isNoisy: isNoisy)
    }
    return nil
  }

  private func readingFrames(clearing events: Status) -> Frames {
    var frames = beginFrames()
    if !events.isEmpty { frames.write(.status, Int64(events.rawValue)) }
    for _ in 0..<2 {
      for register in [Register.energy, .currentRMS, .voltageRMS] { frames.read(register) }
    }
    frames.read(.status)
    return frames
  }

  private static func passes(_ values: [UInt32]) -> [CycleReading] {
    [0, 3].map { first in
      CycleReading(
        energy: signed(values[first]), current: Int64(values[first + 1]),
        voltage: Int64(values[first + 2]))
    }
  }

  private static func agreed(_ passes: [CycleReading]) -> CycleReading? {
    passes.indices.first { passes[..<$0].contains(passes[$0]) }.map { passes[$0] }
  }

  /// Judges and books what was read, and reports it.
  private func enter(_ collected: Collected) -> Entry {
    let isNew = collected.newest != judge.last
    let set = collected.sighting.setNanoseconds
    guard isNew || account.counter.canHaveAdvanced(by: set) else { return .ignored }
    var energies: [CycleEnergy] = []
    var quality: MeterQuality = collected.isNoisy ? .noisy : []
    // The older reading was taken once only: it counts when it can be true.
    if let older = collected.older, older != judge.last, judge.isPlausible(older) {
      energies.append(CycleEnergy(value: account.ledger.corrected(older.energy)))
    }
    let judgement = judge.judge(collected.newest, collected.status)
    quality.formUnion(judgement.quality)
    if let energy = judgement.energy {
      energies.append(
        CycleEnergy(
          value: account.ledger.corrected(energy), isEstimated: judgement.isEstimated))
    }
    if judgement.energy != nil {
      quality.formUnion(account.enter(energies, at: collected.sighting))
      // After time that is unknown the registers are, too.
      if quality.contains(.gap) { verifyDueNanoseconds = set }
    }
    let energy = energies.last?.value ?? account.ledger.corrected(collected.newest.energy)
    report(sample(collected, energy, quality))
    return judgement.energy == nil ? .repeated : .booked
  }

  /// One and a half cycles, and a poll, without a ready bit: the chip has stopped.
  private var silentAfterNanoseconds: Int64 {
    settings.scale.cycleNanoseconds * 3 / 2 + pollNanoseconds
  }

  private func sample(
    _ collected: Collected, _ energy: Int64, _ quality: MeterQuality
  ) -> MeterSample {
    let scale = settings.scale
    let ledger = account.ledger
    let reading = collected.newest
    var sample = MeterSample()
    sample.monotonicNanoseconds = collected.sighting.setNanoseconds
    sample.importMilliwattHours = ledger.importMilliwattHours
    sample.exportMilliwattHours = ledger.exportMilliwattHours
    sample.powerMilliwatts = scale.milliwatts(energy: energy)
    sample.voltageMillivolts = scale.millivolts(voltage: reading.voltage)
    sample.currentMilliamperes = scale.milliamperes(current: reading.current)
    sample.quality = quality
    sample.cyclesCounted = ledger.cyclesCounted
    sample.cyclesEstimated = ledger.cyclesEstimated
    sample.gapNanoseconds = ledger.gapNanoseconds
    sample.reading = reading
    return sample
  }
}
