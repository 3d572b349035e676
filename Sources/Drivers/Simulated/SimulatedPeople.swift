import Synchronization

/// What people do a moment later: take a card away again.
final class SimulatedPeople: BusTask, Sendable {
  private struct Deed: Sendable {
    var dueNanoseconds: Int64
    var work: @Sendable () -> Void
  }

  private let deeds = Mutex<[Deed]>([])

  /// Does something at a moment; whoever asks wakes the thread.
  func later(_ dueNanoseconds: Int64, _ work: @escaping @Sendable () -> Void) {
    deeds.withLock { $0.append(Deed(dueNanoseconds: dueNanoseconds, work: work)) }
  }

  func run(nowNanoseconds now: Int64) -> Int64 {
    let due = deeds.withLock { deeds in
      defer { deeds.removeAll { $0.dueNanoseconds <= now } }
      return deeds.filter { $0.dueNanoseconds <= now }
    }
    for deed in due { deed.work() }
    return deeds.withLock { $0.map(\.dueNanoseconds).min() ?? .max }
  }
}
