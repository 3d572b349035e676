import Testing

@testable import Drivers

@Suite("a CS5460A whose supply or chip fails")
struct CS5460AChipTests {
  @Test("a brown-out is noticed within two seconds, healed, and its time is a gap")
  func brownOut() throws {
    let bench = try MeterBench.running()
    let before = bench.importMilliwattHours
    bench.chip.brownOut(nowNanoseconds: bench.clock.nowNanoseconds)
    bench.pass(milliseconds: 2_000)
    #expect(bench.states == [.failed(.wasReset)])
    bench.pass(milliseconds: 10_000)
    #expect(bench.states == [.failed(.wasReset), .measuring])
    #expect(bench.chip[.configuration] == 0x61)
    let first = try #require(bench.samples.first)
    #expect(first.quality.contains(.gap))
    #expect((1_000_000_000...3_500_000_000).contains(first.gapNanoseconds))
    let sample = try #require(bench.samples.last)
    #expect(sample.cyclesEstimated == 0)
    #expect(sample.gapNanoseconds == first.gapNanoseconds)
    let expected = before + bench.milliwattHours(bench.samples.map(\.reading))
    #expect(abs(sample.importMilliwattHours - expected) <= 1, "a reset chip resets no counter")
  }

  @Test("a supply that is away for a while is absent, then reset", arguments: [300, 3_000, 20_000])
  func dark(milliseconds: Int64) throws {
    let bench = try MeterBench.running()
    let before = bench.importMilliwattHours
    bench.chip.brownOut(
      nowNanoseconds: bench.clock.nowNanoseconds, duration: milliseconds * 1_000_000)
    bench.pass(milliseconds: milliseconds + 6_000)
    #expect(bench.states.last == .measuring)
    #expect(bench.states.contains(.failed(.wasReset)))
    #expect(bench.states.contains(.failed(.absent(level: 0))) == (milliseconds > 1_000))
    let sample = try #require(bench.samples.last)
    #expect(sample.gapNanoseconds >= milliseconds * 1_000_000)
    let expected = before + bench.milliwattHours(bench.samples.map(\.reading))
    #expect(abs(sample.importMilliwattHours - expected) <= 1)
  }

  @Test("a low supply is a reason to look at the registers at once, and no more")
  func sag() throws {
    let bench = try MeterBench.running()
    bench.chip.sag()
    bench.pass(milliseconds: 5_000)
    #expect(bench.states.isEmpty)
    bench.chip[.voltageGain] = 0x20_0000
    bench.chip.sag()
    bench.pass(milliseconds: 500)
    #expect(bench.states.first == .failed(.wasReset))
  }

  @Test("a chip that stops to compute is silent, and is set up again until it goes on")
  func stopped() throws {
    let bench = try MeterBench.running()
    bench.chip.faults.freeze = .conversions
    bench.pass(milliseconds: 2_500)
    #expect(bench.states == [.failed(.silent)])
    bench.pass(milliseconds: 30_000)
    #expect(bench.states == [.failed(.silent)])
    #expect(bench.meter.statistics.resets > 5)
    bench.chip.faults.freeze = nil
    bench.pass(milliseconds: 5_000)
    #expect(bench.states == [.failed(.silent), .measuring])
    let sample = try #require(bench.samples.last)
    #expect(sample.gapNanoseconds > 30_000_000_000)
    #expect(sample.cyclesEstimated == 0)
  }

  @Test("a chip that repeats itself under load is stale, and its energy is not counted")
  func repeating() throws {
    let bench = try MeterBench.running()
    let before = bench.importMilliwattHours
    bench.chip.faults.freeze = .registers
    bench.pass(milliseconds: 4_500)
    #expect(bench.states == [.failed(.stale)])
    #expect(bench.areAll(.stale))
    #expect(bench.samples.count >= 3)
    bench.pass(milliseconds: 60_000)
    #expect(bench.importMilliwattHours == before)
    #expect(bench.meter.statistics.resets > 5)
    bench.chip.faults.freeze = nil
    bench.pass(milliseconds: 4_000)
    #expect(bench.states == [.failed(.stale), .measuring])
    #expect(bench.samples.last?.gapNanoseconds ?? 0 > 55_000_000_000)
  }

  @Test("a chip that hung for two cycles only has them estimated")
  func hiccup() throws {
    let bench = try MeterBench.running()
    bench.chip.faults.freeze = .registers
    bench.pass(milliseconds: 2_000)
    bench.chip.faults.freeze = nil
    bench.pass(milliseconds: 3_000)
    #expect(bench.states.isEmpty)
    let sample = try #require(bench.samples.last)
    #expect(sample.cyclesEstimated == 2)
    #expect(sample.gapNanoseconds == 0)
  }

  @Test("without a load a chip may repeat itself")
  func repeatingIdle() throws {
    let bench = try MeterBench(load: SimulatedLoad(millivolts: 0, milliamperes: 0))
    bench.chip.noiseUnits = 0
    bench.pass(milliseconds: 60_000)
    #expect(bench.states == [.measuring])
    #expect(bench.samples.count >= 58)
  }

  @Test("a register that keeps nothing is named", arguments: [0, 2, 5, 13])
  func stuck(address: UInt8) throws {
    let bench = try MeterBench()
    bench.chip.faults.stuckRegisters[address] = 0x555501
    bench.pass(milliseconds: 10_000)
    #expect(bench.states == [.failed(.registerNotKept(address: address))])
    bench.chip.faults.stuckRegisters = [:]
    bench.pass(milliseconds: 3_000)
    #expect(bench.states.last == .measuring)
  }

  @Test("a status that always says ready does not count a cycle twice")
  func stuckReady() throws {
    let bench = try MeterBench.running()
    bench.chip.faults.stuckRegisters[15] = 0x9003C1
    bench.pass(milliseconds: 60_000)
    let ledger = bench.meter.account.ledger
    #expect(ledger.cyclesCounted + ledger.cyclesEstimated <= Int64(bench.history.count) + 10)
    bench.chip.faults.stuckRegisters = [:]
    bench.pass(milliseconds: 5_000)
    let sample = try #require(bench.samples.last)
    #expect(sample.cyclesCounted + sample.cyclesEstimated <= Int64(bench.history.count) + 10)
    #expect(bench.states.isEmpty || bench.states.last == .measuring)
  }

  @Test("commands that have no effect are told")
  func deaf() throws {
    let bench = try MeterBench()
    bench.chip.faults.isDeaf = true
    bench.pass(milliseconds: 10_000)
    // A chip that hears nothing says nothing: its line stays high.
    #expect(bench.states == [.failed(.absent(level: 0xFF))])
    bench.chip.faults.isDeaf = false
    bench.pass(milliseconds: 3_000)
    #expect(bench.states.last == .measuring)
  }

  @Test("a reset that never ends is given up after its looks")
  func endlessReset() throws {
    let bench = try MeterBench()
    bench.chip.faults.stuckRegisters[0] = 0x80
    bench.pass(milliseconds: 900)
    #expect(bench.states == [.failed(.notAnswering)])
    #expect(bench.wire.transactions <= 53)
  }

  @Test("an invalid command on the wire is healed by a synchronisation")
  func desynchronised() throws {
    let bench = try MeterBench.running()
    _ = try bench.wire.transaction([.transfer([0x01])])
    bench.pass(milliseconds: 5_000)
    #expect(bench.states.isEmpty)
    #expect(bench.meter.account.ledger.cyclesEstimated == 0)
    #expect(bench.meter.statistics.synchronisations == 2)
    bench.chip.faults.stuckRegisters[15] = 0x1003C0
    bench.pass(milliseconds: 1_500)
    #expect(bench.states == [.failed(.notAnswering)])
  }

  @Test("a load beyond full scale is flagged, a fault when it lasts, and heals")
  func outOfRange() throws {
    let bench = try MeterBench.running()
    bench.change(SimulatedLoad(millivolts: 230_000, milliamperes: 45_000))
    bench.pass(milliseconds: 2_500)
    #expect(bench.states.isEmpty)
    #expect(bench.samples.last?.quality == .outOfRange)
    bench.pass(milliseconds: 5_000)
    #expect(bench.states == [.failed(.outOfRange)])
    bench.change(MeterBench.kilowatts7)
    bench.pass(milliseconds: 8_000)
    #expect(bench.states == [.failed(.outOfRange), .measuring])
  }

  @Test("an energy that cannot be is replaced by voltage times current, and flagged")
  func implausible() throws {
    let bench = try MeterBench.running(
      SimulatedLoad(millivolts: 230_000, milliamperes: 16_000, powerFactorPermille: 900))
    let before = bench.importMilliwattHours
    bench.chip.faults.stuckRegisters[10] = 0x3F_FFFF
    bench.pass(milliseconds: 3_000)
    #expect(bench.areAll([.implausible, .estimated]))
    let booked = bench.importMilliwattHours - before
    #expect(abs(booked - 3 * 3_312_000 / 3_600) <= 5)
    bench.pass(milliseconds: 4_000)
    #expect(bench.states == [.failed(.implausible)])
    bench.chip.faults.stuckRegisters = [:]
    bench.pass(milliseconds: 7_000)
    #expect(bench.states == [.failed(.implausible), .measuring])
  }

  @Test("a voltage far from the mains' is implausible; none behind an open contactor is not")
  func voltage() throws {
    let bench = try MeterBench.running()
    bench.change(SimulatedLoad(millivolts: 150_000, milliamperes: 10_000))
    bench.pass(milliseconds: 8_000)
    #expect(bench.states == [.failed(.implausible)])
    bench.change(SimulatedLoad(millivolts: 0, milliamperes: 0))
    bench.pass(milliseconds: 8_000)
    #expect(bench.states == [.failed(.implausible), .measuring])
    bench.change(SimulatedLoad(millivolts: 0, milliamperes: 5_000))
    bench.pass(milliseconds: 8_000)
    #expect(bench.states.last == .failed(.implausible), "current without voltage")
  }
}
