import Drivers

/// Runs drivers on the command's own thread, and looks meanwhile whether it has to stop.
final class Workbench {
  /// The longest time without a look.
  private static let lookNanoseconds: Int64 = 50_000_000

  let clock: any DeviceClock
  /// Looked at besides signals: a relay that is closed, and what must open it.
  var guardian: GuardedRelay?

  init(clock: any DeviceClock) { self.clock = clock }

  /// Throws when a signal came, or a reason to open.
  func look() throws(CommandFailure) {
    if let number = Interruption.pending {
      throw CommandFailure(text: "stopped", exitCode: ExitCode.signal(number))
    }
    try guardian?.look()
  }

  /// Lets time pass.
  func pause(nanoseconds: Int64) throws(CommandFailure) {
    try pause(until: clock.nowNanoseconds + nanoseconds)
  }

  private func pause(until end: Int64) throws(CommandFailure) {
    while true {
      try look()
      let rest = end - clock.nowNanoseconds
      guard rest > 0 else { return }
      clock.sleep(nanoseconds: min(rest, Self.lookNanoseconds))
    }
  }

  /// Runs a driver until something is so, or time is over; says which.
  @discardableResult
  func run(
    _ task: any BusTask, forNanoseconds duration: Int64,
    until isDone: () throws(CommandFailure) -> Bool = { () throws(CommandFailure) in false }
  ) throws(CommandFailure) -> Bool {
    let end = clock.nowNanoseconds + duration
    while clock.nowNanoseconds < end {
      let next = task.run(nowNanoseconds: clock.nowNanoseconds)
      if try isDone() { return true }
      try pause(until: min(next, end))
    }
    return try isDone()
  }

  /// Asks somebody at the terminal; nil when the input has ended.
  func ask(_ question: String) throws(CommandFailure) -> String? {
    try Terminal.ask(question) { () throws(CommandFailure) in try look() }
  }

  /// Asks for a typed yes.
  func isAgreed(_ question: String) throws(CommandFailure) -> Bool {
    let answer = try ask(question + " Type yes to go on:")
    return answer?.trimmed.lowercased() == "yes"
  }
}
