/// How long the loop's turns take, sleep and commits left out: what would hold everything up.
struct LoopPace {
  /// A turn that takes longer is a slow one, in nanoseconds.
  static let slowNanoseconds: Int64 = 5_000_000

  private(set) var turns: UInt64 = 0
  private(set) var slowTurns: UInt64 = 0
  private(set) var longestNanoseconds: Int64 = 0
  private var beganNanoseconds: Int64 = 0
  private var leftOutNanoseconds: Int64 = 0

  /// The loop has woken.
  mutating func begin() {
    beganNanoseconds = SystemClock.monotonicNanoseconds()
    leftOutNanoseconds = 0
  }

  /// Time within the turn that is not its own.
  mutating func leaveOut(_ nanoseconds: Int64) { leftOutNanoseconds += nanoseconds }

  /// The loop is about to sleep.
  mutating func end() {
    let taken = SystemClock.monotonicNanoseconds() - beganNanoseconds - leftOutNanoseconds
    turns += 1
    if taken > Self.slowNanoseconds { slowTurns += 1 }
    longestNanoseconds = max(longestNanoseconds, taken)
  }
}
