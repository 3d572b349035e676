import ChargePiES
import Drivers
import Testing

@Suite("simulated cars and cables")
struct CarTests {
  @Test("a car asks for energy after its pause, and not a millisecond sooner")
  func requestDelay() throws {
    let bench = Bench { $0.car.requestAfterNanoseconds = 1_500_000_000 }
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    let early = bench.pass(milliseconds: 1_499, step: 1)
    #expect(early.readings.allSatisfy { $0.powerMilliwatts == 0 })
    let late = bench.pass(milliseconds: 1, step: 1)
    #expect(late.readings.map(\.powerMilliwatts) == [7_360_000], "the change is read at once")
  }

  @Test("the board wakes its loop when the car begins to draw, and when it leaves")
  func wakes() throws {
    let bench = Bench {
      $0.car.requestAfterNanoseconds = 700_000_000
      $0.car.unplugAfterNanoseconds = 5_300_000_000
    }
    bench.start()
    #expect(bench.board.dueNanoseconds == nil, "nothing is planned while nothing is there")
    let plugged = bench.moment
    try bench.plug()
    #expect(bench.board.dueNanoseconds == plugged + 700_000_000)
    bench.moment += 700_000_000
    _ = bench.take()
    #expect(bench.board.dueNanoseconds == plugged + 5_300_000_000)
  }

  @Test("a car that leaves by itself leaves on time, and its cable is out")
  func unplugAfter() throws {
    let bench = Bench { $0.car.unplugAfterNanoseconds = 3_000_000_000 }
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    let before = bench.pass(milliseconds: 2_999, step: 100)
    #expect(before.cables.isEmpty)
    let after = bench.pass(milliseconds: 1)
    #expect(after.cables.map(\.cable) == [.out])
    #expect(after.readings.last?.powerMilliwatts == 0)
    #expect(try bench.reading().counterMilliwattHours == 7_360_000 * 3 / 3_600)
  }

  @Test(
    "a car draws no more than is offered, and no more than it can",
    arguments: [
      (32_000, 16_000, 16_000), (10_000, 32_000, 10_000), (6_000, 6_000, 6_000),
    ])
  func limits(offer: Int, most: Int, drawn: Int64) throws {
    let bench = Bench { $0.car.maximumMilliamperes = Int64(most) }
    bench.start()
    try bench.plug()
    bench.command(closed: true, offer: Int64(offer))
    #expect(try bench.reading().currentMilliamperes == [drawn])
  }

  @Test(
    "phases are those that car and connector have both",
    arguments: [
      (UInt32(1), Int64(1), 1), (3, 1, 1), (1, 3, 1), (3, 3, 3), (3, 2, 2),
    ])
  func phases(connector: UInt32, car: Int64, common: Int) throws {
    let bench = Bench(phases: connector) { $0.car.phases = car }
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    let reading = try bench.reading()
    #expect(reading.currentMilliamperes.count == common)
    #expect(reading.voltageMillivolts.count == common)
    #expect(reading.powerMilliwatts == 7_360_000 * Int64(common))
  }

  @Test(
    "a car that changes its mind stops and goes on",
    arguments: [
      CarDemand.suspend, .notReady,
    ])
  func demand(demand: CarDemand) throws {
    let bench = Bench()
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    bench.pass(milliseconds: 36_000)
    try bench.board.demand(evse: 1, demand, nowNanoseconds: bench.moment)
    #expect(bench.take().readings.map(\.powerMilliwatts) == [0])
    let counter = try bench.reading().counterMilliwattHours
    #expect(counter == 73_600)
    bench.pass(milliseconds: 36_000)
    #expect(try bench.reading().counterMilliwattHours == counter)
    try bench.board.demand(evse: 1, .charge, nowNanoseconds: bench.moment)
    #expect(bench.take().readings.map(\.powerMilliwatts) == [7_360_000])
  }

  @Test("a demand without a car is impossible, a place that is not there is unknown")
  func impossible() throws {
    let bench = Bench()
    bench.start()
    #expect(throws: SimulationError.impossible("no car is connected")) {
      try bench.board.demand(evse: 1, .charge, nowNanoseconds: bench.moment)
    }
    try bench.plug()
    #expect(throws: SimulationError.impossible("a car is connected already")) { try bench.plug() }
    #expect(throws: SimulationError.unknownPlace) { try bench.plug(evse: 2) }
    #expect(throws: SimulationError.unknownPlace) { try bench.board.setLock(evse: 0, .ok) }
  }

  @Test(
    "a cable pulled at the car stays in a socket, and a fixed one is just out",
    arguments: [
      (true, CableState.socketOnly), (false, .out),
    ])
  func carSide(hasLock: Bool, cable: CableState) throws {
    let bench = Bench(hasLock: hasLock)
    bench.start()
    #expect(try bench.plug().cables.map(\.cable) == [.connected])
    try bench.board.unplug(evse: 1, connector: 1, carSideOnly: true, nowNanoseconds: bench.moment)
    #expect(bench.take().cables.map(\.cable) == [cable])
    try bench.board.unplug(evse: 1, connector: 1, carSideOnly: false, nowNanoseconds: bench.moment)
    #expect(bench.take().cables.map(\.cable) == (hasLock ? [.out] : []))
    try bench.board.unplug(evse: 1, connector: 1, carSideOnly: false, nowNanoseconds: bench.moment)
    #expect(bench.take().isEmpty, "what is out already stays out")
    #expect(try bench.plug().cables.map(\.cable) == [.connected])
  }

  @Test("an outlet says nothing about plugs, and its car draws all the same")
  func outlet() throws {
    let bench = Bench(hasPlugSense: false)
    #expect(bench.start().cables.isEmpty)
    #expect(try bench.plug().cables.isEmpty)
    #expect(bench.command(closed: true).readings.last?.powerMilliwatts == 7_360_000)
    try bench.board.unplug(evse: 1, connector: 1, carSideOnly: false, nowNanoseconds: bench.moment)
    let found = bench.take()
    #expect(found.cables.isEmpty)
    #expect(found.readings.map(\.powerMilliwatts) == [0])
  }

  @Test("after a restart the cables are where they were, and the car asks again")
  func restart() throws {
    let bench = Bench(evses: 2, hasLock: true) { $0.car.requestAfterNanoseconds = 1_000_000_000 }
    bench.station.evses[0].connectors[0].cable = .connected
    bench.station.evses[0].connectors[0].isLocked = true
    bench.station.evses[0].meter.reading.registerMilliwattHours = 4_711_000
    bench.station.evses[1].connectors[0].cable = .socketOnly
    let first = bench.start()
    #expect(first.cables.map(\.cable) == [.connected, .socketOnly])
    #expect(first.contactors == [false, false])
    #expect(first.readings.map(\.counterMilliwattHours) == [4_711_000, 0])
    #expect(first.readings.allSatisfy { $0.powerMilliwatts == 0 })
    #expect(first.locks.isEmpty)
    bench.command(closed: true)
    let found = bench.pass(milliseconds: 1_000, step: 100)
    #expect(found.readings.last?.powerMilliwatts == 7_360_000)
    #expect(throws: SimulationError.self) { try bench.plug() }
    try bench.plug(evse: 2)
  }
}
