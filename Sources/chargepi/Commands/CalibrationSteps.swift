import Drivers

/// The two steps of a calibration, with the person who stands beside.
struct CalibrationSteps {
  let access: HardwareAccess
  let meter: MeterBench
  let relay: GuardedRelay
  let demand: MeterScale.Demand

  private var bench: Workbench { access.bench }

  /// Step 1: what the meter shows while nothing flows.
  func withoutLoad(_ wired: MeterCalibration) throws(CommandFailure) -> MeterCalibration {
    Terminal.say("Step 1: without a load. The contactor of \(meter.name) is open.")
    let question = "Is it true that no current flows through the meter?"
    guard try bench.isAgreed(question) else { throw stopped }
    let measured = try measure()
    return try judged { () throws(MeterCalibrationError) in
      try wired.withoutLoad(measured, demand: demand)
    }
  }

  /// Step 2: what it shows of a known load; as often as somebody wants to try.
  func withLoad(
    _ unloaded: MeterCalibration
  ) throws(CommandFailure) -> (MeterCalibrationResult, MeterReference) {
    Terminal.say("\nStep 2: with the load. Connect it and the reference meter.")
    try close()
    while true {
      let measured = try measure()
      let reference = try askReference()
      do throws(MeterCalibrationError) {
        return (try unloaded.withLoad(measured, reference: reference, demand: demand), reference)
      } catch {
        Terminal.say("\(error.advice)\n")
        guard try bench.isAgreed("Measure once more?") else { throw .hardware(error.advice) }
      }
    }
  }

  /// Closes the contactor, unless the load gets its current on another way.
  private func close() throws(CommandFailure) {
    let answer = try bench.ask(
      "Type yes to close the contactor of \(meter.name) now, or fed if the load has current "
        + "already:")
    switch answer?.trimmed.lowercased() {
    case "yes": try relay.close()
    case "fed": break
    default: throw stopped
    }
  }

  private var stopped: CommandFailure { .usage("stopped: nothing was written") }

  // MARK: Measuring

  /// So many good cycles in a row as a step needs.
  private func measure() throws(CommandFailure) -> MeterMeasurement {
    var measured = MeterMeasurement()
    var (settling, spoilt) = (CalibrateCommand.settlingCycles, Int64(0))
    let needed = MeterCalibration.neededCycles
    Terminal.say("Measuring \(needed) cycles:")
    while measured.cycles < needed {
      try meter.cycles(1) { (cycle) throws(CommandFailure) in
        try refuseOverCurrent(cycle.sample)
        settling -= 1
        guard settling < 0 else { return }
        guard cycle.sample.quality.isDisjoint(with: .unusable) else {
          spoilt += 1
          return Terminal.say("  left out: \(cycle.sample.quality.words)")
        }
        measured.add(cycle.sample.reading)
        guard measured.cycles % 10 == 0 else { return }
        Terminal.say("  \(measured.cycles) of \(needed): \(cycle.sample.words)")
      }
      guard spoilt <= CalibrateCommand.spoiltCycles else {
        throw .hardware("meter \(meter.name): too many cycles were spoilt (chargepi hw test meter)")
      }
    }
    return measured
  }

  /// The station's own guard does not run now.
  private func refuseOverCurrent(_ sample: MeterSample) throws(CommandFailure) {
    guard sample.currentMilliamperes > demand.maximumMilliamperes * 11 / 10 else { return }
    relay.open()
    throw .hardware(
      "\(sample.words): more than connector \(meter.name) may have; the contactor is open")
  }

  private func askReference() throws(CommandFailure) -> MeterReference {
    Terminal.say("What does the reference meter show now?")
    return MeterReference(
      millivolts: try askThousandths("  volts:"), milliamperes: try askThousandths("  amperes:"),
      milliwatts: try askThousandths("  watts:"))
  }

  private func askThousandths(_ question: String) throws(CommandFailure) -> Int64 {
    while true {
      guard let answer = try bench.ask(question) else { throw stopped }
      if let value = Typed.thousandths(answer) { return value }
      Terminal.say("  a number such as 230.4, please")
    }
  }
}

/// What people type.
enum Typed {
  /// A decimal number with a point or a comma and at most three decimals, in thousandths.
  static func thousandths(_ text: String) -> Int64? {
    let parts = text.trimmed.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
    let isNumber = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard (1...2).contains(parts.count), isNumber, let whole = Int64(parts[0]), whole < 1_000_000
    else { return nil }
    guard parts.count == 2 else { return whole * 1_000 }
    let fraction = parts[1]
    guard (1...3).contains(fraction.count) else { return nil }
    let digits = fraction + String(repeating: "0", count: 3 - fraction.count)
    return Int64(digits).map { whole * 1_000 + $0 }
  }
}
