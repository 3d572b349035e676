import Testing

@testable import Drivers

@Suite("buses, addresses, strips and scales are checked in the plan")
struct WiringBusTests {
  private typealias Base = WiringTests

  private static func meterRole(_ evse: UInt32, _ role: ConnectorRole) -> WiringRole {
    .connector(evse: evse, connector: 1, role)
  }

  @Test("any two buses that share a line are found", arguments: [0, 1, 3, 4, 5, 6])
  func sharedBuses(first: Int) {
    let isSharing: [Int: Set<Int>] = [0: [4], 1: [6], 3: [], 4: [], 5: [], 6: [1]]
    for second in [0, 1, 3, 4, 5, 6] where second != first {
      let plan = Base.station {
        $0.readers = []
        $0.display = nil
        $0.evses[0].connectors[0].lock = nil
        $0.evses[1].connectors = []
        $0.evses[0].connectors[0].relay = RelayPlan(pin: 22, isActiveLow: false)
        // Chip select 1 of SPI0 is the clock of SPI4.
        let select = first == 0 ? 1 : 0
        let place = SPIPlace(bus: first, chipSelect: select, selectPin: 23, hertz: 500_000)
        $0.evses[0].connectors[0].meter?.place = place
        $0.lamps = Base.strip(second)
      }
      let isFound = plan.faults.contains { $0.role == .lamps(.bus) && $0.other != nil }
      #expect(isFound == (isSharing[first]?.contains(second) == true), "SPI\(first), SPI\(second)")
      #expect(plan.faults.isEmpty == !isFound)
    }
  }

  @Test("I2C1 and SPI3 are on the same pins, I2C0 and SPI3 too; other I2C buses are anywhere")
  func i2cAndSPI() {
    for bus in 0...6 {
      let plan = Base.station {
        $0.display?.place.bus = bus
        $0.readers = []
        $0.lamps = Base.strip(3)
      }
      let roles = plan.faults.map(\.role)
      let expected: [WiringRole] = bus < 2 ? [.display(.bus), .display(.bus)] : []
      #expect(roles == expected)
      let owners = Set(plan.faults.compactMap(\.other))
      #expect(owners.isSubset(of: [.lamps(.bus), .lamps(.chipSelect)]))
    }
  }

  @Test("buses and chip selects that the header has not; the kernel's nodes of another chip")
  func noSuchBus() {
    for bus in 0...7 {
      for select in 0...3 {
        var plan = Base.station {
          $0.readers = []
          $0.display = nil
          $0.evses[0].connectors[0].lock = nil
          $0.evses[1].connectors = []
          $0.evses[0].connectors[0].relay = RelayPlan(pin: 23, isActiveLow: false)
          let place = SPIPlace(bus: bus, chipSelect: select, hertz: 500_000)
          $0.evses[0].connectors[0].meter?.place = place
        }
        let expected: [WiringFault]
        let selects = [0: 2, 1: 3, 3: 2, 4: 2, 5: 2, 6: 2][bus] ?? 0
        if selects == 0 {
          expected = [WiringFault(Self.meterRole(1, .meterBus), .noSuchBus(bus))]
        } else if select >= selects {
          expected = [
            WiringFault(
              Self.meterRole(1, .meterChipSelect),
              .noSuchChipSelect(bus: bus, chipSelect: select))
          ]
        } else {
          expected = []
        }
        #expect(plan.faults == expected)
        plan.gpioChip = "/dev/gpiochip0"
        #expect(plan.faults.isEmpty)
      }
    }
  }

  @Test("one chip a node, but for those with pins of their own", arguments: [true, false])
  func nodes(first: Bool) {
    for second in [true, false] {
      for select in 0...1 {
        let plan = Base.station {
          let pins = [first ? 25 : nil, second ? 24 : nil]
          $0.evses[0].connectors[0].meter?.place.selectPin = pins[0]
          $0.evses[1].connectors[0].meter?.place.selectPin = pins[1]
          $0.evses[1].connectors[0].meter?.place.chipSelect = select
        }
        let fault = WiringFault(
          Self.meterRole(2, .meterChipSelect), .chipSelectTaken(bus: 0, chipSelect: 1),
          other: Self.meterRole(1, .meterChipSelect))
        let expected: [WiringFault] = select == 1 && !(first && second) ? [fault] : []
        #expect(plan.faults == expected)
      }
    }
  }

  @Test("a reader at the meters' bus shares it with a select of its own")
  func readerAtMeters() {
    for select in 0...1 {
      let plan = Base.station {
        $0.readers = [
          ReaderPlan(chip: .mfrc522(SPIPlace(bus: 0, chipSelect: select, hertz: 1_000_000)))
        ]
      }
      let problem = WiringProblem.chipSelectTaken(bus: 0, chipSelect: 1)
      let faults = [UInt32(1), 2].map {
        WiringFault(
          Self.meterRole($0, .meterChipSelect), problem, other: .reader(index: 0, .chipSelect))
      }
      let expected: [WiringFault] = select == 1 ? faults : []
      #expect(plan.faults == expected)
    }
  }

  @Test("two chips at one address of one bus, and nowhere else")
  func addresses() {
    for (bus, address) in [(1, 0x24), (1, 0x27), (3, 0x24), (3, 0x27)] {
      let plan = Base.station {
        $0.readers.append(ReaderPlan(chip: .pn532(I2CPlace(bus: bus, address: address))))
      }
      let owner: WiringRole = address == 0x27 ? .display(.address) : .reader(index: 0, .address)
      let fault = WiringFault(
        .reader(index: 1, .address), .addressTaken(bus: 1, address: address), other: owner)
      let expected: [WiringFault] = bus == 1 ? [fault] : []
      #expect(plan.faults == expected)
    }
  }

  @Test("a strip has its bus for itself, also on another GPIO chip")
  func stripAlone() {
    var plan = Base.station { $0.lamps = Base.strip(0) }
    let fault = WiringFault(
      .lamps(.bus), .stripSharesBus(0), other: Self.meterRole(1, .meterBus))
    #expect(plan.faults == [fault])
    plan.gpioChip = "cp2112_gpio"
    #expect(plan.faults == [fault])
    plan.lamps = Base.strip(5)
    #expect(plan.faults.isEmpty)
  }

  @Test("a frame has room for 445 LEDs of three colours, 333 of four")
  func stripLength() {
    for (order, most) in [("GRB", 445), ("RGB", 445), ("GRBW", 333)] {
      for count in [1, most / 2, most / 2 + 1] {
        let plan = Base.station {
          $0.lamps = Base.strip(6)
          $0.lamps?.order = order
          $0.lamps?.ledsPerConnector = count
        }
        let problem = WiringProblem.stripTooLong(ledCount: 2 * count, mostLEDs: most)
        let fault = WiringFault(.lamps(.length), problem)
        let expected: [WiringFault] = 2 * count > most ? [fault] : []
        #expect(plan.faults == expected)
      }
    }
  }

  @Test("a reader's EVSEs are the station's")
  func evses() {
    let plan = Base.station { $0.readers[0].evses = [1, 3, 2, 4] }
    let role = WiringRole.reader(index: 0, .evses)
    let expected = [WiringFault(role, .noSuchEVSE(3)), WiringFault(role, .noSuchEVSE(4))]
    #expect(plan.faults == expected)
  }
}
