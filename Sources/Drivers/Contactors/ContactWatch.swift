/// Compares contacts with their relay: by the meter's cycles, the voltage behind them where the
/// meter has its tap there, and the feedback contact where one is wired.
///
/// Without that voltage or a feedback contact, a car that draws nothing hides a weld until one
/// draws; so every cycle with an open relay is looked at, not only those after an opening. With
/// that voltage, contacts that fall open show by its going, unless a feedback contact says that
/// they are closed: then the mains are gone.
struct ContactWatch: Hashable, Sendable {
  private let limits: GuardLimits
  private let hasLoadVoltage: Bool
  private let weldedMilliamperes: Int64
  /// The relay, as it was told last.
  private var isClosed = false
  private var ignoredCycles: UInt64
  private var suspiciousCycles = 0
  /// Whether closed contacts were seen since the relay closed.
  private var isConfirmed = false
  /// Whether the feedback contact says that they are.
  private var isFedBack = false
  private var disagreesSinceNanoseconds: Int64?
  /// What proved a weld; it stays until somebody resets it.
  private(set) var weld: ContactEvidence?
  /// What proves that the contacts did not follow the relay's closing.
  private(set) var failure: TripReason?

  init(hasLoadVoltage: Bool, noiseMilliamperes: Int64, limits: GuardLimits) {
    self.limits = limits
    self.hasLoadVoltage = hasLoadVoltage
    weldedMilliamperes = max(limits.weldedMilliamperes, 10 * noiseMilliamperes)
    ignoredCycles = limits.ignoredCycles
  }

  /// The relay has switched: what began before says nothing.
  mutating func switched(_ isClosed: Bool) {
    self.isClosed = isClosed
    ignoredCycles = limits.ignoredCycles
    suspiciousCycles = 0
    isConfirmed = false
    isFedBack = false
    disagreesSinceNanoseconds = nil
    failure = nil
  }

  /// Somebody has looked after it.
  mutating func reset() {
    weld = nil
    switched(isClosed)
  }

  /// New cycles, the last of which is this one.
  mutating func see(_ cycle: MeterCycle, cycles: UInt64) {
    let ignored = min(ignoredCycles, cycles)
    ignoredCycles -= ignored
    guard cycles > ignored, let evidence = evidence(cycle) else {
      suspiciousCycles = 0
      return
    }
    suspiciousCycles += 1
    guard suspiciousCycles >= limits.provingCycles else { return }
    conclude(evidence)
  }

  /// What in a cycle contradicts the relay.
  private mutating func evidence(_ cycle: MeterCycle) -> ContactEvidence? {
    let isLive = cycle.millivolts > limits.liveMillivolts
    if isClosed {
      guard hasLoadVoltage, !isFedBack else { return nil }
      if isLive { isConfirmed = true }
      return isLive ? nil : .loadMillivolts(cycle.millivolts)
    }
    if hasLoadVoltage && isLive { return .loadMillivolts(cycle.millivolts) }
    let isLoaded =
      cycle.milliamperes > weldedMilliamperes
      || abs(cycle.milliwatts) > limits.weldedMilliwatts
    return isLoaded
      ? .load(milliamperes: cycle.milliamperes, milliwatts: cycle.milliwatts) : nil
  }

  /// The feedback contact, as it is now.
  mutating func see(feedback: Bool, nowNanoseconds now: Int64) {
    isFedBack = feedback && isClosed
    guard feedback != isClosed else {
      disagreesSinceNanoseconds = nil
      if isClosed { isConfirmed = true }
      return
    }
    let since = disagreesSinceNanoseconds ?? now
    disagreesSinceNanoseconds = since
    if now - since >= limits.feedbackNanoseconds { conclude(.feedback) }
  }

  private mutating func conclude(_ evidence: ContactEvidence) {
    if !isClosed {
      weld = weld ?? evidence
    } else {
      failure = isConfirmed ? .fellOpen : .failedToClose(evidence)
    }
  }
}
