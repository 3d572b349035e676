import Glibc

/// Where a command talks with people.
enum Terminal {
  /// How often a question looks whether something else has happened.
  private static let lookMilliseconds: Int32 = 50

  /// Whether somebody can answer.
  static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

  /// A line for people, at once.
  static func say(_ line: String = "") { put(line + "\n", STDOUT_FILENO) }

  /// A line about something wrong.
  static func complain(_ line: String) { put(line + "\n", STDERR_FILENO) }

  private static func put(_ text: String, _ descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      // Nobody reads: nothing that matters here depends on it.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Asks, and waits for a line; nil when the input has ended.
  ///
  /// - Parameter look: called every 50 ms while nothing is typed; what it throws ends the question.
  static func ask(
    _ question: String, look: () throws(CommandFailure) -> Void
  ) throws(CommandFailure) -> String? {
    put(question + " ", STDOUT_FILENO)
    var line: [UInt8] = []
    while true {
      try look()
      var wish = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&wish, 1, lookMilliseconds) > 0 else { continue }
      var byte: UInt8 = 0
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else { return nil }
      if byte == UInt8(ascii: "\n") { break }
      if line.count < 200 { line.append(byte) }
    }
    return String(decoding: line, as: UTF8.self)
  }
}

extension String {
  /// Without blanks at its ends.
  var trimmed: Substring {
    let blank: (Character) -> Bool = { $0.isWhitespace }
    let start = drop(while: blank)
    let count = start.reversed().prefix(while: blank).count
    return start.dropLast(count)
  }
}
