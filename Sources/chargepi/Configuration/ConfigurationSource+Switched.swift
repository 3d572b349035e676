import Drivers

/// What `chargepi off` switches, as far as the configuration can be read.
struct SwitchedWiring {
  /// Relays and locks with pin and level; nothing else is filled in.
  var hardware = HardwarePlan()
  /// False where a board is only simulated.
  var isWired = true
  /// Connectors whose relay cannot be read: nobody knows what would open it.
  var unreadable: [String] = []
}

extension ConfigurationSource {
  /// Reads relays and locks alone, each by itself: a fault elsewhere keeps no contactor closed.
  ///
  /// Where `settings.json` cannot be read, the Raspberry Pi's own pins are meant. Faults are told
  /// by `read`; here they only say which values are not to be trusted.
  func readSwitched() -> SwitchedWiring {
    let log = FaultLog()
    var files = Configuration()
    var wiring = SwitchedWiring()
    let hardware = file("settings.json", isRequired: true, log, &files)["charge_point"]["hardware"]
    let backend: BackendWord = hardware["backend"].word(.raspberryPi)
    wiring.isWired = backend == .raspberryPi
    wiring.hardware.gpioChip = hardware["gpio_chip"].string("", most: 255)
    let connectors = file("connectors.json", isRequired: true, log, &files)
    for (index, evse) in connectors["EVSEs"].elements().enumerated() {
      var plan = EVSEPlan(id: UInt32(index + 1))
      for (position, node) in evse["connectors"].elements().enumerated() {
        var connector = ConnectorPlan(id: UInt32(position + 1))
        connector.relay = sound(log) { relayLine(node["relay"], true) }
        if node["lock"].value?.members != nil {
          connector.lock = sound(log) { lockLine(node["lock"]) }
        }
        if connector.relay == nil { wiring.unreadable.append("\(plan.id).\(connector.id)") }
        plan.connectors.append(connector)
      }
      wiring.hardware.evses.append(plan)
    }
    return wiring
  }

  /// What was read without a fault; nil otherwise.
  private func sound<Value>(_ log: FaultLog, _ read: () -> Value?) -> Value? {
    let before = log.faults.count
    let value = read()
    return log.faults.count == before ? value : nil
  }
}
