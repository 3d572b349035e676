/// Why a card reader does not work.
public enum ReaderFailure: Error, Hashable, Sendable {
  /// A transaction on its bus, or one of its pins, failed.
  case bus(BusError)
  /// The bus reads as if nothing were connected (all zeros or all ones).
  case noChip
  /// Something answers that is not this chip; what it gives as its version.
  case unexpectedChip(UInt8)
  /// The chip has lost its settings, or does not keep what is written: a reset, or weak power.
  case settingsLost
  /// Its own arithmetic is wrong.
  case selfTestFailed
  /// It takes commands and finishes none in time.
  case unresponsive
  /// What it says stays damaged, however often it is asked.
  case garbled
}

/// What a reader has been through since the start.
public struct ReaderCounts: Hashable, Sendable {
  /// Looks at the field that were finished.
  public var looks: Int64 = 0
  /// Failures of every kind that ended a look or a start.
  public var failures: Int64 = 0
  /// Frames with wrong checksums, lengths or framing, from the card or from the chip.
  public var garbledFrames: Int64 = 0
  /// Resets of the chip that nobody had asked for.
  public var silentResets: Int64 = 0
  /// Times that the chip was set up.
  public var starts: Int64 = 0

  /// Nothing yet.
  public init() {}
}

/// How a reader is.
public struct ReaderState: Hashable, Sendable {
  /// Whether cards can be read.
  public enum Condition: Hashable, Sendable {
    /// Nothing is known yet.
    case starting
    case working
    case failed(ReaderFailure)
  }

  /// Whether cards can be read, and if not, why.
  public var condition = Condition.starting
  /// What the chip gives as its version; nil until it has answered.
  public var version: UInt8?
  /// What it has been through.
  public var counts = ReaderCounts()

  /// A reader that was not asked yet.
  public init() {}
}

/// Where a reader tells what it found. All are called on the thread of its bus.
public struct ReaderReports {
  /// A card was presented: once for each presentation.
  public var onCard: (CardUID) -> Void
  /// A card was presented that cannot be taken.
  public var onRefusal: (CardRefusal) -> Void
  /// The reader works, has failed, or has recovered from a reset; not called when only other counts
  /// changed.
  public var onState: (ReaderState) -> Void

  /// The three ways out.
  public init(
    onCard: @escaping (CardUID) -> Void, onRefusal: @escaping (CardRefusal) -> Void,
    onState: @escaping (ReaderState) -> Void
  ) {
    self.onCard = onCard
    self.onRefusal = onRefusal
    self.onState = onState
  }
}

/// What both readers do with what they find: presence, counts, back-off, reports.
struct ReaderDesk {
  /// Failures in a row after which a reader is called failed (HARDWARE: ten).
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
