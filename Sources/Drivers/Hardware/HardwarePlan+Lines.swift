/// A line of the GPIO chip that somebody holds: as a pin, or as a line of a bus.
struct LineUse: Hashable {
  var pin: Int
  var role: WiringRole
  /// Nil for a pin that is driven or read as such.
  var busLine: BusLine?
}

/// A chip at an SPI bus, with the roles of its bus and of its chip select.
struct SPIUse: Hashable {
  var place: SPIPlace
  var bus: WiringRole
  var select: WiringRole
}

/// A chip at an I2C bus, with the roles of its bus and of its address.
struct I2CUse: Hashable {
  var place: I2CPlace
  var bus: WiringRole
  var address: WiringRole
}

extension HardwarePlan {
  /// Whether the pins are those of the 40-pin header: true unless another GPIO chip is named.
  ///
  /// The lines of another chip carry no buses and have no pulls that are known here. A path says
  /// nothing of the chip behind it, so it counts as another.
  public var usesHeader: Bool { gpioChip.isEmpty || gpioChip.hasPrefix("pinctrl-") }

  /// How many LEDs the strip has.
  public var ledCount: Int {
    (lamps?.ledsPerConnector ?? 0) * evses.reduce(0) { $0 + $1.connectors.count }
  }

  /// Every chip at an SPI bus, in the order of the plan; the strip last.
  var spiUses: [SPIUse] {
    var uses: [SPIUse] = []
    for (index, reader) in readers.enumerated() {
      if case .mfrc522(let place) = reader.chip {
        uses.append(
          SPIUse(
            place: place, bus: .reader(index: index, .spiBus),
            select: .reader(index: index, .chipSelect)))
      }
    }
    for (evse, connector) in connectors {
      guard let meter = connector.meter else { continue }
      let role = { WiringRole.connector(evse: evse, connector: connector.id, $0) }
      uses.append(
        SPIUse(place: meter.place, bus: role(.meterBus), select: role(.meterChipSelect)))
    }
    if case .spi(let place) = lamps?.output {
      uses.append(SPIUse(place: place, bus: .lamps(.bus), select: .lamps(.chipSelect)))
    }
    return uses
  }

  /// Every chip at an I2C bus, in the order of the plan.
  var i2cUses: [I2CUse] {
    var uses: [I2CUse] = []
    if let place = display?.place {
      uses.append(I2CUse(place: place, bus: .display(.bus), address: .display(.address)))
    }
    for (index, reader) in readers.enumerated() {
      if case .pn532(let place) = reader.chip {
        uses.append(
          I2CUse(
            place: place, bus: .reader(index: index, .i2cBus),
            address: .reader(index: index, .address)))
      }
    }
    return uses
  }

  /// Every pin that is driven or read as such, in the order of the plan.
  var pinUses: [LineUse] {
    var uses: [(WiringRole, Int?)] = [
      (.emergencyStop, emergencyStop?.pin), (.doorContact, doorContact?.pin),
      (.residualCurrentMonitor, residualCurrentMonitor?.pin),
    ]
    for (index, reader) in readers.enumerated() {
      uses.append((.reader(index: index, .resetPin), reader.resetPin))
      uses.append((.reader(index: index, .interruptPin), reader.interruptPin))
    }
    for (evse, connector) in connectors {
      let role = { WiringRole.connector(evse: evse, connector: connector.id, $0) }
      uses += [
        (role(.relay), connector.relay?.pin),
        (role(.relayFeedback), connector.relay?.feedback?.pin),
        (role(.meterSelectPin), connector.meter?.place.selectPin),
        (role(.plugSense), connector.plugSense?.pin), (role(.lock), connector.lock?.pin),
        (role(.lockFeedback), connector.lock?.feedback?.pin),
      ]
    }
    if case .library(let pin) = lamps?.output { uses.append((.lamps(.dataPin), pin)) }
    return uses.compactMap { role, pin in pin.map { LineUse(pin: $0, role: role) } }
  }

  /// Every line of the header that a bus in use takes; each once, for the first chip there.
  var busUses: [LineUse] {
    guard usesHeader else { return [] }
    var uses: [LineUse] = []
    for use in spiUses where !uses.contains(where: { $0.busLine?.bus == .spi(use.place.bus) }) {
      uses += lines(spi: use.place.bus, first: use)
    }
    for use in i2cUses where !uses.contains(where: { $0.busLine?.bus == .i2c(use.place.bus) }) {
      uses += RaspberryPiHeader.lines(i2c: use.place.bus).map {
        let line = BusLine(bus: .i2c(use.place.bus), signal: $0.signal)
        return LineUse(pin: $0.pin, role: use.bus, busLine: line)
      }
    }
    return uses
  }

  /// The kernel holds chip select 0 of every bus that is enabled, and the others that are used;
  /// also those of chips that are selected by a pin of their own.
  private func lines(spi bus: Int, first: SPIUse) -> [LineUse] {
    var uses = (RaspberryPiHeader.dataLines(spi: bus) ?? []).map {
      LineUse(pin: $0.pin, role: first.bus, busLine: BusLine(bus: .spi(bus), signal: $0.signal))
    }
    for (select, pin) in RaspberryPiHeader.selectPins(spi: bus).enumerated() {
      let holder = spiUses.first { $0.place.bus == bus && $0.place.chipSelect == select }
      guard holder != nil || select == 0 else { continue }
      let line = BusLine(bus: .spi(bus), signal: "chip select \(select)")
      uses.append(LineUse(pin: pin, role: holder?.select ?? first.bus, busLine: line))
    }
    return uses
  }

  /// Every connector with its EVSE's id, in file order.
  var connectors: [(evse: UInt32, connector: ConnectorPlan)] {
    evses.flatMap { evse in evse.connectors.map { (evse.id, $0) } }
  }
}
