import ChargePiES
import Drivers
import Projections

extension VirtualStation {
  /// Takes an observation at this moment.
  func observe(_ observation: Observation) throws {
    try engine.observe(observation, at: engine.stamp(monotonicNanoseconds: now))
  }

  /// Lets time pass until a moment, with everything that falls due on the way.
  func run(until end: Int64) throws {
    while true {
      try turn()
      let next = nextMoment()
      if next > end { break }
      now = max(now, next)
    }
    now = max(now, end)
  }

  private func nextMoment() -> Int64 {
    var moments = [Int64.max]
    if let due = engine.station.nextDeadline() { moments.append(due) }
    if let due = board.dueNanoseconds { moments.append(due) }
    if let due = engine.commitDueNanoseconds { moments.append(due) }
    if let first = arriving.first { moments.append(first.dueNanoseconds) }
    return moments.min() ?? .max
  }

  /// One pass of the loop.
  func turn() throws {
    while let first = arriving.first, first.dueNanoseconds <= now {
      arriving.removeFirst()
      try arrive(first.what)
    }
    for observation in board.take(nowNanoseconds: now) { try observe(observation) }
    if let due = engine.station.nextDeadline(), due <= now {
      try observe(.timeReached(TimeReached { $0.chance = 1 << 31 }))
    }
    try settle()
    if let due = engine.commitDueNanoseconds, due <= now { try commit() }
  }

  /// Opening and locking act at once; what the hardware answers belongs to the same commit.
  func settle() throws {
    for _ in 0..<Limits.roundsPerTurn {
      let permitted = Outputs.permitted(
        inMemory: engine.station.outputs, durable: engine.durable.outputs)
      board.reconcile(permitted, nowNanoseconds: now)
      let found = board.take(nowNanoseconds: now)
      guard !found.isEmpty else { return }
      for observation in found { try observe(observation) }
    }
  }

  /// Makes everything so far durable, then visible; returns it.
  @discardableResult
  func commit() throws -> [Event] {
    let events = try engine.commit()
    for event in events {
      if case .decision(let decision) = event.body { try publish(decision) }
    }
    board.reconcile(engine.durable.outputs, nowNanoseconds: now)
    return events
  }

  private func publish(_ decision: Decision) throws {
    switch decision {
    case .messageSent(let message):
      let bytes = try Concealment.bytes(message.frame, names: names)
      arrive(after: 20, .answer(try answer(bytes)))
    case .connectionStarted:
      connection += 1
      arrive(after: 50, isReachable ? .opened(connection) : .failed(connection))
    default: break  // Nothing else reaches the network here.
    }
  }

  private func arrive(after milliseconds: Int64, _ what: Arrival) {
    arriving.append((now + milliseconds * 1_000_000, what))
  }

  private func arrive(_ what: Arrival) throws {
    switch what {
    case .opened(let number):
      try observe(
        .linkOpened(
          LinkOpened {
            $0.upstream = 1
            $0.connection = number
          }))
    case .failed(let number):
      try observe(
        .linkClosed(
          LinkClosed {
            $0.upstream = 1
            $0.connection = number
            $0.reason = "connection refused"
            $0.chance = 1 << 31
          }))
    case .answer(let bytes):
      guard let upstream = engine.station.authority else { return }
      try observe(try dialect.read(bytes, from: upstream, in: engine.station, names: names))
    }
  }
}
