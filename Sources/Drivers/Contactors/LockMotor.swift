/// One connector's lock: a relay that is active while it shall be locked, with or without a
/// feedback contact.
///
/// The lock moves once for each order. Without feedback it is taken to have arrived when it has had
/// its time; with feedback it has failed then.
struct LockMotor: Hashable, Sendable {
  private let limits: GuardLimits
  private let hasFeedback: Bool
  /// Where the relay shall be.
  private(set) var isLocked = false
  private var order: UInt64 = 0
  /// When it began to move; nil once that was reported.
  private var movingSinceNanoseconds: Int64?
  private var hasRelayFailed = false
  private var reported: Bool?

  init(hasFeedback: Bool, limits: GuardLimits, nowNanoseconds: Int64) {
    self.limits = limits
    self.hasFeedback = hasFeedback
    // The line was requested inactive: where the bolt is after that is news.
    movingSinceNanoseconds = nowNanoseconds
  }

  var isMoving: Bool { movingSinceNanoseconds != nil }

  mutating func command(_ isLocked: Bool, order: UInt64, nowNanoseconds: Int64) {
    guard order != self.order else { return }
    self.order = order
    self.isLocked = isLocked
    movingSinceNanoseconds = nowNanoseconds
  }

  mutating func relayed(_ error: BusError?) { hasRelayFailed = error != nil }

  /// Where it has arrived, or failed to.
  struct Arrival: Hashable {
    var isLocked: Bool
    var hasFailed: Bool
  }

  /// - Parameter feedback: what the feedback contact settled at; nil when it has not, or is none.
  mutating func look(feedback: Bool?, nowNanoseconds now: Int64) -> Arrival? {
    guard let since = movingSinceNanoseconds else {
      // Moved by somebody else's hand.
      guard hasFeedback, let feedback, feedback != reported else { return nil }
      return arrive(feedback, hasFailed: feedback != isLocked)
    }
    let isOver = now - since >= limits.lockTravelNanoseconds
    if hasRelayFailed { return isOver ? arrive(feedback ?? !isLocked, hasFailed: true) : nil }
    if hasFeedback, feedback == isLocked { return arrive(isLocked, hasFailed: false) }
    guard isOver else { return nil }
    guard hasFeedback else { return arrive(isLocked, hasFailed: false) }
    return arrive(feedback ?? !isLocked, hasFailed: true)
  }

  private mutating func arrive(_ isLocked: Bool, hasFailed: Bool) -> Arrival {
    movingSinceNanoseconds = nil
    reported = isLocked
    return Arrival(isLocked: isLocked, hasFailed: hasFailed)
  }
}
