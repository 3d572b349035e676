/// One relay's switching rules: off at once and always; on only when it was told to, after its
/// rest, not too often, and never through a trip or a weld.
struct ContactorSwitch: Hashable, Sendable {
  private let minimumOpenNanoseconds: Int64
  private let closuresPerMinute: Int
  /// What it was told last.
  private(set) var isWanted = false
  /// Where the relay shall be.
  private(set) var isClosed = false
  /// When that changed; the start counts as opening, since nobody knows what was before.
  private(set) var switchedNanoseconds: Int64
  /// Why it opened by itself; nil once that is over and the loop has told it to open.
  private(set) var trip: TripReason?
  private(set) var trippedNanoseconds: Int64 = 0
  /// Whether it must be told to open before the trip can end.
  private var needsOpening = false
  /// The last closures, the oldest first.
  private var closures: [Int64] = []

  init(limits: GuardLimits, nowNanoseconds: Int64) {
    minimumOpenNanoseconds = limits.minimumOpenNanoseconds
    closuresPerMinute = max(1, limits.closuresPerMinute)
    switchedNanoseconds = nowNanoseconds
  }

  mutating func command(_ isClosed: Bool, nowNanoseconds now: Int64) {
    isWanted = isClosed
    guard !isClosed else { return }
    needsOpening = false
    open(now)
  }

  /// Opens by itself what is closed, or would be soon; false when there is nothing, or when it has
  /// tripped already.
  mutating func trip(_ reason: TripReason, nowNanoseconds now: Int64) -> Bool {
    guard isWanted, trip == nil else { return false }
    trip = reason
    trippedNanoseconds = now
    needsOpening = true
    open(now)
    return true
  }

  /// The reason of the trip is over; nil as long as the loop has not told it to open, too.
  mutating func endTrip() -> TripReason? {
    guard !needsOpening, let ended = trip else { return nil }
    trip = nil
    return ended
  }

  /// The earliest moment at which it may close.
  var closableNanoseconds: Int64 {
    let rested = switchedNanoseconds + minimumOpenNanoseconds
    guard closures.count >= closuresPerMinute, let first = closures.first else { return rested }
    return max(rested, first + 60_000_000_000)
  }

  /// Whether only time keeps it from closing.
  var isWaiting: Bool { isWanted && !isClosed && trip == nil }

  /// Closes if it may.
  mutating func closeIfDue(nowNanoseconds now: Int64) {
    guard isWaiting, now >= closableNanoseconds else { return }
    closures = closures.suffix(closuresPerMinute - 1) + [now]
    isClosed = true
    switchedNanoseconds = now
  }

  private mutating func open(_ now: Int64) {
    guard isClosed else { return }
    isClosed = false
    switchedNanoseconds = now
  }
}
