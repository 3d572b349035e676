import ChargePiES

/// The last lines of what happened, for whoever has to understand a violation.
package final class Trace {
  /// How many lines are kept.
  private let most: Int
  private var lines: [String] = []

  /// A trace of so many lines.
  package init(lines most: Int) {
    self.most = most
  }

  func note(_ now: Int64, _ text: @autoclosure () -> String) {
    lines.append("\(Story.time(now))  \(text())")
    if lines.count > 2 * most { lines.removeFirst(lines.count - most) }
  }

  func note(_ now: Int64, _ event: Event) {
    let record = RecordJSON.object(Record(event, turnOffset: 1))
    note(now, "  #\(event.number) \(String(decoding: record, as: UTF8.self))")
  }

  /// The last lines, the latest at the end.
  package var text: String { lines.suffix(most).joined(separator: "\n") }
}
