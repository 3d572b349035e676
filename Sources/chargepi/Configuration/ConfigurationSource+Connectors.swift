import ChargePiES
import Drivers

extension ConfigurationSource {
  /// Reads what charges: the layout that the station is told, and the wiring behind it.
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
      var plan = EVSEPlan(id: id)
      for (position, part) in connectors.enumerated() {
        flatNumber += 1
        let number = expected(part["id"], position + 1)
        let charging = connector(part, number, flatNumber, configuration)
        layout.connectors.append(charging)
        var wired = wiring(part, number, of: id, isWired(configuration, root.log))
        wired.maximumMilliamperes = charging.maximumMilliamperes
        plan.connectors.append(wired)
      }
      configuration.evses.append(layout)
      configuration.hardware.evses.append(plan)
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
      "id", "type", "relay", "power_meter", "lock", "plug_sense_pin", "plug_sense_active_low",
      "max_current_a", "phases", "status", "session",
    ])
    _ = node["type"].string("")
    let phases = node["phases"].integer(1, 1...3)
    if phases != 1 && isWired(configuration, node.log) {
      node.log.fault(
        node["phases"].path, expected: "1 (a CS5460A measures one phase)", found: "\(phases)")
    }
    let limit = node["max_current_a"].thousandths(32_000, 1_000...1_000_000)
    let isReal = configuration.backend == .raspberryPi
    let millivolts =
      isReal ? configuration.hardware.lineMillivolts : configuration.simulation.voltageMillivolts
    let speed = isReal ? 1 : configuration.simulation.speed
    return ConnectorLayout {
      $0.id = id
      $0.flatNumber = flatNumber
      $0.hasLock = node["lock"].value?.members != nil || node["lock"].flag(false)
      $0.hasPlugSense = !node["plug_sense_pin"].isMissing
      $0.maximumMilliamperes = limit
      $0.phases = UInt32(phases)
      $0.plausibleMilliwatts = limit * millivolts / 1_000 * phases * 3 / 2 * speed
    }
  }

  private func wiring(
    _ node: ConfigurationNode, _ id: UInt32, of evse: UInt32, _ isWired: Bool
  ) -> ConnectorPlan {
    var plan = ConnectorPlan(id: id)
    plan.relay = relay(node["relay"], isWired)
    plan.meter = meter(node["power_meter"], "\(evse).\(id)", isWired)
    plan.lock = lock(node["lock"], isWired)
    plan.plugSense = input(node, "plug_sense", isActiveLow: true)
    return plan
  }

  /// `default_state` is the level at which the relay is open, so 1 is active low. It is demanded:
  /// guessed wrongly, a start would close the contactor.
  private func relay(_ node: ConfigurationNode, _ isWired: Bool) -> RelayPlan? {
    node.expectObject([
      "relay_pin", "default_state", "feedback_pin", "feedback_active_low", "min_off_s",
      "max_per_minute",
    ])
    let pin = node["relay_pin"].pin()
    let state = node["default_state"]
    if isWired && pin != nil {
      state.expectPresence("the level at which the relay is open: 0, or 1 for active low")
    }
    let isActiveLow = state.integer(0, 0...1) == 1
    let feedback = input(node, "feedback", isActiveLow: false)
    let offSeconds = node["min_off_s"].thousandths(10_000, 0...3_600_000)
    let closures = node["max_per_minute"].integer(6, 1...60)
    return pin.map {
      var plan = RelayPlan(pin: $0, isActiveLow: isActiveLow)
      plan.feedback = feedback
      plan.minimumOffNanoseconds = offSeconds * 1_000_000
      plan.closuresPerMinute = Int(closures)
      return plan
    }
  }

  private func meter(_ node: ConfigurationNode, _ name: String, _ isWired: Bool) -> MeterPlan? {
    node.expectObject([
      "power_meter_pin", "spi_bus", "spi_chip_select", "shunt_offset", "voltage_divider_offset",
      "invert", "load_side", "high_gain", "power_units", "consumption",
    ])
    if isWired && !node.isMissing {
      node["shunt_offset"].expectPresence("the shunt in ohms")
      node["voltage_divider_offset"].expectPresence("the divider's ratio, (R1+R2)/R2")
    }
    let place = SPIPlace(
      bus: spiBus(node), chipSelect: chipSelect(node, 1),
      selectPin: node["power_meter_pin"].pin(), hertz: BusClock.meterHertz)
    var plan = MeterPlan(
      place: place,
      shuntMicroohms: node["shunt_offset"].millionths(0, -1_000_000_000...1_000_000_000),
      dividerPermille: node["voltage_divider_offset"].thousandths(0, 0...1_000_000_000), name: name)
    plan.isInverted = node["invert"].flag(false)
    plan.tapsLoadSide = node["load_side"].flag(false)
    plan.hasHighGain = node["high_gain"].flag(false)
    return node.value?.members == nil ? nil : plan
  }

  /// True alone is a lock that needs no wires, which only a simulated socket has.
  private func lock(_ node: ConfigurationNode, _ isWired: Bool) -> LockPlan? {
    guard node.value?.members != nil else {
      if isWired && node.flag(false) {
        node.log.fault(
          node.path, expected: "an object with the pin that locks", found: node.found)
      }
      return nil
    }
    node.expectObject(["pin", "active_low", "feedback_pin", "feedback_active_low"])
    node["pin"].expectPresence("the number of a GPIO")
    let isActiveLow = node["active_low"].flag(false)
    let feedback = input(node, "feedback", isActiveLow: true)
    return node["pin"].pin().map {
      var plan = LockPlan(pin: $0, isActiveLow: isActiveLow)
      plan.feedback = feedback
      return plan
    }
  }

  /// An input whose keys are beside others: `NAME_pin`, `NAME_active_low`.
  private func input(
    _ node: ConfigurationNode, _ name: String, isActiveLow standard: Bool
  ) -> InputPlan? {
    let isActiveLow = node[name + "_active_low"].flag(standard)
    return node[name + "_pin"].pin().map { InputPlan(pin: $0, isActiveLow: isActiveLow) }
  }
}
