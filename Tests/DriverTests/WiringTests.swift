import Testing

@testable import Drivers

@Suite("wiring that cannot be is found in the plan")
struct WiringTests {
  static let firstRelay = WiringRole.connector(evse: 1, connector: 1, .relay)

  /// A pin of the plan: its role, and how it is set.
  struct Pin: Sendable, CustomTestStringConvertible {
    let role: WiringRole
    let set: @Sendable (inout HardwarePlan, Int) -> Void
    var testDescription: String { "\(role)" }
  }

  /// Every role that is a pin, at a station of two EVSEs and one reader.
  static let pins: [Pin] =
    stationPins
    + (1...2).flatMap { evse in
      connectorPins.map { part in
        Pin(role: .connector(evse: UInt32(evse), connector: 1, part.0)) {
          part.1(&$0.evses[evse - 1].connectors[0], $1)
        }
      }
    }

  private static let stationPins: [Pin] = [
    Pin(role: .emergencyStop) { $0.emergencyStop = InputPlan(pin: $1, isActiveLow: false) },
    Pin(role: .doorContact) { $0.doorContact = InputPlan(pin: $1, isActiveLow: false) },
    Pin(role: .residualCurrentMonitor) {
      $0.residualCurrentMonitor = InputPlan(pin: $1, isActiveLow: true)
    },
    Pin(role: .reader(index: 0, .resetPin)) { $0.readers[0].resetPin = $1 },
    Pin(role: .reader(index: 0, .interruptPin)) { $0.readers[0].interruptPin = $1 },
  ]

  private static let connectorPins:
    [(ConnectorRole, @Sendable (inout ConnectorPlan, Int) -> Void)] = [
      (.relay, { $0.relay?.pin = $1 }),
      (.relayFeedback, { $0.relay?.feedback = InputPlan(pin: $1, isActiveLow: false) }),
      (.meterSelectPin, { $0.meter?.place.selectPin = $1 }),
      (.plugSense, { $0.plugSense = InputPlan(pin: $1, isActiveLow: true) }),
      (.lock, { $0.lock = LockPlan(pin: $1, isActiveLow: false) }),
      (.lockFeedback, { $0.lock?.feedback = InputPlan(pin: $1, isActiveLow: true) }),
    ]

  /// A sound station: two EVSEs, two meters on pins, a PN532 and a display.
  static func station() -> HardwarePlan {
    var plan = HardwarePlan()
    for (index, pins) in [(26, 25), (13, 24)].enumerated() {
      var connector = ConnectorPlan(id: 1)
      connector.relay = RelayPlan(pin: pins.0, isActiveLow: false)
      connector.meter = MeterPlan(
        place: SPIPlace(bus: 0, chipSelect: 1, selectPin: pins.1, hertz: 500_000),
        shuntMicroohms: 2_000, dividerPermille: 2_046_455, name: "\(index + 1).1")
      connector.maximumMilliamperes = 32_000
      connector.lock = LockPlan(pin: index == 0 ? 27 : 22, isActiveLow: false)
      var evse = EVSEPlan(id: UInt32(index + 1))
      evse.connectors = [connector]
      plan.evses.append(evse)
    }
    plan.readers = [ReaderPlan(chip: .pn532(I2CPlace(bus: 1, address: 0x24)))]
    plan.display = DisplayPlan(place: I2CPlace(bus: 1, address: 0x27))
    return plan
  }

  /// The same, changed.
  static func station(_ change: (inout HardwarePlan) -> Void) -> HardwarePlan {
    var plan = station()
    change(&plan)
    return plan
  }

  static func strip(_ bus: Int, chipSelect: Int = 0) -> LampPlan {
    LampPlan(output: .spi(SPIPlace(bus: bus, chipSelect: chipSelect, hertz: 2_400_000)))
  }

  @Test("a sound station has neither faults nor warnings")
  func sound() {
    #expect(Self.station().faults.isEmpty)
    #expect(Self.station().warnings.isEmpty)
  }

  @Test("an empty plan has no faults; a bare connector lacks its relay and its meter")
  func bare() {
    var plan = HardwarePlan()
    #expect(plan.faults.isEmpty)
    var evse = EVSEPlan(id: 1)
    evse.connectors = [ConnectorPlan(id: 1)]
    plan.evses = [evse]
    #expect(
      plan.faults == [
        WiringFault(Self.firstRelay, .noRelay),
        WiringFault(.connector(evse: 1, connector: 1, .meter), .noMeter),
      ])
  }

  @Test("any two pins at one line are found, with both roles", arguments: pins.indices)
  func sharedPin(index: Int) {
    for second in Self.pins[(index + 1)...] {
      let first = Self.pins[index]
      let plan = Self.station {
        first.set(&$0, 15)
        second.set(&$0, 15)
      }
      let faults = plan.faults
      #expect(faults.count == 1)
      #expect(faults.first?.problem == .lineTaken(pin: 15, by: nil, for: nil))
      #expect(Set([faults.first?.role, faults.first?.other]) == [first.role, second.role])
    }
  }

  @Test("any pin on a line of a bus in use is found, with the bus", arguments: pins)
  func pinOnBus(pin: Pin) {
    let lines: [(Int, BusLine.Bus, String, WiringRole)] = [
      (10, .spi(0), "MOSI", .connector(evse: 1, connector: 1, .meterBus)),
      (9, .spi(0), "MISO", .connector(evse: 1, connector: 1, .meterBus)),
      (11, .spi(0), "SCLK", .connector(evse: 1, connector: 1, .meterBus)),
      (8, .spi(0), "chip select 0", .connector(evse: 1, connector: 1, .meterBus)),
      (7, .spi(0), "chip select 1", .connector(evse: 1, connector: 1, .meterChipSelect)),
      (2, .i2c(1), "SDA", .display(.bus)), (3, .i2c(1), "SCL", .display(.bus)),
    ]
    for (line, bus, signal, owner) in lines {
      let plan = Self.station { pin.set(&$0, line) }
      let problem = WiringProblem.lineTaken(
        pin: line, by: BusLine(bus: bus, signal: signal), for: nil)
      #expect(plan.faults == [WiringFault(pin.role, problem, other: owner)])
    }
  }

  @Test("any pin that the header has not is found; another GPIO chip may have it", arguments: pins)
  func noSuchPin(pin: Pin) {
    for line in [28, 45, 53] {
      var plan = Self.station { pin.set(&$0, line) }
      #expect(plan.faults == [WiringFault(pin.role, .noSuchPin(line))])
      for chip in ["cp2112_gpio", "/dev/gpiochip1"] {
        plan.gpioChip = chip
        #expect(plan.faults.isEmpty)
      }
      plan.gpioChip = "pinctrl-bcm2711"
      #expect(plan.faults == [WiringFault(pin.role, .noSuchPin(line))])
    }
  }

  @Test("a library's pin is a pin like others, and one that the library can feed")
  func library() {
    for line in 0...27 where ![2, 3, 7, 8, 9, 10, 11].contains(line) {
      let plan = Self.station {
        $0.lamps = LampPlan(output: .library(pin: line))
        $0.evses[0].connectors[0].plugSense = InputPlan(pin: 12, isActiveLow: true)
        $0.evses[1].connectors[0].plugSense = InputPlan(pin: 17, isActiveLow: true)
      }
      let roles = plan.faults.map(\.problem)
      let isTaken = [12, 13, 17, 22, 24, 25, 26, 27].contains(line)
      #expect(roles.contains(.lineTaken(pin: line, by: nil, for: nil)) == isTaken)
      #expect(roles.contains(.noPulseWidth(pin: line)) == (line != 12 && line != 18))
    }
  }
}
