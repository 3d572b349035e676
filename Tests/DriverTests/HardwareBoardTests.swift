@testable import ChargePiES
import Synchronization
import Testing

@testable import Drivers

@Suite("The board of real drivers, on models of their chips", .serialized)
struct HardwareBoardTests {
  @Test("a car charges: plug, card, lock, contactor, meter, and open again")
  func charge() throws {
    let bench = try BoardBench()
    defer { bench.board.stop() }
    try bench.hardware.plug(evse: 1, connector: 1, car: nil, nowNanoseconds: bench.now)
    #expect(
      bench.waitFor {
        if case .cableSensed(let event) = $0 { event.cable == .connected } else { false }
      })
    #expect(try bench.hardware.present(card: "04A1B2C3", nowNanoseconds: bench.now))
    #expect(bench.waitForCard() == CardFound(text: "04A1B2C3", evses: []))
    bench.outputs.evses[0].isClosed = true
    bench.outputs.evses[0].connector = 1
    bench.outputs.evses[0].limitMilliamperes = 10_000
    bench.follow()
    let isCharging = bench.waitFor {
      if case .meterRead(let event) = $0 { event.powerMilliwatts > 2_200_000 } else { false }
    }
    #expect(isCharging)
    let isCounting = bench.waitFor {
      if case .meterRead(let event) = $0 { event.counterMilliwattHours > 600 } else { false }
    }
    #expect(isCounting)
    bench.outputs.evses[0].isClosed = false
    bench.follow()
    let isOpen = bench.waitFor {
      if case .contactorSensed(let event) = $0 { !event.isClosed } else { false }
    }
    #expect(isOpen)
  }

  @Test("buses that hang are waited for together, not one after the other")
  func hangingBuses() throws {
    let bench = try BoardBench { plan in
      let place = SPIPlace(bus: 1, chipSelect: 0, hertz: 1_000_000)
      plan.readers.append(ReaderPlan(chip: .mfrc522(place)))
      let strip = SPIPlace(bus: 6, chipSelect: 0, hertz: 2_400_000)
      plan.lamps = LampPlan(output: .spi(strip))
    }
    var slow = ChipFaults()
    slow.latencyNanoseconds = 4_500_000_000
    let buses = ["spi0", "spi1", "i2c1", "lamps"]
    for bus in buses { try bench.hardware.setFaults(slow, at: bus) }
    bench.hardware.clock.sleep(nanoseconds: 1_200_000_000)
    let began = bench.now
    bench.board.stop()
    #expect(bench.now - began < 2_000_000_000)
    // The threads still use the models until they see that they shall end.
    for bus in buses { try bench.hardware.setFaults(ChipFaults(), at: bus) }
    bench.hardware.clock.sleep(nanoseconds: 5_000_000_000)
  }

  /// A second connector, with a relay and a meter of its own, that may have ten amperes.
  static func addSecond(_ plan: inout HardwarePlan) {
    var connector = ConnectorPlan(id: 2)
    connector.maximumMilliamperes = 10_000
    var relay = RelayPlan(pin: 13, isActiveLow: false)
    relay.minimumOffNanoseconds = 0
    connector.relay = relay
    let place = SPIPlace(bus: 0, chipSelect: 1, selectPin: 24, hertz: 1_000_000)
    connector.meter = MeterPlan(
      place: place, shuntMicroohms: 10_000, dividerPermille: 2_046_455, name: "1.2")
    plan.evses[0].connectors.append(connector)
    plan.evses[0].connectors[0].relay?.feedback = nil
  }

  @Test(
    "the turn of another connector opens the first one's relay, also within one turn of the loop")
  func otherConnector() throws {
    let bench = try BoardBench(Self.addSecond)
    defer { bench.board.stop() }
    func relays() -> [Bool] { bench.hardware.world.withLock { bench.hardware.relays[0] } }
    bench.outputs.evses[0].isClosed = true
    bench.outputs.evses[0].connector = 1
    bench.follow()
    #expect(bench.waitUntil { relays() == [true, false] })
    bench.outputs.evses[0].connector = 2
    bench.follow()
    #expect(bench.waitUntil { relays() == [false, true] })
  }

  @Test("the guard goes by the limit of the connector whose turn it is")
  func ownLimit() throws {
    let bench = try BoardBench(Self.addSecond)
    defer { bench.board.stop() }
    bench.outputs.evses[0].isClosed = true
    bench.outputs.evses[0].connector = 2
    bench.follow()
    try bench.hardware.setMeter(
      evse: 1, counterMilliwattHours: nil, milliamperes: 15_000, millivolts: nil,
      nowNanoseconds: bench.now)
    let hasTripped = bench.waitFor {
      if case .tripReported(let event) = $0 { event.code == .overCurrentFailure } else { false }
    }
    #expect(hasTripped)
  }

  @Test("the meter of an idle connector does not speak for the one that charges")
  func silentMeter() throws {
    let bench = try BoardBench(Self.addSecond)
    defer { bench.board.stop() }
    bench.outputs.evses[0].isClosed = true
    bench.outputs.evses[0].connector = 2
    bench.follow()
    var missing = ChipFaults()
    missing.isMissing = true
    try bench.hardware.setFaults(missing, at: "meter 1.2")
    let hasTripped = bench.waitFor {
      if case .tripReported(let event) = $0 { event.code == .powerMeterFailure } else { false }
    }
    #expect(hasTripped)
  }

  @Test("contacts that did not close are tried again once somebody has looked after them")
  func looksAfterContacts() throws {
    let bench = try BoardBench()
    defer { bench.board.stop() }
    try bench.hardware.setContactor(evse: 1, .stuckOpen, nowNanoseconds: bench.now)
    bench.outputs.evses[0].isClosed = true
    bench.outputs.evses[0].connector = 1
    bench.follow()
    let hasTripped = bench.waitFor {
      if case .tripReported(let event) = $0 { event.code == .powerSwitchFailure } else { false }
    }
    #expect(hasTripped)
    bench.outputs.evses[0].isClosed = false
    bench.follow()
    try bench.hardware.setContactor(evse: 1, .ok, nowNanoseconds: bench.now)
    bench.board.resetContactor(evse: 1)
    let isOver = bench.waitFor {
      if case .faultSensed(let event) = $0 {
        event.vendorCode == "Trip" && !event.isActive
      } else {
        false
      }
    }
    #expect(isOver)
  }

  @Test("a fault of one chip is that chip's alone, and a dip of its supply is healed")
  func oneChip() throws {
    let bench = try BoardBench { plan in
      var evse = EVSEPlan(id: 2)
      Self.addSecond(&plan)
      if let second = plan.evses[0].connectors.popLast() { evse.connectors = [second] }
      evse.connectors[0].id = 1
      evse.connectors[0].meter?.name = "2.1"
      plan.evses.append(evse)
    }
    defer { bench.board.stop() }
    var missing = ChipFaults()
    missing.isMissing = true
    try bench.hardware.setFaults(missing, at: "meter 1.1")
    var faulted: Set<UInt32> = []
    _ = bench.waitUntil {
      for case .faultSensed(let event) in bench.take() where event.isActive {
        faulted.insert(event.evse)
      }
      return !faulted.isEmpty
    }
    #expect(faulted == [1])
    try bench.hardware.setFaults(ChipFaults(), at: "meter 1.1")
    let isWell = bench.waitFor {
      if case .faultSensed(let event) = $0 { event.evse == 1 && !event.isActive } else { false }
    }
    #expect(isWell)
    try bench.hardware.brownOut(at: "meter 2.1")
    let isNoticed = bench.waitFor {
      if case .faultSensed(let event) = $0 { event.evse == 2 && event.isActive } else { false }
    }
    #expect(isNoticed)
    let isHealed = bench.waitFor {
      if case .faultSensed(let event) = $0 { event.evse == 2 && !event.isActive } else { false }
    }
    #expect(isHealed)
  }
}

/// A board over simulated chips, looked at as the loop does.
final class BoardBench {
  let hardware: SimulatedHardware
  let board: HardwareBoard
  var outputs = Outputs()
  private var cards: [CardFound] = []

  init(_ change: (inout HardwarePlan) -> Void = { _ in }) throws {
    var plan = Self.plan()
    change(&plan)
    let layout = plan.evses.map { evse in
      EVSELayout {
        $0.id = evse.id
        $0.connectors = evse.connectors.map { connector in
          ConnectorLayout {
            $0.id = connector.id
            $0.hasPlugSense = connector.plugSense != nil
            $0.maximumMilliamperes = connector.maximumMilliamperes
            $0.phases = 1
          }
        }
      }
    }
    var settings = SimulationSettings()
    settings.car.requestAfterNanoseconds = 0
    hardware = SimulatedHardware(plan: plan, layout: layout, settings: settings)
    try hardware.start()
    board = try HardwareBoard(plan: plan, calibrations: [:], provider: hardware, wake: {})
    outputs.evses = plan.evses.map {
      EVSEOutputs(
        id: $0.id, connector: 0, isClosed: false, limitMilliamperes: 0,
        locks: $0.connectors.map { _ in LockOutput(isLocked: false, order: 0) })
    }
    _ = board.start(Station(), nowNanoseconds: now)
    let board = board
    guard waitUntil({ board.isReady }) else { throw BusError.timeout }
  }

  var now: Int64 { hardware.clock.nowNanoseconds }

  static func plan() -> HardwarePlan {
    var plan = HardwarePlan()
    var evse = EVSEPlan(id: 1)
    var connector = ConnectorPlan(id: 1)
    connector.maximumMilliamperes = 32_000
    var relay = RelayPlan(pin: 26, isActiveLow: false)
    relay.minimumOffNanoseconds = 0
    relay.feedback = InputPlan(pin: 16, isActiveLow: true)
    connector.relay = relay
    let place = SPIPlace(bus: 0, chipSelect: 1, selectPin: 25, hertz: 1_000_000)
    connector.meter = MeterPlan(
      place: place, shuntMicroohms: 2_000, dividerPermille: 2_046_455, name: "1.1")
    connector.plugSense = InputPlan(pin: 17, isActiveLow: true)
    evse.connectors = [connector]
    plan.evses = [evse]
    plan.readers = [ReaderPlan(chip: .pn532(I2CPlace(bus: 1, address: 0x24)))]
    return plan
  }

  /// Tells the board where everything shall be, as the loop does after each turn.
  func follow() { board.reconcile(outputs, nowNanoseconds: now) }

  func waitFor(_ wanted: (Observation) -> Bool) -> Bool {
    waitUntil { take().contains(where: wanted) }
  }

  func waitForCard() -> CardFound? {
    var found: CardFound?
    _ = waitUntil {
      _ = take()
      found = cards.first
      return found != nil
    }
    return found
  }

  func take() -> [Observation] {
    let found = board.take(nowNanoseconds: now)
    cards += board.takeCards()
    return found
  }

  func waitUntil(_ condition: () -> Bool) -> Bool {
    let end = now + 20_000_000_000
    while now < end {
      if condition() { return true }
      hardware.clock.sleep(nanoseconds: 5_000_000)
    }
    return false
  }
}
