extension SimulatedCS5460A {
  /// What its converters do.
  enum Run: Hashable {
    case halted
    /// A cycle has begun and ends so many picoseconds behind the nanosecond.
    case computing(
      beginNanoseconds: Int64, endNanoseconds: Int64, endPicoseconds: Int64, isContinuous: Bool)
  }

  /// Sums over the part of a cycle that has passed, in seconds times fractions of full scale.
  struct Integral: Hashable {
    var power = 0.0
    var squareOfVoltage = 0.0
    var squareOfCurrent = 0.0
    /// The largest fractions that were seen.
    var voltagePeak = 0.0
    var currentPeak = 0.0
  }

  /// The longest piece over which a load counts as constant: five periods of the mains.
  private static let pieceNanoseconds: Int64 = 100_000_000

  /// Lets time pass up to a moment: the load before it is as `load` says now.
  public func advance(to now: Int64) {
    guard now > momentNanoseconds else { return }
    if faults.freeze == .conversions, run != .halted {
      // Nothing is converted: the cycle begins when that is over.
      integral = Integral()
      run = cycle(from: now, 0)
      momentNanoseconds = now
      return
    }
    while case .computing(_, let end, let picoseconds, let isContinuous) = run, end <= now {
      integrate(to: end)
      finishCycle()
      run = .halted
      if isContinuous { run = cycle(from: end, picoseconds) }
    }
    integrate(to: now)
  }

  func start(_ now: Int64, isContinuous: Bool) {
    integral = Integral()
    momentNanoseconds = now
    energyReadNanoseconds = now
    run = cycle(from: now, 0, isContinuous: isContinuous)
  }

  /// A cycle lasts N * 1024 * K / MCLK.
  private func cycle(
    from begin: Int64, _ picoseconds: Int64, isContinuous: Bool = true
  ) -> Run {
    let divider = max(1, Int64(self[.configuration] & 0xF))
    let clocks = max(1, Int64(self[.cycleCount])) * 1_024 * divider
    let length = WideArithmetic.scale(
      1_000_000_000_000, by: clocks * 1_000_000, over: masterClockHertz * (1_000_000 + clockPpm))
    let end = picoseconds + length
    return .computing(
      beginNanoseconds: begin, endNanoseconds: begin + end / 1_000, endPicoseconds: end % 1_000,
      isContinuous: isContinuous)
  }

  private func integrate(to end: Int64) {
    if run == .halted { momentNanoseconds = end }
    while momentNanoseconds < end {
      let piece = min(end - momentNanoseconds, Self.pieceNanoseconds)
      add(load(momentNanoseconds + piece / 2), seconds: Double(piece) / 1e9)
      momentNanoseconds += piece
    }
  }

  /// A piece of a cycle, through gains and offsets (CS5460A, data flow).
  private func add(_ load: SimulatedLoad, seconds: Double) {
    let word = self[.configuration]
    let currentScale =
      Double(fullScaleMicroamperes) / (Int64(word) & CS5460A.Configuration.fiftyfold != 0 ? 5 : 1)
    let voltage = Double(load.millivolts) * 1e3 / Double(fullScaleMicrovolts)
    let current = Double(load.milliamperes) * 1e3 / currentScale
    // The high-pass filters come first, then the offset registers, then the gains.
    let voltageDirect = (word & 0x40 == 0 ? voltageDirectPart : 0) + signed(.voltageDCOffset)
    let currentDirect = (word & 0x20 == 0 ? currentDirectPart : 0) + signed(.currentDCOffset)
    let voltageGain = Double(self[.voltageGain]) / 0x40_0000
    let currentGain = Double(self[.currentGain]) / 0x40_0000
    let creep =
      Double(creepMilliwatts) * 1e9 / (Double(fullScaleMicrovolts) * currentScale)
    let active = voltage * current * Double(load.powerFactorPermille) / 1_000 + creep
    let power = (active + voltageDirect * currentDirect) * voltageGain * currentGain
    integral.power += (power + signed(.powerOffset)) * seconds
    let voltageSquare =
      (voltage * voltage + voltageDirect * voltageDirect) * voltageGain * voltageGain
    let currentSquare =
      (current * current + currentDirect * currentDirect) * currentGain * currentGain
    integral.squareOfVoltage += (voltageSquare + signed(.voltageACOffset)) * seconds
    integral.squareOfCurrent += (currentSquare + signed(.currentACOffset)) * seconds
    let root2 = 2.0.squareRoot()
    integral.voltagePeak = max(
      integral.voltagePeak, (voltage * root2 + abs(voltageDirect)) * voltageGain)
    integral.currentPeak = max(
      integral.currentPeak, (current * root2 + abs(currentDirect)) * currentGain)
  }

  private var voltageDirectPart: Double { Double(voltageOffsetPpm) / 1e6 }
  private var currentDirectPart: Double { Double(currentOffsetPpm) / 1e6 }

  private func signed(_ register: Register) -> Double {
    Double(CS5460A.signed(self[register])) / 0x80_0000
  }

  private func finishCycle() {
    defer { integral = Integral() }
    raise([.dataReady, .conversionReady])
    guard faults.freeze != .registers, case .computing(let begin, let end, _, _) = run else {
      return
    }
    let seconds = Double(end - begin) / 1e9
    let cycles = Double(self[.cycleCount])
    let timebase = Double(self[.timebase]) / 0x80_0000
    let energy = integral.power / seconds * cycles / 4_096 * timebase
    let word = store(energy)
    self[.energy] = UInt32(truncatingIfNeeded: word)
    let current = root(integral.squareOfCurrent / seconds, .currentRMSRange)
    let voltage = root(integral.squareOfVoltage / seconds, .voltageRMSRange)
    self[.currentRMS] = current
    self[.voltageRMS] = voltage
    if integral.voltagePeak >= 1 { raise(.voltageRange) }
    if integral.currentPeak >= 1 { raise(.currentRange) }
    if integral.voltagePeak * integral.currentPeak >= 1 { raise(.powerRange) }
    onCycle?(CycleReading(energy: word, current: Int64(current), voltage: Int64(voltage)))
  }

  private func store(_ energy: Double) -> Int64 {
    let word = Int64((energy * 0x80_0000).rounded()) + nextNoise()
    let kept = min(0x7F_FFFF, max(-0x80_0000, word))
    if kept != word { raise(.energyRange) }
    if kept < 0 { raise(.negativeEnergy) } else { lower(.negativeEnergy) }
    return kept
  }

  private func root(_ meanSquare: Double, _ range: Status) -> UInt32 {
    let word = Int64((max(0, meanSquare).squareRoot() * 0x100_0000).rounded()) + nextNoise()
    if word > 0xFF_FFFF { raise(range) }
    return UInt32(min(0xFF_FFFF, max(0, word)))
  }

  /// Evenly distributed from -`noiseUnits` to `noiseUnits`.
  private func nextNoise() -> Int64 {
    guard noiseUnits > 0 else { return 0 }
    return Int64(noise.next() % UInt64(2 * noiseUnits + 1)) - noiseUnits
  }
}
