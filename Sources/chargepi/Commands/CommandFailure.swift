/// Why a command ended before its end, as a sentence, and the code that it exits with.
struct CommandFailure: Error {
  let text: String
  let exitCode: Int32

  /// The configuration does not allow it, or is not there.
  static func configuration(_ text: String) -> Self {
    Self(text: text, exitCode: ExitCode.configuration)
  }
  /// The command line, or the place where it was typed, is not right for it.
  static func usage(_ text: String) -> Self { Self(text: text, exitCode: ExitCode.usage) }
  /// A chip, line or bus does not do what it should.
  static func hardware(_ text: String) -> Self { Self(text: text, exitCode: ExitCode.hardware) }
}

/// What a program's end says to whoever started it (`docs/commands.md`).
enum ExitCode {
  static let fine: Int32 = 0
  static let configuration: Int32 = 1
  static let usage: Int32 = 2
  static let hardware: Int32 = 4
  /// Stopped by a signal, as shells say it.
  static func signal(_ number: Int32) -> Int32 { 128 + number }
}
