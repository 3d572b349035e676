/// A pin's reading.
typealias PinReading = Result<Bool, BusError>

/// Believes an input when it has kept its level for long enough.
///
/// It does not know time by itself: looks come with theirs. A look that failed interrupts nothing
/// for a while (one disturbed look is no open circuit); what cannot be read for as long as it takes
/// to become active is unreadable, and nothing is believed of it.
struct DebouncedInput: Hashable, Sendable {
  private let activeNanoseconds: Int64
  private let inactiveNanoseconds: Int64
  /// What is believed; nil before anything is, and while it cannot be read.
  private(set) var level: Bool?
  /// Why it cannot be read; nil while it can.
  private(set) var error: BusError?
  private var candidate: Bool?
  private var sinceNanoseconds: Int64 = 0
  private var failingSinceNanoseconds: Int64?

  init(activeNanoseconds: Int64, inactiveNanoseconds: Int64) {
    self.activeNanoseconds = activeNanoseconds
    self.inactiveNanoseconds = inactiveNanoseconds
  }

  /// What a look has changed.
  struct Change: Hashable {
    var level = false
    var error = false
  }

  mutating func look(_ reading: PinReading, nowNanoseconds now: Int64) -> Change {
    switch reading {
    case .success(let isActive): return see(isActive, now)
    case .failure(let error): return fail(error, now)
    }
  }

  private mutating func see(_ isActive: Bool, _ now: Int64) -> Change {
    failingSinceNanoseconds = nil
    var change = Change(level: false, error: error != nil)
    error = nil
    if candidate != isActive {
      candidate = isActive
      sinceNanoseconds = now
    }
    let wait = isActive ? activeNanoseconds : inactiveNanoseconds
    if level != isActive, now - sinceNanoseconds >= wait {
      level = isActive
      change.level = true
    }
    return change
  }

  private mutating func fail(_ found: BusError, _ now: Int64) -> Change {
    let since = failingSinceNanoseconds ?? now
    failingSinceNanoseconds = since
    // What was seen before the gap says nothing about what comes after it.
    candidate = nil
    guard error == nil, now - since >= activeNanoseconds else { return Change() }
    error = found
    level = nil
    return Change(level: false, error: true)
  }
}
