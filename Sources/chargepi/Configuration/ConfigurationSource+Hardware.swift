import Drivers
import Projections

/// What the hardware is behind.
enum BackendWord: String, CaseIterable {
  case raspberryPi = "raspberry-pi"
  case simulated
  /// The drivers of a Raspberry Pi, with models of its chips.
  case simulatedChips = "simulated-chips"
}

extension ConfigurationSource {
  /// Reads `hardware` into the plan. Without wires (`simulated`) nothing is demanded, and what
  /// cannot be understood of the original's values is passed over, as it always was.
  func readHardware(_ node: ConfigurationNode, _ configuration: inout Configuration) {
    node.expectObject([
      "backend", "gpio_chip", "lcd", "rfid_reader", "LED_indicator", "emergency_stop",
      "door_contact", "residual_current_monitor", "temperature", "line_voltage_v", "min_power",
    ])
    let backend: BackendWord = node["backend"].word(.raspberryPi)
    configuration.backend = isSimulated && backend == .raspberryPi ? .simulated : backend
    configuration.policy.minimumPowerMilliwatts = node["min_power"].integer(20, 0...100_000) * 1_000
    let isWired = isWired(configuration, node.log)
    var plan = HardwarePlan()
    plan.gpioChip = node["gpio_chip"].string("", most: 255)
    plan.lineMillivolts = node["line_voltage_v"].thousandths(230_000, 50_000...500_000)
    plan.display = display(node["lcd"], isWired)
    plan.lamps = lamps(node["LED_indicator"], isWired)
    plan.emergencyStop = input(node["emergency_stop"])
    plan.doorContact = input(node["door_contact"])
    plan.residualCurrentMonitor = input(node["residual_current_monitor"])
    plan.temperatures = node["temperature"].elements().map(temperature)
    let readers = node["rfid_reader"]
    for part in readers.value?.elements == nil ? [readers] : readers.elements() {
      guard let reader = reader(part, isWired) else { continue }
      plan.readers.append(reader)
      configuration.wiringKeys.readers.append(part.path)
    }
    configuration.hardware = plan
  }

  /// Whether wires count; where the backend itself is wrong, nothing more is said of them.
  func isWired(_ configuration: Configuration, _ log: FaultLog) -> Bool {
    !configuration.isSimulated && !log.hasFault(at: WiringKeys.hardware + ".backend")
  }

  private func display(_ node: ConfigurationNode, _ isWired: Bool) -> DisplayPlan? {
    node.expectObject(["is_supported", "i2c_address", "i2c_bus", "columns", "rows", "language"])
    let isSupported = node["is_supported"].flag(false)
    let address = address(
      node["i2c_address"], 0x27, isWired && isSupported,
      "the address of the display's PCF8574, 0x08 to 0x77")
    var plan = DisplayPlan(place: I2CPlace(bus: i2cBus(node), address: address))
    plan.columns = node["columns"].choice(16, [16, 20])
    plan.rows = node["rows"].choice(2, [2, 4])
    let rows = plan.columns == 16 ? 2 : 4
    let isTold = ["columns", "rows"].contains { node.log.hasFault(at: node[$0].path) }
    if isWired && isSupported && plan.rows != rows && !isTold {
      node.log.fault(
        node["rows"].path, expected: "\(rows), which displays of \(plan.columns) columns have",
        found: node["rows"].found)
    }
    plan.language = node["language"].choice("en", Catalogue.all.map(\.code))
    return isSupported ? plan : nil
  }

  private func lamps(_ node: ConfigurationNode, _ isWired: Bool) -> LampPlan? {
    node.expectObject([
      "indicate_card_read", "type", "invert", "enable", "data_pin", "spi_bus", "spi_chip_select",
      "leds_per_connector", "order", "budget_ma",
    ])
    let type = node["type"].string("")
    let isEnabled = node["enable"].flag(true) && type == "WS281x"
    if isWired && !type.isEmpty && type != "WS281x" {
      node.log.fault(node["type"].path, expected: "\"WS281x\" or \"\"", found: "\"\(type)\"")
    }
    let dataPin = node["data_pin"].pin()
    if isWired && isEnabled && dataPin == nil {
      node["spi_bus"].expectPresence(
        "an SPI bus that nothing else uses, or \(node.path).data_pin 12 or 18 with libws2811.so "
          + "(the original's strips are at 12)")
    }
    let place = SPIPlace(
      bus: spiBus(node), chipSelect: chipSelect(node, 0), hertz: BusClock.stripHertz)
    var plan = LampPlan(output: dataPin.map { .library(pin: $0) } ?? .spi(place))
    plan.ledsPerConnector = Int(node["leds_per_connector"].integer(1, 1...1_000))
    let order: WS281xOrder = node["order"].word(.grb)
    plan.order = order.rawValue
    plan.isInverted = node["invert"].flag(false)
    plan.indicatesCard = node["indicate_card_read"].flag(false)
    plan.budgetMilliamperes = Int(node["budget_ma"].integer(500, 20...100_000))
    return isEnabled ? plan : nil
  }

  private func input(_ node: ConfigurationNode) -> InputPlan? {
    guard !node.isMissing else { return nil }
    node.expectObject(["pin", "active_low"])
    if node.value?.members != nil { node["pin"].expectPresence("the number of a GPIO") }
    let isActiveLow = node["active_low"].flag(false)
    return node["pin"].pin().map { InputPlan(pin: $0, isActiveLow: isActiveLow) }
  }

  private func temperature(_ node: ConfigurationNode) -> TemperaturePlan {
    node.expectObject(["kind", "path", "limit_c"])
    let kind: TemperatureWord = node["kind"].word(.thermalZone)
    let path = node["path"].string(kind.standardPath)
    if !path.hasPrefix("/") {
      node.log.fault(
        node["path"].path, expected: "a file's absolute path", found: "\"\(path)\"")
    }
    let limit = node["limit_c"]
    return TemperaturePlan(
      kind: kind.kind, path: path,
      limitMillidegrees: limit.isMissing ? nil : limit.thousandths(0, 1_000...150_000))
  }
}

/// Kinds of thermometers.
enum TemperatureWord: String, CaseIterable {
  case thermalZone = "thermal_zone"
  case w1Slave = "w1_slave"

  var kind: TemperaturePlan.Kind {
    switch self {
    case .thermalZone: .thermalZone
    case .w1Slave: .w1Slave
    }
  }

  /// The processor's own; a 1-wire sensor's path has its number.
  var standardPath: String {
    switch self {
    case .thermalZone: "/sys/class/thermal/thermal_zone0/temp"
    case .w1Slave: ""
    }
  }
}
