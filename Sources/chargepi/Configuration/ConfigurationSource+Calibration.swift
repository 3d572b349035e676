import Drivers
import Projections

/// Keys of an entry of `calibration.json`; every value is a whole number.
enum CalibrationKey {
  static let date = "date"
  static let program = "program"
  static let fullScaleVoltage = "full_scale_uv"
  static let fullScaleCurrent = "full_scale_ua"
  static let currentGain = "current_gain"
  static let cycleCount = "cycle_count"
  static let voltageTrim = "voltage_trim_ppm"
  static let currentTrim = "current_trim_ppm"
  static let powerTrim = "power_trim_ppm"
  static let energyOffset = "energy_offset"
  static let selfTest = "self_test_ppm"
  static let reference = "reference"

  static let all = [
    date, program, fullScaleVoltage, fullScaleCurrent, currentGain, cycleCount, voltageTrim,
    currentTrim, powerTrim, energyOffset, selfTest, reference,
  ]
}

extension ConfigurationSource {
  static let calibrationFile = "calibration.json"

  /// What `chargepi calibrate` has found, by the meters' names. A meter without an entry goes by
  /// its wiring alone; an entry that was made with another wiring is a fault, because what it
  /// corrects is no longer there.
  func readCalibrations(_ root: ConfigurationNode, _ configuration: inout Configuration) {
    root.expectObject(["version", "meters"])
    _ = root["version"].integer(1, 1...1)
    let node = root["meters"]
    if root.value != nil { node.expectPresence("an object") }
    guard isWired(configuration, root.log) else { return }
    var seen: Set<String> = []
    for member in node.value?.members ?? [] {
      let entry = node[member.name]
      guard let (meter, connector) = configuration.hardware.meter(named: member.name) else {
        root.log.warn("\(entry.path): there is no meter of this name, ignored")
        continue
      }
      guard seen.insert(member.name).inserted else {
        root.log.fault(entry.path, expected: "one entry for a meter", found: "a second one")
        continue
      }
      let demand = configuration.hardware.demand(of: connector)
      configuration.calibrations[member.name] = calibration(entry, meter, demand)
    }
  }

  private func calibration(
    _ node: ConfigurationNode, _ meter: MeterPlan, _ demand: MeterScale.Demand
  ) -> MeterCalibration? {
    node.expectPresence("an object")
    node.expectObject(CalibrationKey.all)
    _ = node[CalibrationKey.date].string("", most: 40)
    _ = node[CalibrationKey.program].string("", most: 40)
    // Wiring that cannot be is told where it stands.
    guard var calibration = try? MeterCalibration(meter) else { return nil }
    let before = node.log.faults.count
    let wired: [(String, Int64)] = [
      (CalibrationKey.fullScaleVoltage, calibration.fullScaleMicrovolts),
      (CalibrationKey.fullScaleCurrent, calibration.fullScaleMicroamperes),
      (CalibrationKey.currentGain, calibration.currentRange.rawValue),
      (CalibrationKey.cycleCount, calibration.cycleCount),
    ]
    for (key, value) in wired { expect(value, node[key]) }
    calibration.voltageTrimPpm = whole(node[CalibrationKey.voltageTrim])
    calibration.currentTrimPpm = whole(node[CalibrationKey.currentTrim])
    calibration.powerTrimPpm = whole(node[CalibrationKey.powerTrim])
    calibration.energyOffset = whole(node[CalibrationKey.energyOffset])
    guard node.log.faults.count == before else { return nil }
    do throws(MeterCalibrationError) {
      _ = try MeterScale(calibration, for: demand)
    } catch {
      node.log.fault(node.path, expected: "a calibration that can be", found: "\(error)")
      return nil
    }
    return calibration
  }

  /// What the wiring gives, as it was when the meter was calibrated.
  private func expect(_ wired: Int64, _ node: ConfigurationNode) {
    node.expectPresence("\(wired)")
    let found = node.integer(wired, 0...Int64.max)
    if found != wired {
      node.log.fault(
        node.path,
        expected:
          "\(wired), as connectors.json has it now (calibrate again, or take the entry away)",
        found: "\(found)")
    }
  }

  private func whole(_ node: ConfigurationNode) -> Int64 {
    node.expectPresence("a whole number")
    return node.integer(0, -1_000_000...1_000_000)
  }
}

extension HardwarePlan {
  /// A meter by its name (`1.1`), with its connector.
  func meter(named name: String) -> (meter: MeterPlan, connector: ConnectorPlan)? {
    for connector in evses.flatMap(\.connectors) {
      if let meter = connector.meter, meter.name == name { return (meter, connector) }
    }
    return nil
  }
}
