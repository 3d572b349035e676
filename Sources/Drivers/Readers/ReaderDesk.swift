/// What both readers do with what they find: presence, counts, back-off, reports.
struct ReaderDesk {
  /// Failures in a row after which a reader is called failed: a contactor that switches nearby
  /// spoils a transaction or two.
  static let failuresUntilFailed = 10
  /// Pause after a failure that may be a passing one.
  static let shortPauseNanoseconds: Int64 = 50_000_000
  /// Pauses between attempts to revive a failed reader: doubling, so that a missing one costs
  /// nearly nothing, and capped, so that one that comes back is soon found.
  static let firstPauseNanoseconds: Int64 = 250_000_000
  static let longestPauseNanoseconds: Int64 = 4_000_000_000

  var state = ReaderState()
  var presence: CardPresence
  private let reports: ReaderReports
  private var failures = 0
  private var pauseNanoseconds = firstPauseNanoseconds
  private var reportedResets: Int64 = 0

  init(rules: CardRules, readsNeeded: Int, reports: ReaderReports) {
    presence = CardPresence(rules, readsNeeded: readsNeeded)
    self.reports = reports
  }

  /// Whether the reader is reported as failed.
  var hasFailed: Bool {
    switch state.condition {
    case .starting, .working: false
    case .failed: true
    }
  }

  /// A look is finished, so the reader works.
  mutating func looked(_ sighting: CardSighting, nowNanoseconds now: Int64) {
    state.counts.looks += 1
    failures = 0
    pauseNanoseconds = Self.firstPauseNanoseconds
    if state.condition != .working || state.counts.silentResets != reportedResets {
      state.condition = .working
      reportedResets = state.counts.silentResets
      reports.onState(state)
    }
    switch presence.observe(sighting, nowNanoseconds: now) {
    case .card(let uid): reports.onCard(uid)
    case .refused(let refusal): reports.onRefusal(refusal)
    case nil: break
    }
  }

  /// A frame from the card or the chip was damaged.
  mutating func garbled(nowNanoseconds now: Int64) {
    state.counts.garbledFrames += 1
    presence.noteTrouble(nowNanoseconds: now)
  }

  /// Whether an IRQ pin is active. One that is not wired or cannot be read hides nothing: the chip
  /// is asked instead.
  mutating func isRaised(_ pin: (any DigitalInput)?) -> Bool {
    guard let pin else { return true }
    do throws(BusError) {
      return try pin.get()
    } catch {
      state.counts.failures += 1
      return true
    }
  }

  /// Something failed; returns for how long to leave the chip alone, in nanoseconds.
  mutating func failed(_ failure: ReaderFailure, nowNanoseconds now: Int64) -> Int64 {
    state.counts.failures += 1
    presence.noteTrouble(nowNanoseconds: now)
    failures += 1
    guard failures >= Self.failuresUntilFailed else { return Self.shortPauseNanoseconds }
    if !hasFailed {
      state.condition = .failed(failure)
      reports.onState(state)
    }
    defer { pauseNanoseconds = min(pauseNanoseconds * 2, Self.longestPauseNanoseconds) }
    return pauseNanoseconds
  }
}

extension DigitalOutput {
  /// Holds a chip in reset, or lets it go.
  func hold(_ isActive: Bool) throws(ReaderFailure) {
    do throws(BusError) { try set(isActive) } catch { throw .bus(error) }
  }
}
