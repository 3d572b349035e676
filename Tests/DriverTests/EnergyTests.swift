import ChargePiES
import Testing

@testable import Drivers

@Suite("the simulated meter integrates exactly")
struct EnergyTests {
  /// Milliwatt-hours of a load over a time, in numbers as wide as needed.
  private func exact(_ milliwatts: Int64, nanoseconds: Int64, speed: Int64) -> Int64 {
    let (high, low) = milliwatts.multipliedFullWidth(by: nanoseconds / 1_000 * speed)
    return Int64(3_600_000_000).dividingFullWidth((high, low)).quotient
  }

  @Test("many small steps count what one large step counts", arguments: 1...100)
  func steps(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let speed = Int64([1, 7, 60, 3_600, 100_000][random.below(5)])
    let begin = Int64(1 + random.below(1_000_000_000))
    var small = SimulatedMeter(counterMilliwattHours: 123, voltageMillivolts: 229_731)
    small.milliamperes = Int64(random.below(64_000))
    small.phases = Int64(1 + random.below(3))
    var large = small
    _ = small.advance(to: begin, speed: speed)
    _ = large.advance(to: begin, speed: speed)
    var moment = begin
    var sum: Int64 = 0
    for _ in 0..<2_000 {
      moment += Int64(random.below([1, 999, 1_000, 999_999, 3_000_000_000][random.below(5)]) + 1)
      let energy = small.advance(to: moment, speed: speed)
      #expect(energy >= 0)
      sum += energy
    }
    let whole = large.advance(to: moment, speed: speed)
    #expect(small.counterMilliwattHours == 123 + sum)
    #expect(abs(sum - whole) <= 1)
    let truth = exact(small.powerMilliwatts, nanoseconds: moment - begin, speed: speed)
    #expect(abs(sum - truth) <= 1)
  }

  @Test("loads that change are counted to a milliwatt-hour in all", arguments: 1...50)
  func changingLoads(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed) &* 17)
    var meter = SimulatedMeter(counterMilliwattHours: 0, voltageMillivolts: 230_000)
    _ = meter.advance(to: 1_000, speed: 1)
    var moment: Int64 = 1_000
    var milliwattMicroseconds: Int64 = 0
    for _ in 0..<1_000 {
      meter.milliamperes = Int64(random.below(32_001))
      let step = Int64(random.below(2_000_000)) * 1_000
      moment += step
      _ = meter.advance(to: moment, speed: 1)
      milliwattMicroseconds += meter.powerMilliwatts * (step / 1_000)
    }
    #expect(meter.counterMilliwattHours == milliwattMicroseconds / 3_600_000_000)
  }

  @Test("a clock that stands still or goes back counts nothing")
  func standing() {
    var meter = SimulatedMeter(counterMilliwattHours: 5, voltageMillivolts: 230_000)
    meter.milliamperes = 32_000
    _ = meter.advance(to: 10_000_000_000, speed: 1)
    #expect(meter.advance(to: 10_000_000_000, speed: 1) == 0)
    #expect(meter.advance(to: 9_000_000_000, speed: 1) == 0)
    #expect(meter.advance(to: 10_000_000_000, speed: 1) == 0)
    #expect(meter.counterMilliwattHours == 5)
  }

  @Test(
    "an hour at 7.36 kW is 7.36 kWh, whenever it is looked at", arguments: [1_000, 333, 60_000])
  func anHour(step: Int) throws {
    let bench = Bench { $0.car.chargePermille = 0 }
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    bench.pass(milliseconds: 3_600_000, step: Int64(step))
    let reading = try bench.reading()
    #expect(reading.powerMilliwatts == 7_360_000)
    #expect(reading.counterMilliwattHours == 7_360_000)
  }

  @Test("the car receives what the meter counts: its state of charge follows")
  func stateOfCharge() throws {
    let bench = Bench { $0.speed = 60 }
    bench.start()
    try bench.plug()
    #expect(try bench.reading().stateOfChargePermille == 500)
    bench.command(closed: true)
    bench.pass(milliseconds: 60_000)
    let reading = try bench.reading()
    #expect(reading.counterMilliwattHours == 7_360_000)
    #expect(reading.stateOfChargePermille == 684, "7.36 of 40 kWh more than the half")
  }

  @Test("from four fifths on the car takes less and less, never more than before, and then nothing")
  func taper() throws {
    let bench = Bench {
      $0.speed = 600
      $0.car.chargePermille = 780
    }
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    let readings = bench.pass(milliseconds: 120_000).readings
    let currents = readings.compactMap(\.currentMilliamperes.first)
    #expect(zip(currents, currents.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(currents.first == 32_000)
    #expect(currents.last == 0)
    #expect(Set(currents).count > 10)
    for (before, reading) in zip(readings, readings.dropFirst()) {
      let charge = try #require(before.stateOfChargePermille)
      #expect(charge <= 1_000)
      if charge <= 800 { #expect(reading.currentMilliamperes == [32_000]) }
      if charge >= 1_000 { #expect(reading.currentMilliamperes == [0]) }
    }
    #expect(readings.last?.stateOfChargePermille == 1_000)
  }
}
