import Drivers

/// A meter at the workbench: cycle after cycle, as they end.
struct MeterBench {
  /// How long a meter may take for its first cycle: a reset, its filters, two cycles.
  private static let firstNanoseconds: Int64 = 5_000_000_000

  let name: String
  let device: any SPIDevice
  let settings: CS5460A.Settings
  let bench: Workbench
  let inspection: MeterInspection

  /// Waits for cycles until there were so many; each is shown as it ends.
  func cycles(
    _ count: Int, each: (MeterInspection.Cycle) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var left = count
    while left > 0 {
      var cycles: [MeterInspection.Cycle] = []
      let limit = max(Self.firstNanoseconds, 3 * settings.scale.cycleNanoseconds)
      try bench.run(inspection, forNanoseconds: limit) { () throws(CommandFailure) in
        cycles = inspection.take()
        return !cycles.isEmpty
      }
      guard !cycles.isEmpty else {
        throw .hardware("meter \(name): \(inspection.fault ?? .silent)")
      }
      for cycle in cycles.prefix(left) { try each(cycle) }
      left -= cycles.count
    }
  }

  /// What it shows now; nil when it says nothing, which is told.
  func sample() throws(CommandFailure) -> MeterSample? {
    var sample: MeterSample?
    do throws(CommandFailure) {
      try cycles(1) { sample = $0.sample }
    } catch  where error.exitCode == ExitCode.hardware {
      Terminal.say("  \(error.text)")
    }
    return sample
  }
}

extension MeterSample {
  /// `230.1 V, 3.20 A, 736.3 W`.
  var words: String {
    "\(decimalColumn(voltageMillivolts, scale: 3, places: 1)) V, "
      + "\(decimalColumn(currentMilliamperes, scale: 3, places: 2)) A, "
      + "\(decimalColumn(powerMilliwatts, scale: 3, places: 1)) W"
  }
}

/// A decimal number with so many places, at the right of its column.
func decimalColumn(_ units: Int64, scale: Int, places: Int, width: Int = 0) -> String {
  let text = decimalWords(units, scale: scale, places: places)
  let point = text.firstIndex(of: ".")
  let fraction = point.map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
  let missing = String(repeating: "0", count: max(0, places - fraction))
  return (text + (point == nil && places > 0 ? "." : "") + missing).padded(width)
}

extension String {
  /// At the right of a column.
  func padded(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
