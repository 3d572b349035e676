/// Wiring that cannot be, found before anything is opened.
public struct WiringFault: Error, Hashable, Sendable {
  /// Whose value is wrong.
  public var role: WiringRole
  /// With whose it does not go together; nil where it is wrong by itself.
  public var other: WiringRole?
  /// What is wrong.
  public var problem: WiringProblem

  public init(_ role: WiringRole, _ problem: WiringProblem, other: WiringRole? = nil) {
    self.role = role
    self.other = other
    self.problem = problem
  }
}

/// What can be wrong with a station's wiring by its plan alone.
public enum WiringProblem: Hashable, Sendable {
  /// A connector needs a relay.
  case noRelay
  /// A connector needs a meter: nothing is charged unmeasured.
  case noMeter
  /// The header has no such pin.
  case noSuchPin(Int)
  /// A line has two users: its pin, what the other user has there, and what this one would have;
  /// nil is a plain pin.
  case lineTaken(pin: Int, by: BusLine?, for: BusLine?)
  /// The header has no such SPI bus.
  case noSuchBus(Int)
  /// The bus has no such chip select.
  case noSuchChipSelect(bus: Int, chipSelect: Int)
  /// Two chips that the kernel selects are at one node, or one of them selects itself by a pin
  /// there: the node's mode is one for both.
  case chipSelectTaken(bus: Int, chipSelect: Int)
  /// Two chips have one address.
  case addressTaken(bus: Int, address: Int)
  /// A strip has no chip select: it would show what is meant for the bus's other chips.
  case stripSharesBus(Int)
  /// A frame has to fit into one transfer.
  case stripTooLong(ledCount: Int, mostLEDs: Int)
  /// The library cannot feed this pin.
  case noPulseWidth(pin: Int)
  /// The divider makes a range that does not fit the mains (nominal, in millivolts).
  case voltageRange(MeterPlan, millivolts: Int64)
  /// The shunt makes a range that does not fit the connector's most current.
  case currentRange(MeterPlan, milliamperes: Int64)
  /// There is no EVSE of this id.
  case noSuchEVSE(UInt32)
  /// The GPIO chip (by path or label; empty for the Raspberry Pi's own) cannot be used.
  case noChip(String, BusError)
  /// The library that feeds the strip cannot be used.
  case strip(WS281xError)
  /// The kernel does not give it: the bus or line is absent, taken, or not ours to use.
  case refused(BusError)
  /// No such chip answers there.
  case silent
  /// The file of a temperature, by its path, cannot be read.
  case noTemperature(String, BusError)
  /// The meter's calibration cannot be.
  case calibration(MeterCalibrationError)
}

extension HardwarePlan {
  /// LEDs that one frame of SPI can hold: 4,096 bytes (spidev's `bufsiz`), less 91 of reset, at
  /// three bits for one (HARDWARE §5).
  static func mostLEDs(order: String) -> Int { (4_096 - 91) / (order == "GRBW" ? 12 : 9) }

  /// Everything that cannot be wired so, in a stable order; empty for a sound plan.
  ///
  /// What only the hardware can tell (a bus that is absent, an address that does not answer) is
  /// found when it is opened.
  public var faults: [WiringFault] {
    missingFaults + pinFaults + busFaults + selectFaults + addressFaults + stripFaults
      + scaleFaults + readerFaults
  }

  private var missingFaults: [WiringFault] {
    connectors.flatMap { evse, connector -> [WiringFault] in
      let role = { WiringRole.connector(evse: evse, connector: connector.id, $0) }
      var faults: [WiringFault] = []
      if connector.relay == nil { faults.append(WiringFault(role(.relay), .noRelay)) }
      if connector.meter == nil { faults.append(WiringFault(role(.meter), .noMeter)) }
      return faults
    }
  }

  /// Pins that are not there, and lines with more than one user.
  private var pinFaults: [WiringFault] {
    var owners: [LineUse] = []
    var faults: [WiringFault] = []
    for use in busUses + pinUses {
      if usesHeader && !RaspberryPiHeader.pins.contains(use.pin) {
        faults.append(WiringFault(use.role, .noSuchPin(use.pin)))
      } else if let owner = owners.first(where: { $0.pin == use.pin }) {
        let problem = WiringProblem.lineTaken(
          pin: use.pin, by: owner.busLine, for: use.busLine)
        faults.append(WiringFault(use.role, problem, other: owner.role))
      } else {
        owners.append(use)
      }
    }
    return faults
  }

  private var busFaults: [WiringFault] {
    guard usesHeader else { return [] }
    return spiUses.compactMap { use in
      let place = use.place
      guard RaspberryPiHeader.dataLines(spi: place.bus) != nil else {
        return WiringFault(use.bus, .noSuchBus(place.bus))
      }
      let count = RaspberryPiHeader.selectPins(spi: place.bus).count
      guard !(0..<count).contains(place.chipSelect) else { return nil }
      let problem = WiringProblem.noSuchChipSelect(bus: place.bus, chipSelect: place.chipSelect)
      return WiringFault(use.select, problem)
    }
  }

  /// Chips with pins of their own share a node with each other, and with nobody else.
  private var selectFaults: [WiringFault] {
    let chips = spiUses.filter { $0.bus != .lamps(.bus) }
    return chips.enumerated().compactMap { index, use in
      let place = use.place
      let earlier = chips[..<index].first {
        $0.place.bus == place.bus && $0.place.chipSelect == place.chipSelect
          && ($0.place.selectPin == nil || place.selectPin == nil)
      }
      guard let earlier else { return nil }
      let problem = WiringProblem.chipSelectTaken(bus: place.bus, chipSelect: place.chipSelect)
      return WiringFault(use.select, problem, other: earlier.select)
    }
  }

  private var addressFaults: [WiringFault] {
    let chips = i2cUses
    return chips.enumerated().compactMap { index, use in
      guard let earlier = chips[..<index].first(where: { $0.place == use.place }) else {
        return nil
      }
      let problem = WiringProblem.addressTaken(bus: use.place.bus, address: use.place.address)
      return WiringFault(use.address, problem, other: earlier.address)
    }
  }

  private var stripFaults: [WiringFault] {
    guard let lamps else { return [] }
    var faults: [WiringFault] = []
    let most = Self.mostLEDs(order: lamps.order)
    if ledCount > most {
      faults.append(
        WiringFault(.lamps(.length), .stripTooLong(ledCount: ledCount, mostLEDs: most)))
    }
    switch lamps.output {
    case .spi(let place):
      let sharing = spiUses.first { $0.place.bus == place.bus && $0.bus != .lamps(.bus) }
      if let sharing {
        faults.append(
          WiringFault(.lamps(.bus), .stripSharesBus(place.bus), other: sharing.bus))
      }
    case .library(let pin):
      if !RaspberryPiHeader.pulseWidth.contains(pin) {
        faults.append(WiringFault(.lamps(.dataPin), .noPulseWidth(pin: pin)))
      }
    }
    return faults
  }

  private var readerFaults: [WiringFault] {
    readers.enumerated().flatMap { index, reader in
      reader.evses.filter { id in !evses.contains { $0.id == id } }.map {
        WiringFault(.reader(index: index, .evses), .noSuchEVSE($0))
      }
    }
  }
}
