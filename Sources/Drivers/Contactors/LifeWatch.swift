/// Watches whether the loop lives, while it matters: while a contactor is closed.
///
/// A loop with nothing to do sleeps, and that is fine: when it has been quiet for a while it is
/// asked for a sign, and only questions without an answer count. So an idle loop is not woken for
/// this, and a process that was stopped as a whole is not taken for a loop that hangs.
struct LifeWatch: Hashable, Sendable {
  private let limits: GuardLimits
  private var watchedSinceNanoseconds: Int64?
  private var askedNanoseconds: Int64?
  private var askedLastNanoseconds: Int64 = 0

  init(limits: GuardLimits) {
    self.limits = limits
  }

  /// What a look says.
  enum Finding: Hashable {
    case alive
    /// Ask for a sign.
    case ask
    /// Silent for so long.
    case silent(nanoseconds: Int64)
  }

  mutating func look(isNeeded: Bool, lastBeatNanoseconds beat: Int64, nowNanoseconds now: Int64)
    -> Finding
  {
    guard isNeeded else {
      watchedSinceNanoseconds = nil
      askedNanoseconds = nil
      return .alive
    }
    let since = watchedSinceNanoseconds ?? now
    watchedSinceNanoseconds = since
    if let asked = askedNanoseconds, beat >= asked { askedNanoseconds = nil }
    let quiet = now - max(since, beat)
    guard quiet >= limits.quietNanoseconds else { return .alive }
    guard let asked = askedNanoseconds else {
      askedNanoseconds = now
      askedLastNanoseconds = now
      return .ask
    }
    if now - asked >= limits.lifeNanoseconds - limits.quietNanoseconds {
      return .silent(nanoseconds: quiet)
    }
    guard now - askedLastNanoseconds >= limits.quietNanoseconds else { return .alive }
    askedLastNanoseconds = now
    return .ask
  }
}
