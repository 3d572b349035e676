import ChargePiES
import Drivers
import Projections

/// What the hardware is behind.
enum BackendWord: String, CaseIterable {
  case raspberryPi = "raspberry-pi"
  case simulated
}

extension ConfigurationSource {
  func readHardware(_ node: ConfigurationNode, _ configuration: inout Configuration) {
    node.expectObject(["backend", "lcd", "rfid_reader", "LED_indicator", "min_power"])
    let backend: BackendWord = node["backend"].word(.raspberryPi)
    configuration.isSimulated = isSimulated || backend == .simulated
    node["lcd"].expectObject(["is_supported", "i2c_address"])
    _ = node["lcd"]["is_supported"].flag(false)
    _ = node["lcd"]["i2c_address"].string("0x27")
    let reader = node["rfid_reader"]
    reader.expectObject(["is_supported", "reader_model", "reset_pin"])
    _ = reader["is_supported"].flag(false)
    _ = reader["reader_model"].string("")
    _ = reader["reset_pin"].integer(0, 0...53)
    let lamps = node["LED_indicator"]
    lamps.expectObject(["indicate_card_read", "type", "invert", "enable"])
    _ = lamps["indicate_card_read"].flag(false)
    _ = lamps["type"].string("")
    _ = lamps["invert"].flag(false)
    configuration.policy.minimumPowerMilliwatts = node["min_power"].integer(20, 0...100_000) * 1_000
  }

  func readSimulation(_ node: ConfigurationNode, _ configuration: inout Configuration) {
    node.expectObject(["ev", "voltage_v", "meter_resets_on_plug", "speed"])
    let car = node["ev"]
    car.expectObject(["request_after_ms", "max_current_a", "phases", "soc", "unplug_after_s"])
    var settings = SimulationSettings()
    settings.car.requestAfterNanoseconds =
      car["request_after_ms"].integer(1_000, 0...86_400_000) * 1_000_000
    settings.car.maximumMilliamperes = car["max_current_a"].thousandths(32_000, 0...1_000_000)
    settings.car.phases = car["phases"].integer(1, 1...3)
    settings.car.chargePermille = car["soc"].thousandths(50_000, 0...100_000) / 100
    settings.car.unplugAfterNanoseconds =
      car["unplug_after_s"].integer(0, 0...1_000_000) * nanosecondsPerSecond
    settings.voltageMillivolts = node["voltage_v"].thousandths(230_000, 1_000...1_000_000)
    settings.metersResetOnPlug = node["meter_resets_on_plug"].flag(false)
    settings.speed = node["speed"].integer(1, 1...100_000)
    configuration.simulation = settings
  }

  func readConnectors(_ root: ConfigurationNode, _ configuration: inout Configuration) {
    root.expectObject(["EVSEs", "version"])
    let evses = root["EVSEs"].elements()
    if !root.isMissing && evses.isEmpty {
      root.log.fault("\(root.path).EVSEs", expected: "at least one EVSE", found: "none")
    }
    var flatNumber: UInt32 = 0
    for (index, node) in evses.enumerated() {
      node.expectObject(["id", "connectors", "status", "session", "max_power"])
      let id = expected(node["id"], index + 1)
      let connectors = node["connectors"].elements()
      if connectors.isEmpty {
        node.log.fault("\(node.path).connectors", expected: "at least one", found: "none")
      }
      var layout = EVSELayout { $0.id = id }
      for (position, part) in connectors.enumerated() {
        flatNumber += 1
        layout.connectors.append(
          connector(part, expected(part["id"], position + 1), flatNumber, configuration))
      }
      configuration.evses.append(layout)
    }
  }

  /// Ids count from 1 without gaps; a missing one is its place.
  private func expected(_ node: ConfigurationNode, _ number: Int) -> UInt32 {
    let id = node.integer(Int64(number), 1...1_000)
    if id != Int64(number) {
      node.log.fault(
        node.path, expected: "\(number) (ids count from 1 without gaps)", found: "\(id)")
    }
    return UInt32(number)
  }

  private func connector(
    _ node: ConfigurationNode, _ id: UInt32, _ flatNumber: UInt32, _ configuration: Configuration
  ) -> ConnectorLayout {
    node.expectObject([
      "id", "type", "relay", "power_meter", "lock", "plug_sense_pin", "max_current_a", "phases",
      "status", "session",
    ])
    _ = node["type"].string("")
    node["relay"].expectObject(["relay_pin", "default_state"])
    _ = node["relay"]["relay_pin"].integer(0, 0...53)
    _ = node["relay"]["default_state"].integer(0, 0...1)
    let meter = node["power_meter"]
    meter.expectObject([
      "power_meter_pin", "spi_bus", "shunt_offset", "voltage_divider_offset", "consumption",
    ])
    _ = meter["power_meter_pin"].integer(0, 0...53)
    _ = meter["spi_bus"].integer(0, 0...6)
    _ = meter["shunt_offset"].thousandths(0, -1_000_000...1_000_000)
    _ = meter["voltage_divider_offset"].thousandths(0, 0...10_000_000)
    let phases = node["phases"].integer(1, 1...3)
    let limit = node["max_current_a"].thousandths(32_000, 1_000...1_000_000)
    if !node["plug_sense_pin"].isMissing { _ = node["plug_sense_pin"].integer(0, 0...53) }
    let simulation = configuration.simulation
    let watts = limit * simulation.voltageMillivolts / 1_000 * phases
    let speed = configuration.isSimulated ? simulation.speed : 1
    return ConnectorLayout {
      $0.id = id
      $0.flatNumber = flatNumber
      $0.hasLock = node["lock"].flag(false)
      $0.hasPlugSense = !node["plug_sense_pin"].isMissing
      $0.maximumMilliamperes = limit
      $0.phases = UInt32(phases)
      $0.plausibleMilliwatts = watts * 3 / 2 * speed
    }
  }

  /// Keys of OCPP 1.6 as initial values.
  func readKeys(_ root: ConfigurationNode, _ configuration: inout Configuration) {
    root.expectObject(["configuration"])
    let node = root["configuration"]
    if root.value != nil { node.expectPresence("an object") }
    for member in node.value?.members ?? [] where member.name != "version" {
      let entry = node[member.name]
      entry.expectObject(["readOnly", "value"])
      _ = entry["readOnly"].flag(false)
      let variable = OCPP16Keys.variable(member.name)
      guard variable != .unspecified, variable.definition.kind != .secret else {
        entry.log.warn("\(entry.path): no key of this station, ignored")
        continue
      }
      guard let value = canonical(entry["value"], variable) else { continue }
      // Several keys of OCPP 1.6 may stand for one setting; the first one counts.
      guard !configuration.settings.contains(where: { $0.variable == variable }) else { continue }
      configuration.settings.append(.init { $0.set(variable, value) })
    }
  }

  /// Profiles that this version has; others in a file are absent, with a warning.
  private func profiles(_ text: String, _ node: ConfigurationNode) -> String {
    guard case .list(let allowed, _) = Variable.featureProfiles.definition.kind else { return text }
    let wanted = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    for name in wanted where !allowed.contains(name) {
      node.log.warn("\(node.path): the profile \(name) is absent in this version")
    }
    return wanted.filter(allowed.contains).joined(separator: ",")
  }

  private func canonical(_ node: ConfigurationNode, _ variable: Variable) -> String? {
    guard variable != .numberOfConnectors else { return nil }
    let text: String
    switch node.value {
    case .integer(let number): text = String(number)
    case .bool(let flag): text = flag ? "true" : "false"
    default:
      let found = node.string("")
      text = variable == .featureProfiles ? profiles(found, node) : found
    }
    if let value = variable.definition.canonical(text) { return value }
    node.log.fault(node.path, expected: variable.definition.kind.words, found: "\"\(text)\"")
    return nil
  }
}

extension VariableKind {
  /// What a setting may hold, for people.
  var words: String {
    switch self {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true or false"
    case .list(let allowed, _): "a list of \(allowed.joined(separator: ", "))"
    case .rotations: "phase rotations such as 1.RST,2.NotApplicable"
    case .text(let most): "at most \(most) characters"
    case .secret, .token: "nothing: it is kept in the vault"
    }
  }
}
