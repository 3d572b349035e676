import Drivers

/// `chargepi calibrate`: makes a meter show what a reference meter shows, step by step.
///
/// Without a load first, then with a steady resistive one of known voltage, current and power. What
/// is found goes into `calibration.json`, not into the chip: a chip that forgets has then forgotten
/// nothing. The contactor closes after a typed yes only, and opens on every way out.
struct CalibrateCommand {
  /// Cycles that are left out at a step's beginning: filters settle, a switch sparks.
  static let settlingCycles = 3
  /// Cycles that may be spoilt until the step is given up.
  static let spoiltCycles: Int64 = 20

  let access: HardwareAccess
  /// A meter's name (`1.1`); nil for the only one.
  let meter: String?
  /// Shows what would be written, and writes nothing.
  let isDryRun: Bool
  let directory: String

  func run() throws(CommandFailure) {
    guard Terminal.isInteractive else {
      throw .usage("calibrate asks what a reference meter shows: run it at a terminal")
    }
    let (name, connector) = try access.connector(meter, "meter")
    guard let plan = connector.meter, let relayPlan = connector.relay else {
      throw .configuration("connector \(name) has no meter or no relay")
    }
    let wired = try judged { () throws(MeterCalibrationError) in try MeterCalibration(plan) }
    let bench = try access.meter(connector, wired)
    let relay = try GuardedRelay(name, relayPlan, access.plan, access.provider)
    access.bench.guardian = relay
    defer {
      relay.open()
      access.bench.guardian = nil
    }
    let steps = CalibrationSteps(
      access: access, meter: bench, relay: relay, demand: access.plan.demand(of: connector))
    explain(name, plan, connector)
    let unloaded = try steps.withoutLoad(wired)
    let (result, reference) = try steps.withLoad(unloaded)
    relay.open()
    try finish(
      CalibrationEntry(
        meter: name, calibration: result.calibration, selfTestPpm: result.selfTestRatioPpm,
        reference: reference, wallNanoseconds: SystemClock.wallNanoseconds()))
  }

  private func explain(_ name: String, _ plan: MeterPlan, _ connector: ConnectorPlan) {
    let volts = plan.voltageRange.words("V")
    let amperes = plan.currentRange?.words("A") ?? "nothing"
    let least = decimalWords(connector.maximumMilliamperes / 20, scale: 3)
    let state = access.configuration.calibrations[name] == nil ? "none yet" : "one, to be replaced"
    Terminal.say(
      """
      Calibration of meter \(name) (CS5460A at \(plan.place.words)); in the file: \(state).
      By its wiring it measures up to \(volts), and up to \(amperes).

      Needed: a resistive load that stays as it is (a heater without a thermostat) of at least
      \(least) A, and a reference meter that shows the volts, amperes and watts of that load.
      It takes some four minutes. Ctrl-C stops it at any time; the contactor opens then.

      """)
  }

  private func finish(_ entry: CalibrationEntry) throws(CommandFailure) {
    let found = entry.calibration
    let ratio = decimalColumn(entry.selfTestPpm, scale: 6, places: 4)
    Terminal.say(
      """

      corrections: voltage \(found.voltageTrimPpm) ppm, current \(found.currentTrimPpm) ppm, \
      power \(found.powerTrimPpm) ppm; unloaded \(-found.energyOffset) units of energy a cycle
      self-test E/(V*I): \(ratio), and 1.00 ± 1 % is right

      """)
    let text = CalibrationFile.text(CalibrationFile.read(directory: directory), adding: entry)
    let path = directory + "/" + ConfigurationSource.calibrationFile
    guard !isDryRun else {
      Terminal.say("\(path) would be (nothing was written):")
      return Terminal.say(String(decoding: text, as: UTF8.self))
    }
    if case .failure(let error) = CalibrationFile.write(text, directory: directory) {
      // Four minutes of somebody's time: what was found is not lost with the file.
      Terminal.say("\(path) should be:\n" + String(decoding: text, as: UTF8.self))
      throw .configuration("\(path): \(error.text)")
    }
    Terminal.say("\(path) is written; the station takes it at its next start")
  }
}

/// Runs a step of the calibration's arithmetic, and says in a sentence why it cannot be.
func judged<Value>(
  _ step: () throws(MeterCalibrationError) -> Value
) throws(CommandFailure) -> Value {
  do throws(MeterCalibrationError) {
    return try step()
  } catch {
    throw .hardware(error.advice)
  }
}

extension MeterCalibrationError {
  /// What is wrong, and what it means where that is known.
  var advice: String {
    guard case .selfTest(let ratioPpm) = self else { return "\(self)" }
    let ratio = decimalColumn(ratioPpm, scale: 6, places: 4)
    let meaning =
      switch ratioPpm {
      case 967_000...986_000:
        "Around 0.977 the factor 4096/4000 between energy and power is missing: the program is "
          + "wrong for this chip; send the output of chargepi hw report"
      case 1_014_000...1_034_000:
        "Around 1.024 the factor 4096/4000 between energy and power counts twice: the program is "
          + "wrong for this chip; send the output of chargepi hw report"
      default:
        "Below 1 the load is no resistive one, or current and voltage are not of the same phase; "
          + "above 1 a channel is beyond its range"
      }
    return "self-test E/(V*I): \(ratio), but 1.00 ± 1 % is right. \(meaning)"
  }
}
