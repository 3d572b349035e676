extension CS5460A {
  /// The registers that make the chip a meter, with their values. It forgets all of them.
  var setup: [(register: Register, value: Int64)] {
    let calibration = settings.scale.calibration
    return [
      (.configuration, calibration.configurationWord),
      (.currentDCOffset, calibration.currentDCOffset),
      (.currentGain, calibration.currentGain),
      (.voltageDCOffset, calibration.voltageDCOffset),
      (.voltageGain, calibration.voltageGain),
      (.cycleCount, calibration.cycleCount),
      (.timebase, calibration.timebase),
      (.powerOffset, calibration.powerOffset),
      (.currentACOffset, calibration.currentACOffset),
      (.voltageACOffset, calibration.voltageACOffset),
      (.mask, 0),
    ]
  }

  /// Is somebody there? A chip that has kept its settings through a failure of the bus goes on;
  /// any other is reset.
  func probe(_ now: Int64) throws(BusError) -> Int64 {
    var frames = beginFrames(synchronised: true)
    frames.read(.status)
    let status = Status(rawValue: try send(frames).values[0])
    guard !status.isOpenLine else { return fail(.absent(level: status.lineLevel), now) }
    if isConfigured {
      guard try difference() == nil else { return startAnew(.wasReset, now) }
      beginMeasuring(now)
      return now
    }
    var reset = beginFrames()
    reset.write(.configuration, Configuration.reset)
    _ = try send(reset)
    phase = .resetting(looks: Self.resetLooks)
    return now + Self.resetNanoseconds
  }

  /// Looks whether the soft reset is over, up to fifty times a millisecond apart.
  func awaitReset(_ now: Int64, _ looks: Int) throws(BusError) -> Int64 {
    var frames = beginFrames()
    frames.read(.configuration)
    let word = Int64(try send(frames).values[0])
    if word & Configuration.resetMask == Configuration.resetDone { return try configure(now) }
    guard looks > 1 else { return fail(.notAnswering, now) }
    phase = .resetting(looks: looks - 1)
    return now + Self.resetLookNanoseconds
  }

  /// Writes every register, reads them back, and lets the chip compute.
  private func configure(_ now: Int64) throws(BusError) -> Int64 {
    var frames = beginFrames()
    for (register, value) in setup { frames.write(register, value) }
    frames.write(.control, Self.controlValue)
    _ = try send(frames)
    if let register = try difference() {
      return fail(.registerNotKept(address: register.rawValue), now)
    }
    var start = beginFrames()
    start.command(Command.halt)
    start.write(.status, 0xFF_FFFF)
    start.command(Command.startContinuous)
    clearNanoseconds = try send(start).before
    statistics.resets += 1
    isConfigured = true
    beginMeasuring(now)
    return nextPoll(now)
  }

  private func beginMeasuring(_ now: Int64) {
    phase = .measuring
    troubles = 0
    desynchronisations = 0
    pollsWithoutCycle = 0
    pollDueNanoseconds = now
    verifyDueNanoseconds = now + Self.verifyNanoseconds
    silentNanoseconds = clock.nowNanoseconds + 3 * settings.scale.cycleNanoseconds
  }

  /// A register that does not read what it should, and what it reads.
  private struct Difference: Hashable {
    let register: Register
    let word: UInt32
  }

  /// The first register of the chip that has not the value it should have.
  ///
  /// It counts when it reads the same wrong value twice: a bit can be lost on the wire.
  func difference() throws(BusError) -> Register? {
    var seen: Set<Difference> = []
    for _ in 0..<3 {
      guard let found = try readDifference() else { return nil }
      if !seen.insert(found).inserted { return found.register }
    }
    return nil
  }

  private func readDifference() throws(BusError) -> Difference? {
    var frames = beginFrames()
    for (register, _) in setup { frames.read(register) }
    let values = try send(frames).values
    return zip(setup, values).first { $0.value & 0xFF_FFFF != Int64($1) }.map {
      Difference(register: $0.register, word: $1)
    }
  }

  /// Frames for the next transaction, behind a synchronisation if one is due.
  func beginFrames(synchronised: Bool = false) -> Frames {
    let isNeeded = synchronised || needsSynchronisation
    needsSynchronisation = false
    if isNeeded { statistics.synchronisations += 1 }
    return Frames(synchronised: isNeeded)
  }
}
