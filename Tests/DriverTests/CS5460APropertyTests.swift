import Testing

@testable import Drivers

/// Works out from the outside what a meter's counters must say: which of the chip's cycles the
/// driver has seen follows from its samples, everything else from the chip's own history.
struct MeterAudit {
  let scale: MeterScale
  /// What the chip has measured over the same cycles.
  private(set) var truth: Int64 = 0
  /// What estimates may be off: m * T * |dP| / 2.
  private(set) var bound: Int64 = 0
  /// What they may be off when the load turned within a hole: m * T * spread.
  private(set) var spreadBound: Int64 = 0
  private(set) var seen: Int64 = 0
  private(set) var missed: Int64 = 0
  private(set) var firstIndex = 0
  private(set) var lastIndex = 0

  init(_ bench: MeterBench) throws {
    scale = bench.scale
    let history = bench.history
    var indices: [Int] = []
    var counted: Int64 = 0
    var from = 0
    for sample in bench.samples {
      let index = try #require(history[from...].firstIndex(of: sample.reading))
      // Two more: the cycle before was read, too, at the boundary between them.
      if sample.cyclesCounted == counted + 2 { indices.append(index - 1) }
      indices.append(index)
      counted = sample.cyclesCounted
      from = index + 1
    }
    firstIndex = try #require(indices.first)
    lastIndex = try #require(indices.last)
    seen = Int64(indices.count)
    for (before, after) in zip(indices, indices.dropFirst()) where after > before + 1 {
      addHole(history[before...after].map(\.energy))
    }
    truth = history[firstIndex...lastIndex].reduce(0) { $0 + 2 * $1.energy }
  }

  private mutating func addHole(_ energies: [Int64]) {
    guard let first = energies.first, let last = energies.last, let least = energies.min(),
      let most = energies.max()
    else { return }
    let count = Int64(energies.count - 2)
    missed += count
    // In half units; noise of fifty units at each end.
    bound += count * (abs(last - first) + 200)
    spreadBound += 2 * count * (most - least)
  }

  /// Milliwatt-hours of half units.
  func milliwattHours(_ halfUnits: Int64) -> Int64 {
    WideArithmetic.floor(halfUnits, by: scale.attowattHoursPerHalfUnit, over: 1_000_000_000_000_000)
  }
}

@Suite("the meter's ledger, under any load and any delay")
struct CS5460APropertyTests {
  @Test(
    "without stalls every cycle is read, whatever the crystal and the jitter", arguments: 1...20)
  func complete(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let bench = try MeterBench(seed: UInt64(seed))
    bench.chip.clockPpm = Int64(random.below(401)) - 200
    bench.pass(milliseconds: 3_000)
    for _ in 0..<300 {
      bench.change(randomLoad(&random))
      bench.pass(milliseconds: 1_000) { Int64(random.below(700_000_000)) }
    }
    let audit = try MeterAudit(bench)
    let last = try #require(bench.samples.last)
    #expect(audit.missed == 0)
    #expect(last.cyclesEstimated == 0)
    #expect(last.cyclesCounted == audit.seen)
    #expect(audit.firstIndex == 0)
    #expect(audit.lastIndex >= bench.history.count - 2)
    #expect(last.importMilliwattHours == audit.milliwattHours(audit.truth))
    #expect(bench.areAll([]))
    #expect(bench.states == [.measuring])
  }

  @Test("through stalls the seen are exact and the missed within m T |dP| / 2", arguments: 1...30)
  func stalls(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) &* 7_919)
    let bench = try MeterBench(seed: UInt64(seed))
    bench.chip.clockPpm = Int64(random.below(401)) - 200
    bench.pass(milliseconds: 3_000)
    stall(bench, SeededRandom(seed: UInt64(seed)), milliseconds: 20)
    // The load climbs or falls for a whole minute: it never turns within a hole of five seconds.
    var amperes: Int64 = 4_000
    var slope: Int64 = 0
    for second in 0..<600 {
      if second % 60 == 0 { slope = amperes > 16_000 ? -1 : 1 }
      if second % 60 < 50 { amperes += slope * Int64(random.below(400)) }
      amperes = min(32_000, max(2_000, amperes))
      bench.change(SimulatedLoad(millivolts: 230_000, milliamperes: amperes))
      bench.pass(milliseconds: 1_000) { lateness(&random) }
    }
    try check(bench, turning: false)
  }

  @Test("a load that turns within a hole is off by its spread at most", arguments: 1...20)
  func wild(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) &* 104_729)
    let bench = try MeterBench(seed: UInt64(seed))
    bench.chip.clockPpm = Int64(random.below(401)) - 200
    bench.pass(milliseconds: 3_000)
    stall(bench, SeededRandom(seed: UInt64(seed) &* 3), milliseconds: 2_000)
    for _ in 0..<600 {
      bench.change(randomLoad(&random))
      bench.pass(milliseconds: Int64(200 + random.below(1_500))) { lateness(&random) }
    }
    try check(bench, turning: true)
  }

  private func check(_ bench: MeterBench, turning: Bool) throws {
    // A few calm seconds settle what the last stall left open.
    bench.wire.stall = nil
    bench.pass(milliseconds: 3_000)
    let audit = try MeterAudit(bench)
    let last = try #require(bench.samples.last)
    #expect(last.cyclesCounted == audit.seen)
    #expect(last.cyclesEstimated == audit.missed)
    #expect(audit.missed > 0)
    let off = abs(last.importMilliwattHours - audit.milliwattHours(audit.truth))
    #expect(off <= 1 + audit.milliwattHours(turning ? audit.spreadBound : audit.bound))
    #expect(last.gapNanoseconds == 0)
    #expect(bench.states == [.measuring])
    for (before, after) in zip(bench.samples, bench.samples.dropFirst()) {
      #expect(after.importMilliwattHours >= before.importMilliwattHours)
      let isEstimated = after.cyclesEstimated > before.cyclesEstimated
      #expect(after.quality.contains(.estimated) == isEstimated)
    }
  }

  private func randomLoad(_ random: inout SeededRandom) -> SimulatedLoad {
    SimulatedLoad(
      millivolts: 215_000 + Int64(random.below(30_000)),
      milliamperes: 1_000 + Int64(random.below(31_000)),
      powerFactorPermille: 900 + Int64(random.below(101)))
  }

  /// Mostly little; one call in forty is up to five seconds late.
  private func lateness(_ random: inout SeededRandom) -> Int64 {
    random.below(40) == 0 ? Int64(random.below(5_000)) * 1_000_000 : Int64(random.below(20_000_000))
  }

  /// One byte in four hundred waits, in the midst of a transaction.
  private func stall(_ bench: MeterBench, _ seeded: SeededRandom, milliseconds: Int) {
    var random = seeded
    bench.wire.stall = { _ in
      random.below(400) == 0 ? Int64(random.below(milliseconds)) * 1_000_000 : 0
    }
  }
}
