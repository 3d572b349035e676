import Testing

@testable import Drivers

@Suite("the driver of the CS5460A")
struct CS5460ADriverTests {
  @Test("it sets the chip up and reports one sample a cycle, with the load's values")
  func measures() throws {
    let bench = try MeterBench(
      load: SimulatedLoad(millivolts: 231_000, milliamperes: 16_000, powerFactorPermille: 950))
    bench.pass(milliseconds: 10_300)
    #expect(bench.states == [.measuring])
    #expect(bench.samples.count == 10)
    let sample = try #require(bench.samples.last)
    #expect(abs(sample.voltageMillivolts - 231_000) <= 2)
    #expect(abs(sample.currentMilliamperes - 16_000) <= 1)
    #expect(abs(sample.powerMilliwatts - 3_511_200) <= 200)
    #expect(sample.quality == [])
    #expect(sample.cyclesCounted == 10)
    #expect(sample.cyclesEstimated == 0)
    #expect(bench.samples.map(\.reading) == bench.history)
  }

  @Test("an hour at 7.36 kW is 7.36 kWh: the factor 4096/4000 is neither missing nor twice there")
  func anHour() throws {
    let bench = try MeterBench()
    bench.pass(milliseconds: 3_600_300)
    let sample = try #require(bench.samples.last)
    #expect(sample.cyclesCounted == 3_600)
    #expect(abs(sample.importMilliwattHours - 7_360_000) <= 40, "noise, and 5 ppm")
    #expect(sample.exportMilliwattHours == 0)
  }

  @Test("every N gives the same energy", arguments: [800, 1_600, 2_400, 4_000])
  func cycleCounts(count: Int64) throws {
    let bench = try MeterBench { $0.cycleCount = count }
    bench.pass(milliseconds: 60_020 + count / 16)
    let sample = try #require(bench.samples.last)
    #expect(sample.cyclesCounted == 60 * 4_000 / count)
    #expect(abs(sample.importMilliwattHours - 122_666) <= 12)
    #expect(abs(sample.powerMilliwatts - 7_360_000) <= 1_000)
  }

  @Test("the range of 50x measures as well")
  func fiftyfold() throws {
    // A shunt of a milliohm: 250 A at a gain of 10, 50 A at 50.
    let bench = try MeterBench(
      chipMicroamperes: 250_000_000,
      calibration: {
        $0.currentRange = .fiftyfold
      })
    bench.pass(milliseconds: 5_000)
    let sample = try #require(bench.samples.last)
    #expect(abs(sample.currentMilliamperes - 32_000) <= 2)
    #expect(abs(sample.powerMilliwatts - 7_360_000) <= 1_000)
  }

  @Test("what is written is the calibration, and what is read is compared every minute")
  func verification() throws {
    let bench = try MeterBench {
      $0.voltageGain = 0x41_0000
      $0.currentDCOffset = -1_234
      $0.powerOffset = -7
      $0.timebase = 0x80_0010
    }
    bench.pass(milliseconds: 3_000)
    #expect(bench.chip[.voltageGain] == 0x41_0000)
    #expect(bench.chip[.currentDCOffset] == 0xFF_FB2E)
    #expect(bench.chip[.powerOffset] == 0xFF_FFF9)
    #expect(bench.chip[.timebase] == 0x80_0010)
    #expect(bench.chip[.configuration] == 0x61)
    #expect(bench.chip[.control] == 4)
    bench.chip[.voltageGain] = 0x42_0000
    bench.pass(milliseconds: 62_000)
    #expect(bench.chip[.voltageGain] == 0x41_0000)
    #expect(bench.states == [.measuring, .failed(.wasReset), .measuring])
  }

  @Test("a poll costs one transaction, a cycle one more: six a second, 80 bytes")
  func cost() throws {
    let bench = try MeterBench()
    bench.pass(milliseconds: 5_000)
    let transactions = bench.wire.transactions
    let bytes = bench.wire.bytes
    bench.pass(milliseconds: 600_000)
    // Ten verifications of 44 bytes and their synchronisation are in it.
    #expect(bench.wire.transactions - transactions <= 600 * 6 + 12)
    #expect(bench.wire.bytes - bytes <= 600 * 53 + 600)
    #expect(bench.meter.statistics.transactions == Int64(bench.wire.transactions))
    #expect(bench.meter.statistics.resets == 1)
  }

  @Test("import and export are separate counters, and an inverted sensor swaps them")
  func signs() throws {
    let feeding = SimulatedLoad(
      millivolts: 230_000, milliamperes: 10_000, powerFactorPermille: -1_000)
    for isInverted in [false, true] {
      let bench = try MeterBench(settings: { $0.isInverted = isInverted })
      bench.pass(milliseconds: 10_200)
      bench.change(feeding)
      bench.pass(milliseconds: 20_000)
      let sample = try #require(bench.samples.last)
      let counters = [sample.importMilliwattHours, sample.exportMilliwattHours]
      let large = isInverted ? counters[1] : counters[0]
      let small = isInverted ? counters[0] : counters[1]
      #expect(abs(large - 10 * 7_360_000 / 3_600) <= 1_500, "the change is within a cycle")
      #expect(abs(small - 20 * 2_300_000 / 3_600) <= 1_500)
      #expect((sample.powerMilliwatts < 0) != isInverted)
    }
  }

  @Test("an idle station registers nothing, whatever creeps")
  func creep() throws {
    let bench = try MeterBench(load: MeterBench.nothing)
    bench.chip.creepMilliwatts = 8_000
    bench.pass(milliseconds: 3_600_000)
    let sample = try #require(bench.samples.last)
    #expect(sample.importMilliwattHours == 0)
    #expect(sample.exportMilliwattHours == 0)
    #expect(sample.quality == .creep)
    #expect(abs(bench.meter.account.ledger.creepMilliwattHours - 8_000) <= 20)
    bench.change(SimulatedLoad(millivolts: 230_000, milliamperes: 50))
    bench.pass(milliseconds: 3_600_000)
    let after = try #require(bench.samples.last)
    #expect(abs(after.importMilliwattHours - 19_500) <= 40, "50 mA are a load")
    #expect(after.quality == [])
  }

  @Test("four meters on one bus: none disturbs another, and each has its own load")
  func four() throws {
    let clock = VirtualClock.meter()
    let benches = try (1...4).map { number in
      try MeterBench(
        load: SimulatedLoad(millivolts: 230_000, milliamperes: Int64(number) * 4_000),
        clock: clock, seed: UInt64(number))
    }
    let end = clock.nowNanoseconds + 600_000_000_000
    var dues = benches.map { _ in clock.nowNanoseconds }
    while clock.nowNanoseconds < end {
      let next = dues.indices.min { dues[$0] < dues[$1] } ?? 0
      clock.nowNanoseconds = max(clock.nowNanoseconds, dues[next])
      dues[next] = benches[next].meter.run(nowNanoseconds: clock.nowNanoseconds)
    }
    for (index, bench) in benches.enumerated() {
      let sample = try #require(bench.samples.last)
      #expect(bench.states == [.measuring])
      #expect(sample.cyclesCounted >= 598)
      #expect(sample.cyclesEstimated == 0)
      #expect(sample.quality == [])
      let exact = Int64(index + 1) * 920_000 * sample.cyclesCounted / 3_600
      #expect(abs(sample.importMilliwattHours - exact) <= 20)
    }
    let transactions = benches.map(\.wire.transactions).reduce(0, +)
    #expect(transactions <= 600 * 25, "24 a second for all four")
  }
}
