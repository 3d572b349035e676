import Testing

@testable import Drivers

@Suite("a CS5460A whose wires, supply or chip fail")
struct CS5460AFaultTests {
  private func running(
    _ load: SimulatedLoad = MeterBench.kilowatts7, seed: UInt64 = 1
  ) throws -> MeterBench {
    let bench = try MeterBench(load: load, seed: seed)
    bench.pass(milliseconds: 10_300)
    #expect(bench.states == [.measuring])
    bench.forget()
    return bench
  }

  /// The energy of the chip's cycles that the counters must have.
  private func milliwattHours(_ bench: MeterBench, _ readings: [CycleReading]) -> Int64 {
    WideArithmetic.floor(
      2 * readings.reduce(0) { $0 + $1.energy }, by: bench.scale.attowattHoursPerHalfUnit,
      over: 1_000_000_000_000_000)
  }

  @Test(
    "without a chip, MISO low or high is told apart and nothing hangs", arguments: [0x00, 0xFF])
  func missing(level: UInt8) throws {
    let bench = try MeterBench()
    bench.wire.faults.isMissing = true
    bench.wire.faults.missingLevel = level
    bench.pass(milliseconds: 60_000)
    #expect(bench.states == [.failed(.absent(level: level))])
    #expect(bench.samples.isEmpty)
    #expect(bench.wire.transactions <= 61, "one look a second")
    bench.wire.faults.isMissing = false
    bench.pass(milliseconds: 3_000)
    #expect(bench.states == [.failed(.absent(level: level)), .measuring])
  }

  @Test("a wire that breaks while it charges is noticed within a second", arguments: [0x00, 0xFF])
  func broken(level: UInt8) throws {
    let bench = try running()
    bench.wire.faults.isMissing = true
    bench.wire.faults.missingLevel = level
    bench.pass(milliseconds: 1_000)
    #expect(bench.states == [.failed(.absent(level: level))])
    bench.pass(milliseconds: 9_000)
    bench.wire.faults.isMissing = false
    bench.pass(milliseconds: 4_000)
    #expect(bench.states.last == .measuring)
    // The chip has gone on: what it computed meanwhile is estimated, and the load did not change.
    let first = try #require(bench.samples.first)
    #expect(first.quality == .estimated)
    #expect((9...11).contains(first.cyclesEstimated))
    let sample = try #require(bench.samples.last)
    #expect(sample.gapNanoseconds == 0)
    #expect(sample.cyclesCounted + sample.cyclesEstimated == Int64(bench.history.count) + 10)
  }

  @Test("an outage of more than a minute is a gap, and no energy is made up for it")
  func longOutage() throws {
    let bench = try running()
    let before = bench.meter.account.ledger.importMilliwattHours
    bench.wire.faults.isGone = true
    bench.pass(milliseconds: 1_000)
    #expect(bench.states == [.failed(.bus(.gone))])
    bench.pass(milliseconds: 89_000)
    bench.wire.faults.isGone = false
    bench.pass(milliseconds: 5_000)
    #expect(bench.states == [.failed(.bus(.gone)), .measuring])
    let first = try #require(bench.samples.first)
    #expect(first.quality.contains(.gap))
    #expect(abs(first.gapNanoseconds - 90_000_000_000) < 2_000_000_000)
    #expect(first.cyclesEstimated == 0)
    let sample = try #require(bench.samples.last)
    let expected = before + milliwattHours(bench, bench.samples.map(\.reading))
    #expect(abs(sample.importMilliwattHours - expected) <= 1)
    #expect(bench.meter.statistics.resets == 1, "the chip kept its settings: it was not reset")
  }

  @Test("two garbled transactions are no fault, three are")
  func glitch() throws {
    let bench = try running()
    bench.wire.faults.isGone = true
    bench.pass(milliseconds: 350)
    bench.wire.faults.isGone = false
    bench.pass(milliseconds: 5_000)
    #expect(bench.states.isEmpty)
    #expect(bench.meter.statistics.busErrors == 2)
    #expect(bench.meter.account.ledger.cyclesEstimated == 0)
  }

  @Test("bits that flip on the way back cost repetitions, not energy", arguments: 1...10)
  func flips(seed: UInt64) throws {
    let bench = try running(seed: seed)
    let already = bench.meter.account.ledger.importMilliwattHours
    bench.wire.faults.flipPermille = 5
    bench.pass(milliseconds: 600_000)
    bench.wire.faults.flipPermille = 0
    bench.pass(milliseconds: 3_000)
    let sample = try #require(bench.samples.last)
    let truth = already + milliwattHours(bench, bench.history)
    // The load is steady: what had to be estimated is off by noise only.
    #expect(abs(sample.importMilliwattHours - truth) <= 10)
    #expect(sample.cyclesCounted + sample.cyclesEstimated == Int64(bench.history.count) + 10)
    #expect(sample.cyclesEstimated <= 6)
    #expect(bench.meter.statistics.repeatedReadings > 10)
    #expect(bench.samples.contains { $0.quality.contains(.noisy) })
    #expect(bench.meter.statistics.resets == 1, "a lost bit is no brown-out")
    #expect(!bench.states.contains { $0 != .measuring })
  }

  @Test("a bus that is slow changes nothing", arguments: [1, 20, 60, 150])
  func latency(milliseconds: Int64) throws {
    let bench = try running()
    bench.wire.faults.latencyNanoseconds = milliseconds * 1_000_000
    bench.pass(milliseconds: 60_000)
    let sample = try #require(bench.samples.last)
    #expect(bench.states.isEmpty)
    #expect(sample.cyclesEstimated == 0)
    #expect(sample.cyclesCounted >= 69)
    #expect(bench.samples.map(\.reading) == Array(bench.history.prefix(bench.samples.count)))
  }

  @Test("a bus so slow that cycles can no longer be counted makes up no energy, and says so")
  func crawl() throws {
    let bench = try running()
    bench.wire.faults.latencyNanoseconds = 900_000_000
    bench.pass(milliseconds: 300_000)
    bench.wire.faults.latencyNanoseconds = 0
    bench.pass(milliseconds: 5_000)
    let sample = try #require(bench.samples.last)
    let booked = sample.cyclesCounted + sample.cyclesEstimated - 10
    #expect(booked > 100)
    #expect(booked < Int64(bench.history.count))
    let unknown = (sample.gapNanoseconds + 500_000_000) / 1_000_000_000
    #expect(abs(booked + unknown - Int64(bench.history.count)) <= 1)
  }

  @Test("a brown-out is noticed within two seconds, healed, and its time is a gap")
  func brownOut() throws {
    let bench = try running()
    let before = bench.meter.account.ledger.importMilliwattHours
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
    let expected = before + milliwattHours(bench, bench.samples.map(\.reading))
    #expect(abs(sample.importMilliwattHours - expected) <= 1, "a reset chip resets no counter")
  }

  @Test("a supply that is away for a while is absent, then reset", arguments: [300, 3_000, 20_000])
  func dark(milliseconds: Int64) throws {
    let bench = try running()
    let before = bench.meter.account.ledger.importMilliwattHours
    bench.chip.brownOut(
      nowNanoseconds: bench.clock.nowNanoseconds, duration: milliseconds * 1_000_000)
    bench.pass(milliseconds: milliseconds + 6_000)
    #expect(bench.states.last == .measuring)
    #expect(bench.states.contains(.failed(.wasReset)))
    #expect(bench.states.contains(.failed(.absent(level: 0))) == (milliseconds > 1_000))
    let sample = try #require(bench.samples.last)
    #expect(sample.gapNanoseconds >= milliseconds * 1_000_000)
    let expected = before + milliwattHours(bench, bench.samples.map(\.reading))
    #expect(abs(sample.importMilliwattHours - expected) <= 1)
  }

  @Test("a low supply is a reason to look at the registers at once, and no more")
  func sag() throws {
    let bench = try running()
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
    let bench = try running()
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
    let bench = try running()
    let before = bench.meter.account.ledger.importMilliwattHours
    bench.chip.faults.freeze = .registers
    bench.pass(milliseconds: 4_500)
    #expect(bench.states == [.failed(.stale)])
    #expect(bench.samples.allSatisfy { $0.quality == .stale })
    #expect(bench.samples.count >= 3)
    bench.pass(milliseconds: 60_000)
    #expect(bench.meter.account.ledger.importMilliwattHours == before)
    #expect(bench.meter.statistics.resets > 5)
    bench.chip.faults.freeze = nil
    bench.pass(milliseconds: 4_000)
    #expect(bench.states == [.failed(.stale), .measuring])
    #expect(bench.samples.last?.gapNanoseconds ?? 0 > 55_000_000_000)
  }

  @Test("a chip that hung for two cycles only has them estimated")
  func hiccup() throws {
    let bench = try running()
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
    let bench = try running()
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
    let bench = try running()
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
    let bench = try running()
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
    let bench = try running(
      SimulatedLoad(millivolts: 230_000, milliamperes: 16_000, powerFactorPermille: 900))
    let before = bench.meter.account.ledger.importMilliwattHours
    bench.chip.faults.stuckRegisters[10] = 0x3F_FFFF
    bench.pass(milliseconds: 3_000)
    #expect(bench.samples.allSatisfy { $0.quality == [.implausible, .estimated] })
    let booked = bench.meter.account.ledger.importMilliwattHours - before
    #expect(abs(booked - 3 * 3_312_000 / 3_600) <= 5)
    bench.pass(milliseconds: 4_000)
    #expect(bench.states == [.failed(.implausible)])
    bench.chip.faults.stuckRegisters = [:]
    bench.pass(milliseconds: 7_000)
    #expect(bench.states == [.failed(.implausible), .measuring])
  }

  @Test("a voltage far from the mains' is implausible; none behind an open contactor is not")
  func voltage() throws {
    let bench = try running()
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

  @Test("two meters on one bus: the other goes on when one fails")
  func neighbours() throws {
    let clock = MeterClock()
    let sound = try MeterBench(clock: clock, seed: 1)
    let broken = try MeterBench(clock: clock, seed: 2)
    broken.wire.faults.isMissing = true
    for _ in 0..<600 {
      sound.pass(milliseconds: 50)
      broken.pass(milliseconds: 50)
    }
    #expect(sound.states == [.measuring])
    #expect(sound.samples.count >= 58)
    #expect(sound.samples.allSatisfy { $0.quality == [] })
    #expect(broken.states == [.failed(.absent(level: 0xFF))])
  }

  @Test("through random brown-outs, outages and flips no energy is made up", arguments: 1...10)
  func everything(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &* 31)
    let bench = try running(seed: seed)
    let already = bench.meter.account.ledger.importMilliwattHours
    for _ in 0..<60 {
      switch random.below(4) {
      case 0: bench.chip.brownOut(nowNanoseconds: bench.clock.nowNanoseconds)
      case 1: bench.wire.faults.isGone = true
      case 2: bench.wire.faults.flipPermille = 20
      default: bench.wire.faults.isMissing = true
      }
      bench.pass(milliseconds: Int64(random.below(5_000)))
      bench.wire.faults = ChipFaults()
      bench.pass(milliseconds: Int64(random.below(10_000)))
    }
    bench.pass(milliseconds: 5_000)
    #expect(bench.states.last == .measuring)
    let sample = try #require(bench.samples.last)
    let truth = already + milliwattHours(bench, bench.history)
    #expect(sample.importMilliwattHours <= truth + 2_044, "at most one cycle above the chip's own")
    #expect(sample.gapNanoseconds > 0)
    for (before, after) in zip(bench.samples, bench.samples.dropFirst()) {
      #expect(after.importMilliwattHours >= before.importMilliwattHours)
      #expect(after.importMilliwattHours - before.importMilliwattHours <= 60 * 2_050)
    }
  }
}
