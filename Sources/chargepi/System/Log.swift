import Glibc

/// How loud a line is: journald's numbers (sd-daemon(3)).
enum LogLevel: Int, CaseIterable {
  case critical = 2
  case error = 3
  case warning = 4
  case notice = 5
  case info = 6
  case debug = 7

  /// The word of `--log-level`.
  var word: String { "\(self)" }
}

/// Standard error, one line an event. journald reads the level from the prefix.
struct Log {
  /// Lines above this are not written.
  let level: LogLevel
  private let hasPrefix: Bool

  /// A log of some loudness; on a terminal lines have words instead of numbers.
  init(level: LogLevel) {
    self.level = level
    hasPrefix = isatty(STDERR_FILENO) == 0
  }

  func write(_ level: LogLevel, _ text: String) {
    guard level.rawValue <= self.level.rawValue else { return }
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    let whole = (hasPrefix ? "<\(level.rawValue)>" : "\(level.word): ") + line + "\n"
    let bytes = Array(whole.utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}
