import Drivers

extension HardwareTest {
  /// Cycles that are shown.
  static let shownCycles = 10

  /// A line for each computation cycle, and what they say together.
  func testMeter() throws(CommandFailure) {
    let (_, connector) = try access.connector(name, "meter")
    let meter = try access.meter(connector)
    Terminal.say("meter \(meter.name): \(Self.shownCycles) computation cycles, as they end")
    Terminal.say(MeterTable.head)
    // The first cycle's beginning is not known sharply: one more makes ten periods.
    try meter.cycles(Self.shownCycles + 1) { Terminal.say(MeterTable.row($0, meter)) }
    Terminal.say(MeterTable.crystal(meter.inspection.timing))
    if let fault = meter.inspection.fault {
      throw .hardware("meter \(meter.name): \(fault)")
    }
  }
}

/// A meter's cycles as lines.
enum MeterTable {
  static let head =
    "         V         A         W    cycle ms  crystal ppm  E/(V*I)  quality"

  static func row(_ cycle: MeterInspection.Cycle, _ meter: MeterBench) -> String {
    let sample = cycle.sample
    let period = cycle.periodNanoseconds.map {
      decimalColumn($0, scale: 6, places: 2)
    }
    let timing = meter.inspection.timing
    let ppm = timing.crystalPpm.map { "\($0)±\(timing.uncertaintyPpm)" }
    let ratio = meter.settings.scale.calibration.selfTestRatioPpm(of: sample).map {
      decimalColumn($0, scale: 6, places: 3)
    }
    return decimalColumn(sample.voltageMillivolts, scale: 3, places: 1, width: 10)
      + decimalColumn(sample.currentMilliamperes, scale: 3, places: 3, width: 10)
      + decimalColumn(sample.powerMilliwatts, scale: 3, places: 1, width: 10)
      + (period ?? "-").padded(12) + (ppm ?? "-").padded(13) + (ratio ?? "-").padded(9)
      + "  " + sample.quality.words
  }

  /// `period 1000.02 ms, crystal -18 ppm (±100)`.
  static func crystal(_ timing: MeterTiming) -> String {
    guard let period = timing.periodNanoseconds, let ppm = timing.crystalPpm else {
      return "no cycle could be timed"
    }
    return "mean of \(timing.cycles) cycles: \(decimalColumn(period, scale: 6, places: 3)) ms "
      + "(nominal \(decimalWords(timing.nominalNanoseconds, scale: 6))), "
      + "crystal \(ppm) ppm (±\(timing.uncertaintyPpm), and what this computer's clock is off by)"
  }
}

extension MeterQuality {
  /// The names of what is set; `good` for nothing.
  var words: String {
    let names: [(MeterQuality, String)] = [
      (.estimated, "estimated"), (.gap, "gap"), (.outOfRange, "out of range"), (.stale, "stale"),
      (.creep, "no load"), (.implausible, "implausible"), (.noisy, "noisy"),
    ]
    let set = names.filter { contains($0.0) }.map(\.1)
    return set.isEmpty ? "good" : set.joined(separator: ", ")
  }
}
