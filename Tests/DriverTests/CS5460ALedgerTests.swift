import Testing

@testable import Drivers

@Suite("the energy ledger")
struct CS5460ALedgerTests {
  private func ledger(creep: Int64 = 0, inverted: Bool = false) throws -> EnergyLedger {
    EnergyLedger(
      scale: try MeterScale(try MeterBench.calibration()), isInverted: inverted,
      creepMilliwatts: creep)
  }

  @Test("a unit of the register is 0.868 uWh at 512 V and 50 A")
  func unit() throws {
    let scale = try MeterScale(try MeterBench.calibration())
    // Pfs * 1.024 / (2^23 * 3600), of which a half.
    let exact = 25_600.0 * 1.024 / (8_388_608 * 3_600) / 2 * 1e18
    #expect(abs(Double(scale.attowattHoursPerHalfUnit) - exact) < 1)
    #expect(scale.cycleNanoseconds == 1_000_000_000)
  }

  @Test("a century of full scale fits, and its last cycle still counts")
  func century() throws {
    var ledger = try ledger()
    let full: Int64 = 0x7F_FFFF
    let seconds: Int64 = 100 * 31_557_600
    ledger.book(full)
    ledger.bookMissed(seconds, between: full, and: full)
    let exact = Double(seconds) * 25_600 * 1.024 * Double(full) / 8_388_608 / 3.6
    let booked = ledger.importMilliwattHours
    #expect(abs(Double(booked) - exact) < exact * 1e-9)
    ledger.book(full)
    #expect((7_281...7_283).contains(ledger.importMilliwattHours - booked))
  }

  @Test("the sum of many small energies is the energy of their sum: nothing drifts")
  func drift() throws {
    var many = try ledger()
    for _ in 0..<1_000_000 { many.book(7) }
    var one = try ledger()
    for _ in 0..<10 { one.book(700_000) }
    #expect(many.importMilliwattHours == one.importMilliwattHours)
    #expect(many.importMilliwattHours == 6_076)
    #expect(many.cyclesCounted == 1_000_000)
  }

  @Test("import and export are apart, and never fall", arguments: 1...20)
  func directions(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    var ledger = try ledger(creep: 9_200, inverted: seed % 2 == 0)
    var sums: [Int64] = [0, 0, 0]
    let threshold = try MeterScale(MeterBench.calibration()).energyUnits(milliwatts: 9_200)
    for _ in 0..<2_000 {
      let energy = Int64(random.below(2 * 10_000)) - 10_000
      let before = (ledger.importMilliwattHours, ledger.exportMilliwattHours)
      let corrected = ledger.corrected(energy)
      ledger.book(corrected)
      #expect(ledger.importMilliwattHours >= before.0)
      #expect(ledger.exportMilliwattHours >= before.1)
      let place = abs(corrected) < threshold ? 2 : corrected > 0 ? 0 : 1
      sums[place] += place == 2 ? corrected : abs(corrected)
    }
    var alone = try self.ledger()
    alone.book(sums[0])
    alone.book(-sums[1])
    #expect(ledger.importMilliwattHours == alone.importMilliwattHours)
    #expect(ledger.exportMilliwattHours == alone.exportMilliwattHours)
    var creep = try self.ledger()
    creep.book(sums[2])
    let whole = creep.importMilliwattHours - creep.exportMilliwattHours
    #expect(ledger.creepMilliwattHours == whole)
  }

  @Test("missed cycles are the mean of their neighbours, exactly, also where that is a half")
  func halves() throws {
    var one = try ledger()
    one.bookMissed(2_000_000, between: 3, and: 4)
    var other = try ledger()
    for _ in 0..<1_000_000 { other.book(7) }
    #expect(one.importMilliwattHours == other.importMilliwattHours)
    #expect(one.cyclesEstimated == 2_000_000)
    #expect(one.cyclesCounted == 0)
  }

  @Test("a gap has a length and no energy")
  func gap() throws {
    var ledger = try ledger()
    ledger.book(1_000_000)
    let before = ledger.importMilliwattHours
    ledger.bookGap(nanoseconds: 5_000_000_000)
    ledger.bookGap(nanoseconds: -1)
    #expect(ledger.importMilliwattHours == before)
    #expect(ledger.gaps == 2)
    #expect(ledger.gapNanoseconds == 5_000_000_000)
  }
}

@Suite("the count of a chip's cycles")
struct CS5460ACycleCounterTests {
  private typealias Sighting = CycleCounter.Sighting
  private static let second: Int64 = 1_000_000_000
  /// Where the chip's boundaries are: at whole seconds behind it.
  private static let origin: Int64 = 50_000_000_000

  private func sighting(clear: Int64, set: Int64, begin: Int64? = nil) -> Sighting {
    Sighting(clearNanoseconds: clear, beginNanoseconds: begin ?? set, setNanoseconds: set)
  }

  /// A counter that has seen the boundary at `origin` between two polls.
  private func anchored(poll: Int64 = 200_000_000, phase: Int64 = 100_000_000) -> CycleCounter {
    var counter = CycleCounter(cycleNanoseconds: Self.second)
    let set = Self.origin + phase
    #expect(counter.advance(sighting(clear: set - poll, set: set)) == .first)
    return counter
  }

  @Test("for every phase of the polls and every length of a hole the count is right or open")
  func enumerated() {
    for phase in stride(from: Int64(1), to: 200, by: 13) {
      for crystal in [Int64(-200), 0, 200] {
        for hole in 1...58 {
          for late in stride(from: Int64(0), to: 1_000, by: 37) {
            check(phase: phase, crystal: crystal, hole: Int64(hole), late: late)
          }
        }
      }
    }
  }

  private func check(phase: Int64, crystal: Int64, hole: Int64, late: Int64) {
    var counter = anchored(phase: phase * 1_000_000)
    let period = Self.second - crystal * 1_000
    let set = Self.origin + hole * period + late * 999_000
    let clear = Self.origin + phase * 1_000_000 + 1_000
    let truth = (set - Self.origin) / period
    let verdict = counter.advance(sighting(clear: clear, set: set))
    let isRight =
      switch verdict {
      case .counted(let count): count == truth
      case .undecided(let range): range.contains(truth) && range.count == 2
      case .first, .jumped, .tooEarly, .lost: false
      }
    guard !isRight else { return }
    Issue.record("\(verdict): phase \(phase) crystal \(crystal) hole \(hole) late \(late)")
  }

  @Test("what was open is decided by the next sharp sighting")
  func decided() {
    var counter = anchored(phase: 100_000_000)
    let set = Self.origin + 3 * Self.second - 20_000_000
    let open = counter.advance(sighting(clear: Self.origin + 110_000_000, set: set))
    #expect(open == .undecided(2...3))
    let next = Self.origin + 3 * Self.second + 150_000_000
    #expect(counter.advance(sighting(clear: next - 200_000_000, set: next)) == .counted(3))
  }

  @Test("a bit that was lost on the wire ends no cycle")
  func tooEarly() {
    var counter = anchored()
    let set = Self.origin + 400_000_000
    #expect(!counter.canHaveAdvanced(by: set))
    #expect(counter.advance(sighting(clear: set - 200_000_000, set: set)) == .tooEarly)
    let next = Self.origin + 1_100_000_000
    #expect(counter.canHaveAdvanced(by: next))
    #expect(counter.advance(sighting(clear: next - 200_000_000, set: next)) == .counted(1))
  }

  @Test("a clock that is being set runs faster or slower by a twelfth, and no cycle is lost")
  func slewing() {
    for direction in [Int64(-1), 1] {
      var counter = anchored(phase: 50_000_000)
      var end = Self.origin
      for _ in 0..<1_000 {
        end += Self.second + direction * 83_000_000
        let set = end + 50_000_000
        #expect(counter.advance(sighting(clear: set - 200_000_000, set: set)) == .counted(1))
      }
    }
  }

  @Test("a chip that begins anew in the midst of a cycle has jumped, and nothing is made up")
  func jump() {
    var counter = anchored()
    let set = Self.origin + 1_600_000_000
    #expect(counter.advance(sighting(clear: set - 200_000_000, set: set)) == .jumped(1))
    let next = set + Self.second
    #expect(counter.advance(sighting(clear: next - 200_000_000, set: next)) == .counted(1))
  }

  @Test("after a minute counting begins anew")
  func lost() {
    var counter = anchored()
    let set = Self.origin + 62 * Self.second
    #expect(counter.advance(sighting(clear: Self.origin + 110_000_000, set: set)) == .lost)
  }
}
