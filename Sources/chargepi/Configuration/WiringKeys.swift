import Drivers

/// Where the configuration says what a role's value is.
struct WiringKeys {
  static let hardware = "settings.json.charge_point.hardware"

  /// Where each of the plan's readers stands: alone, or in an array.
  var readers: [String] = []

  /// The path of a role's value, as sentences name it.
  func path(_ role: WiringRole) -> String {
    switch role {
    case .gpioChip: Self.hardware + ".gpio_chip"
    case .emergencyStop: Self.hardware + ".emergency_stop.pin"
    case .doorContact: Self.hardware + ".door_contact.pin"
    case .residualCurrentMonitor: Self.hardware + ".residual_current_monitor.pin"
    case .lineVoltage: Self.hardware + ".line_voltage_v"
    case .temperature(let index): Self.hardware + ".temperature[\(index)].path"
    case .connector(let evse, let connector, let role):
      // Ids count from 1 without gaps.
      "connectors.json.EVSEs[\(evse - 1)].connectors[\(connector - 1)].\(Self.key(role))"
    case .reader(let index, let role): reader(index) + "." + Self.key(role)
    case .display(let role): Self.hardware + ".lcd." + Self.key(role)
    case .lamps(let role): Self.hardware + ".LED_indicator." + Self.key(role)
    }
  }

  private func reader(_ index: Int) -> String {
    readers.indices.contains(index) ? readers[index] : Self.hardware + ".rfid_reader"
  }

  private static func key(_ role: ConnectorRole) -> String {
    switch role {
    case .relay: "relay.relay_pin"
    case .relayFeedback: "relay.feedback_pin"
    case .meter: "power_meter"
    case .meterSelectPin: "power_meter.power_meter_pin"
    case .meterBus: "power_meter.spi_bus"
    case .meterChipSelect: "power_meter.spi_chip_select"
    case .shunt: "power_meter.shunt_offset"
    case .divider: "power_meter.voltage_divider_offset"
    case .plugSense: "plug_sense_pin"
    case .lock: "lock.pin"
    case .lockFeedback: "lock.feedback_pin"
    case .maximumCurrent: "max_current_a"
    }
  }

  private static func key(_ role: ReaderRole) -> String {
    switch role {
    case .resetPin: "reset_pin"
    case .interruptPin: "irq_pin"
    case .spiBus: "spi_bus"
    case .chipSelect: "spi_chip_select"
    case .i2cBus: "i2c_bus"
    case .address: "i2c_address"
    case .evses: "evses"
    }
  }

  private static func key(_ role: DisplayRole) -> String {
    switch role {
    case .bus: "i2c_bus"
    case .address: "i2c_address"
    }
  }

  private static func key(_ role: LampRole) -> String {
    switch role {
    case .dataPin: "data_pin"
    case .bus: "spi_bus"
    case .chipSelect: "spi_chip_select"
    case .length: "leds_per_connector"
    }
  }
}

extension ConfigurationSource {
  /// Tells what cannot be wired so, and what is odd; nothing of values that were wrong already.
  func checkWiring(_ configuration: Configuration, _ log: FaultLog) {
    guard isWired(configuration, log) else { return }
    let keys = configuration.wiringKeys
    for fault in configuration.hardware.faults {
      let paths = [fault.role, fault.other].compactMap { $0.map(keys.path) }
      guard !paths.contains(where: log.hasFault) else { continue }
      let (expected, found) = fault.problem.words(other: paths.count > 1 ? paths[1] : "")
      log.fault(paths[0], expected: expected, found: found)
    }
    for warning in configuration.hardware.warnings {
      let path = keys.path(warning.role)
      if !log.hasFault(at: path) { log.warn("\(path): \(warning.remark.words)") }
    }
  }
}
