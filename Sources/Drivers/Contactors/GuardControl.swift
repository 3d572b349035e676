import Synchronization

/// What the loop tells the contactors' thread: levels, so that nothing piles up when it hangs.
final class GuardControl: Sendable {
  /// One EVSE's wanted levels.
  struct Wanted {
    var isClosed = false
    /// How often it was told to open: an opening between two looks is not missed.
    var openings: UInt64 = 0
    var resets: UInt64 = 0
    var locks: [UInt32: (isLocked: Bool, order: UInt64)] = [:]

    /// False when that is nothing new.
    mutating func command(_ isClosed: Bool) -> Bool {
      guard isClosed != self.isClosed else { return false }
      self.isClosed = isClosed
      if !isClosed { openings += 1 }
      return true
    }

    /// False when that is nothing new.
    mutating func lock(_ connector: UInt32, _ isLocked: Bool, _ order: UInt64) -> Bool {
      guard order != locks[connector]?.order ?? 0 else { return false }
      locks[connector] = (isLocked, order)
      return true
    }
  }

  private let wanted = Mutex<[UInt32: Wanted]>([:])
  private let beat = Atomic<Int64>(.min)
  private let hold = Atomic<Bool>(false)

  func change<Result: Sendable>(_ evse: UInt32, _ body: (inout Wanted) -> Result) -> Result {
    wanted.withLock { body(&$0[evse, default: Wanted()]) }
  }

  /// Nil when nothing was ever said.
  func wanted(_ evse: UInt32) -> Wanted? { wanted.withLock { $0[evse] } }

  /// The loop's last sign of life.
  var lastBeatNanoseconds: Int64 {
    get { beat.load(ordering: .relaxed) }
    set { beat.store(newValue, ordering: .relaxed) }
  }

  /// Whether everything stays open from now on. Ordered against the relays' own locks: who sets it
  /// opens after that, who closes looks after that.
  var isHeldOpen: Bool { hold.load(ordering: .sequentiallyConsistent) }

  func holdOpen() { hold.store(true, ordering: .sequentiallyConsistent) }
}
