import ChargePiES
import Glibc
import Journal
import Projections

extension Daemon {
  /// Ends in order: contactors open, the journal is committed, the connection is closed.
  func end() throws -> Int32 {
    board.reconcile(
      engine.station.outputs.opened, nowNanoseconds: SystemClock.monotonicNanoseconds())
    if ending == .stop { serviceManager?.tell("STOPPING=1") }
    let restart = engine.station.process.restart
    let isRestart = ending == .restart
    try observe(.stopping(Stopping { $0.restart = isRestart ? restart : .none }))
    // The last readings, to the watt-hour; nothing more is decided about them.
    for reading in board.take(nowNanoseconds: SystemClock.monotonicNanoseconds()) {
      try observe(reading)
    }
    try commit()
    log.write(.notice, isRestart ? "restarting (\(restart) reset)" : "asked to stop")
    close()
    return isRestart ? exec() : 0
  }

  func close() {
    showFarewell()
    board.stop()
    if let connection { loop.close(connection.id, code: 1_000, reason: "") }
    loop.shutdown(withinMs: 1_000)
    store.writer.close()
    vault.close()
  }

  /// Starts the program anew in the same process, on the same port; returns only if that fails.
  private func exec() -> Int32 {
    guard let path = executable else {
      log.write(.critical, "the program's own path is not known: it cannot restart itself")
      return 3
    }
    let words = [path] + argumentsForRestart()
    let attempts = 1 + Int(engine.durable.integer(.resetRetries))
    for attempt in 1...attempts {
      var pointers = words.map { strdup($0) }
      pointers.append(nil)
      execv(path, &pointers)
      log.write(.critical, "\(path): \(String(cString: strerror(errno))) (attempt \(attempt))")
      for pointer in pointers { free(pointer) }
      sleep(1)
    }
    return 3
  }

  /// The command line of this process, with the port that it has.
  private func argumentsForRestart() -> [String] {
    var words = Array(CommandLine.arguments.dropFirst())
    let host = arguments.httpHost.contains(":") ? "[\(arguments.httpHost)]" : arguments.httpHost
    if let index = words.firstIndex(of: "--http"), index + 1 < words.count {
      words[index + 1] = "\(host):\(httpPort)"
    }
    return words
  }

  /// The path of this program, also where its file was replaced meanwhile.
  private var executable: String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    guard count > 0 else { return nil }
    let path = String(
      decoding: buffer[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let deleted = " (deleted)"
    return path.hasSuffix(deleted) ? String(path.dropLast(deleted.count)) : path
  }

  /// A failed commit or a broken vault: everything opens, and nothing is continued from memory.
  ///
  /// The process starts anew and rebuilds its state from the journal; if that is unusable, the new
  /// start says so and exits with 3.
  func fail(_ error: any Error) -> Int32 {
    board.reconcile(
      engine.station.outputs.opened, nowNanoseconds: SystemClock.monotonicNanoseconds())
    log.write(.critical, "contactors are open; the journal cannot be continued: \(error)")
    close()
    sleep(Self.pauseAfterFailureSeconds)
    if signals.isRaised || ending == .stop { return 3 }
    return exec()
  }

  /// Pause before a start after a failure, so that a full disk does not make a storm of starts.
  private static let pauseAfterFailureSeconds: UInt32 = 5
}
