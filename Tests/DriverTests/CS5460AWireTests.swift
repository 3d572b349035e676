import Testing

@testable import Drivers

@Suite("a CS5460A whose wires fail")
struct CS5460AWireTests {
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
    let bench = try MeterBench.running()
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
    let bench = try MeterBench.running()
    let before = bench.importMilliwattHours
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
    let expected = before + bench.milliwattHours(bench.samples.map(\.reading))
    #expect(abs(sample.importMilliwattHours - expected) <= 1)
    #expect(bench.meter.statistics.resets == 1, "the chip kept its settings: it was not reset")
  }

  @Test("two garbled transactions are no fault, three are")
  func glitch() throws {
    let bench = try MeterBench.running()
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
    let bench = try MeterBench.running(seed: seed)
    let already = bench.importMilliwattHours
    bench.wire.faults.flipPermille = 5
    bench.pass(milliseconds: 600_000)
    bench.wire.faults.flipPermille = 0
    bench.pass(milliseconds: 3_000)
    let sample = try #require(bench.samples.last)
    let truth = already + bench.milliwattHours(bench.history)
    // The load is steady: what had to be estimated is off by noise only.
    #expect(abs(sample.importMilliwattHours - truth) <= 10)
    #expect(sample.cyclesCounted + sample.cyclesEstimated == Int64(bench.history.count) + 10)
    #expect(sample.cyclesEstimated <= 6)
    #expect(bench.meter.statistics.repeatedReadings > 10)
    let noisy = bench.samples.filter { $0.quality.contains(.noisy) }
    #expect(noisy.count > 10)
    #expect(bench.meter.statistics.resets == 1, "a lost bit is no brown-out")
    let failures = bench.states.filter { $0 != .measuring }
    #expect(failures.isEmpty)
  }

  @Test("a bus that is slow changes nothing", arguments: [1, 20, 60, 150])
  func latency(milliseconds: Int64) throws {
    let bench = try MeterBench.running()
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
    let bench = try MeterBench.running()
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

  @Test("a cycle that ends anywhere within its reading: both are counted, or one is estimated")
  func boundaryWithinReading() throws {
    for place in 0..<36 {
      let bench = try MeterBench.running()
      guard case .computing(let begin, _, _, _) = bench.chip.run else {
        Issue.record("a chip that computes")
        return
      }
      // So late that the next cycle ends while the one before is being read, before this byte.
      bench.clock.nowNanoseconds = begin + 1_950_000_000
      let reading = bench.wire.transactions + 2
      bench.wire.stall = { [wire = bench.wire] in
        $0 == place && wire.transactions == reading ? 100_000_000 : 0
      }
      bench.step()
      bench.wire.stall = nil
      bench.pass(milliseconds: 4_000)
      let sample = try #require(bench.samples.last)
      #expect(sample.cyclesCounted + sample.cyclesEstimated == Int64(bench.history.count) + 10)
      // Up to the fifth byte the older energy has not yet been asked for.
      #expect(sample.cyclesEstimated == (place <= 4 ? 1 : 0), "byte \(place)")
      #expect(sample.gapNanoseconds == 0)
    }
  }

  @Test("two meters on one bus: the other goes on when one fails")
  func neighbours() throws {
    let clock = VirtualClock.meter()
    let sound = try MeterBench(clock: clock, seed: 1)
    let broken = try MeterBench(clock: clock, seed: 2)
    broken.wire.faults.isMissing = true
    for _ in 0..<600 {
      sound.pass(milliseconds: 50)
      broken.pass(milliseconds: 50)
    }
    #expect(sound.states == [.measuring])
    #expect(sound.samples.count >= 58)
    #expect(sound.areAll([]))
    #expect(broken.states == [.failed(.absent(level: 0xFF))])
  }

  @Test("through random brown-outs, outages and flips no energy is made up", arguments: 1...10)
  func everything(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &* 31)
    let bench = try MeterBench.running(seed: seed)
    let already = bench.importMilliwattHours
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
    let truth = already + bench.milliwattHours(bench.history)
    #expect(sample.importMilliwattHours <= truth + 2_044, "at most one cycle above the chip's own")
    #expect(sample.gapNanoseconds > 0)
    for (before, after) in zip(bench.samples, bench.samples.dropFirst()) {
      #expect(after.importMilliwattHours >= before.importMilliwattHours)
      #expect(after.importMilliwattHours - before.importMilliwattHours <= 60 * 2_050)
    }
  }

  @Test("two meters at simulated devices: each answers with its own load")
  func simulatedBus() throws {
    let clock = VirtualClock.meter()
    let world = SimulatedWorld()
    var samples: [[MeterSample]] = [[], []]
    let settings = CS5460A.Settings(scale: try MeterScale(MeterBench.calibration()))
    let meters = (0..<2).map { index in
      let chip = SimulatedCS5460A(
        fullScaleMicrovolts: 512_000_000, fullScaleMicroamperes: 50_000_000, seed: UInt64(index + 1)
      ) { _ in SimulatedLoad(millivolts: 230_000, milliamperes: Int64(index + 1) * 10_000) }
      let device = SimulatedSPIDevice(chip: chip, clock: clock, world: world)
      return CS5460A(
        device: device, clock: clock, settings: settings,
        onSample: { samples[index].append($0) }, onState: { #expect($0 == .measuring) })
    }
    for _ in 0..<200 {
      for meter in meters { _ = meter.run(nowNanoseconds: clock.nowNanoseconds) }
      clock.advance(nanoseconds: 100_000_000)
    }
    for (index, list) in samples.enumerated() {
      let last = try #require(list.last)
      #expect(abs(last.powerMilliwatts - Int64(index + 1) * 2_300_000) <= 1_000)
      #expect(last.cyclesCounted >= 18)
      #expect(last.cyclesEstimated == 0)
    }
  }
}
