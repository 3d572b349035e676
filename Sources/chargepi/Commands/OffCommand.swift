import Drivers

/// `chargepi off`: opens every contactor, whatever became of the station.
///
/// It reads two files and sets lines, nothing else: it must do its work after a crash, a kill, or
/// with a configuration that the station itself would refuse.
struct OffCommand {
  let directory: String

  func run() -> Int32 {
    let source = ConfigurationSource(directory: directory)
    let wiring = source.readSwitched()
    // First what matters, then what there is to say about the rest.
    let hasFailed = wiring.isWired && switchOff(wiring)
    let log = FaultLog()
    _ = source.read(log)
    for fault in log.faults { Terminal.complain(fault) }
    for name in wiring.isWired ? wiring.unreadable : [] {
      Terminal.complain("relay \(name): not opened: the configuration does not say how")
    }
    if wiring.isWired && wiring.unreadable.isEmpty && wiring.hardware.relayLines.isEmpty {
      Terminal.complain("no relay was opened: connectors.json names none that can be read")
    }
    if !wiring.isWired { Terminal.say("the board is simulated: there is no line to switch off") }
    if hasFailed { return ExitCode.hardware }
    return log.faults.isEmpty ? ExitCode.fine : ExitCode.configuration
  }

  /// Relays first. A lock holds the cable for as long as its contactor may be closed.
  private func switchOff(_ wiring: SwitchedWiring) -> Bool {
    let relays = Contactors.off(lines: wiring.hardware.relayLines)
    for outcome in relays { Terminal.say("relay \(outcome.words)") }
    let open = relays.filter(\.isOff).map(\.relay.name)
    let locks = wiring.hardware.lockLines
    let released = Contactors.off(lines: locks.filter { open.contains($0.name) })
    for outcome in released { Terminal.say("lock \(outcome.words)") }
    for lock in locks where !open.contains(lock.name) {
      Terminal.say("lock \(lock.name): left as it is, its relay is not off")
    }
    return !(relays + released).allSatisfy(\.isOff)
  }
}

extension LineOutcome {
  /// Nothing drives the line, or it is inactive.
  fileprivate var isOff: Bool {
    switch result {
    case .off, .missing: true
    case .busy, .failed: false
    }
  }

  /// `1.1 (GPIO 26): off`.
  fileprivate var words: String {
    "\(relay.name) (GPIO \(relay.line.offset)): " + result.words
  }
}

extension LineOutcome.Result {
  fileprivate var words: String {
    switch self {
    case .off: "off"
    case .busy(let holder): "busy" + LineHolder.words(holder)
    case .missing: "not there: nothing drives it"
    case .failed(let error): "failed: \(error.words)"
    }
  }
}

/// Who holds a line, for people.
enum LineHolder {
  /// `: held by chargepi-relay-1.1: a station is running`; empty when nobody knows.
  static func words(_ holder: String?) -> String {
    guard let holder else { return "" }
    return ": held by \(holder)" + (isStation(holder) ? ": a station is running" : "")
  }

  /// Whether that is one of the station's own names.
  static func isStation(_ holder: String) -> Bool {
    ["chargepi-relay", "chargepi-lock"].contains { holder.hasPrefix($0) }
  }
}
