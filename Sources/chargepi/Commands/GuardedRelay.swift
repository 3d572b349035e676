import Drivers

/// A relay that a command may close: open from its request on, and open again on every way out.
///
/// The station's guard does not run beside a command, so emergency stop and residual-current
/// monitor are looked at here. A door contact is not: whoever calibrates may have the housing open.
final class GuardedRelay {
  let name: String
  private let relay: any DigitalOutput
  private let stops: [(name: String, input: any DigitalInput)]
  private(set) var isClosed = false

  /// Requests the relay, open. Throws what keeps it from being had.
  init(
    _ name: String, _ plan: RelayPlan, _ hardware: HardwarePlan, _ provider: any HardwareProvider
  ) throws(CommandFailure) {
    self.name = name
    relay = try opening("relay \(name)") { () throws(BusError) in
      try provider.output(
        pin: plan.pin, isActiveLow: plan.isActiveLow, consumer: "chargepi-test-\(name)")
    }
    let inputs = [
      ("emergency stop", hardware.emergencyStop),
      ("residual-current monitor", hardware.residualCurrentMonitor),
    ]
    var stops: [(String, any DigitalInput)] = []
    for (what, plan) in inputs {
      guard let plan else { continue }
      let input = try opening(what) { () throws(BusError) in
        try provider.input(plan, restsActive: true, consumer: "chargepi-test-stop")
      }
      stops.append((what, input))
    }
    self.stops = stops
  }

  deinit { open() }

  /// Closes it, if nothing speaks against it.
  func close() throws(CommandFailure) {
    try lookAtStops()
    let way = CrashOpening(relay: relay)
    CrashWatch.start { way.open() }
    isClosed = true
    do throws(BusError) {
      try relay.set(true)
    } catch {
      open()
      throw .hardware("relay \(name): \(error.words)")
    }
    Terminal.say("relay \(name) is closed")
  }

  /// Opens it if it is closed; says so loudly when the line does not obey.
  func open() {
    guard isClosed else { return }
    do throws(BusError) {
      try relay.set(false)
      isClosed = false
      Terminal.say("relay \(name) is open again")
    } catch {
      Terminal.complain(
        "relay \(name): CANNOT BE OPENED (\(error.words)): switch the supply off")
    }
  }

  /// Opens and throws when something speaks against it while it is closed.
  func look() throws(CommandFailure) {
    if isClosed { try lookAtStops() }
  }

  private func lookAtStops() throws(CommandFailure) {
    for (what, input) in stops {
      do throws(BusError) {
        guard try input.get() else { continue }
      } catch {
        open()
        throw .hardware("\(what): cannot be read (\(error.words)); nothing stays closed")
      }
      open()
      throw .hardware("\(what): active; nothing stays closed")
    }
  }
}

/// What opens a relay when the program itself breaks.
///
/// `@unchecked Sendable`: outputs stand any thread, each locks for itself.
private struct CrashOpening: @unchecked Sendable {
  let relay: any DigitalOutput

  func open() {
    do throws(BusError) {
      try relay.set(false)
    } catch {
      Terminal.complain("a relay CANNOT BE OPENED (\(error.words)): switch the supply off")
    }
  }
}
