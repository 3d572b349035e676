/// Which of a bus's tasks runs next: the one that has been due for longest.
///
/// A task that is late runs once, not once for every time that it missed. What a task asks for is
/// at least `pauseNanoseconds` behind its end, so one that always wants to go on at once neither
/// starves the others nor takes the processor for itself.
struct BusSchedule {
  static let pauseNanoseconds: Int64 = 1_000_000

  private struct Entry {
    var dueNanoseconds: Int64
    /// The turn in which it ran last: between equals, who has waited for longest goes first.
    var turn: UInt64 = 0
  }

  private var entries: [Entry]
  private var turns: UInt64 = 0

  /// So many tasks, all due at once.
  init(count: Int, nowNanoseconds: Int64) {
    entries = (0..<count).map { _ in Entry(dueNanoseconds: nowNanoseconds) }
  }

  /// When somebody is due; `.max` for never.
  var nextNanoseconds: Int64 { entries.map(\.dueNanoseconds).min() ?? .max }

  /// The task to run now, if any is due.
  func due(nowNanoseconds: Int64) -> Int? {
    entries.indices.filter { entries[$0].dueNanoseconds <= nowNanoseconds }
      .min { order(entries[$0]) < order(entries[$1]) }
  }

  private func order(_ entry: Entry) -> (Int64, UInt64) { (entry.dueNanoseconds, entry.turn) }

  /// A task has run, and said when it wants to run again.
  mutating func ran(_ index: Int, nextNanoseconds: Int64, endNanoseconds: Int64) {
    turns += 1
    let earliest = endNanoseconds + Self.pauseNanoseconds
    entries[index] = Entry(dueNanoseconds: max(nextNanoseconds, earliest), turn: turns)
  }

  /// A task is due now, whatever it said.
  mutating func wake(_ index: Int, nowNanoseconds: Int64) {
    entries[index].dueNanoseconds = min(entries[index].dueNanoseconds, nowNanoseconds)
  }
}
