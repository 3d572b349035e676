import Glibc

/// A relay's line, by the name that people know.
public struct RelayLine: Hashable, Sendable {
  /// As the configuration has it.
  public var name: String
  /// Where it is wired.
  public var line: GPIOLine

  /// A relay.
  public init(name: String, line: GPIOLine) {
    self.name = name
    self.line = line
  }
}

/// What became of a line that was to be off.
public struct LineOutcome: Hashable, Sendable {
  /// The line.
  public var relay: RelayLine
  /// What became of it.
  public var result: Result

  /// How it went.
  public enum Result: Hashable, Sendable {
    /// Inactive, and given back.
    case off
    /// Somebody holds it: by this name, if the kernel tells.
    case busy(holder: String?)
    /// The chip is not there, so it drives nothing.
    case missing
    case failed(BusError)
  }
}

/// Contactors without the station: for the helper that runs after a process was killed.
public enum Contactors {
  /// Requests each line as an inactive output and gives it back; every line is tried, whatever
  /// becomes of the others.
  ///
  /// The kernel of a Raspberry Pi keeps an output driven when its process dies; this is what opens
  /// a contactor after that. A line that somebody holds is left alone: a station is running.
  public static func off(lines: [RelayLine]) -> [LineOutcome] {
    off(lines: lines, holder: holder) { line throws(BusError) in
      try GPIOOutput(line, consumer: "chargepi-off").set(false)
    }
  }

  static func off(
    lines: [RelayLine], holder: (GPIOLine) -> String?,
    turnOff: (GPIOLine) throws(BusError) -> Void
  ) -> [LineOutcome] {
    lines.map { relay in
      do throws(BusError) {
        try turnOff(relay.line)
        return LineOutcome(relay: relay, result: .off)
      } catch {
        return LineOutcome(relay: relay, result: result(error, relay.line, holder))
      }
    }
  }

  private static func result(
    _ error: BusError, _ line: GPIOLine, _ holder: (GPIOLine) -> String?
  ) -> LineOutcome.Result {
    switch error {
    case .busy: return .busy(holder: holder(line))
    case .gone, .os(ENOENT): return .missing
    case .nack, .timeout, .shortTransfer, .os: return .failed(error)
    }
  }

  private static func holder(_ line: GPIOLine) -> String? {
    guard let path = try? line.chip.path() else { return nil }
    return GPIOChip.holder(path, line.offset)
  }
}
