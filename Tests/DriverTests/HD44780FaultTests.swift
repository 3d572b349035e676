import Drivers
import Testing

@Suite("an HD44780 that is disturbed, or missing")
struct HD44780FaultTests {
  static let first = ["Charging 1", "0.07 kWh  7.4 kW"]
  static let second = ["Charging 1", "0.08 kWh  7.4 kW"]

  @Test("from any state of the chip the text is back half a second after a relay has moved")
  func anyState() {
    for seed in UInt64(1)...500 {
      let bench = DisplayBench(seed % 2 == 0 ? .columns16Rows2 : .columns20Rows4)
      bench.show(["Počakajte", "\(seed)"])
      bench.pass(milliseconds: 200)
      let text = bench.chip.text
      bench.chip.scramble(seed: seed)
      bench.disturb()
      bench.pass(milliseconds: 500)
      #expect(bench.chip.text == text, "seed \(seed)")
    }
  }

  @Test("what a relay's edge disturbs is not written before the contacts are at rest")
  func contacts() {
    let bench = DisplayBench()
    bench.show(Self.first)
    bench.pass(milliseconds: 200)
    let before = bench.bus.attempts
    bench.disturb()
    bench.pass(milliseconds: 299)
    #expect(bench.bus.attempts == before)
    bench.pass(milliseconds: 2)
    #expect(bench.bus.attempts > before)
  }

  /// Shows the second text as the last one; returns how long that took, in milliseconds.
  private func end(_ bench: DisplayBench) -> Int64 {
    let before = bench.clock.nowNanoseconds
    bench.display.show(Self.second)
    bench.display.end()
    return (bench.clock.nowNanoseconds - before) / 1_000_000
  }

  @Test("at the end what was shown last stands there, from any state of the chip")
  func farewell() {
    for seed in UInt64(1)...200 {
      let size = seed % 2 == 0 ? HD44780Size.columns16Rows2 : .columns20Rows4
      let bench = DisplayBench(size, verifies: seed % 3 == 0)
      bench.show(["Počakajte", "\(seed)"])
      bench.pass(milliseconds: 200)
      bench.chip.scramble(seed: seed)
      let milliseconds = end(bench)
      #expect(bench.chip.text == DisplayBench.padded(Self.second, size), "seed \(seed)")
      #expect(milliseconds < 200, "seed \(seed)")
    }
  }

  @Test("contacts that have just opened come to rest before the last words")
  func farewellAfterOpening() {
    let bench = DisplayBench()
    bench.show(Self.first)
    bench.pass(milliseconds: 200)
    bench.disturb()
    bench.pass(milliseconds: 100)
    bench.chip.scramble(seed: 1)
    let before = bench.bus.attempts
    let milliseconds = end(bench)
    #expect(bench.chip.text == Self.padded(Self.second))
    #expect(bench.bus.attempts > before)
    #expect((200..<400).contains(milliseconds))
  }

  @Test("a display that does not answer has one farewell at most, and keeps nobody waiting")
  func lostFarewell() {
    let bench = DisplayBench()
    bench.show(Self.first)
    bench.pass(milliseconds: 200)
    bench.bus.failure = .nack
    let before = bench.bus.attempts
    let milliseconds = end(bench)
    #expect(bench.bus.attempts == before + 1)
    #expect(milliseconds < 10)
    bench.display.end()
    #expect(bench.bus.attempts == before + 1)
  }

  @Test("lost nibbles garble the text, and 30.2 s later it is right", arguments: 1...5)
  func glitch(lost: Int) {
    let bench = DisplayBench()
    bench.show(Self.first)
    bench.pass(milliseconds: 200)
    bench.chip.losesNibbles = lost
    bench.show(Self.second)
    bench.pass(milliseconds: 20)
    #expect(bench.chip.text != Self.padded(Self.second), "the glitch has no effect")
    bench.pass(milliseconds: 30_200)
    #expect(bench.chip.text == Self.padded(Self.second))
  }

  @Test(
    "with read-back an odd number of lost nibbles is seen and healed at once", arguments: [1, 3])
  func readBack(lost: Int) {
    let bench = DisplayBench(verifies: true)
    bench.show(Self.first)
    bench.pass(milliseconds: 200)
    bench.chip.losesNibbles = lost
    bench.show(Self.second)
    bench.pass(milliseconds: 150)
    #expect(bench.chip.text == Self.padded(Self.second))
    #expect(bench.told.all == [nil])
  }

  @Test(
    "read-back finds every address right, wherever a text ends", arguments: HD44780Size.allCases)
  func addresses(size: HD44780Size) {
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let bench = DisplayBench(size, verifies: true)
        bench.show([])
        bench.pass(milliseconds: 200)
        let attempts = bench.bus.attempts
        var lines = [String](repeating: "", count: size.rows)
        lines[row] = String(repeating: " ", count: column) + "X"
        bench.show(lines)
        bench.pass(milliseconds: 100)
        // One write, two reads of a write and a read, one write: no waking.
        #expect(bench.bus.attempts - attempts == 6)
        #expect(bench.chip.text == DisplayBench.padded(lines, size))
      }
    }
  }

  @Test("a display that always reads back nonsense has failed, and is tried again ever more rarely")
  func nonsense() {
    let bench = DisplayBench(verifies: true)
    bench.bus.stuck = 0xFF
    bench.show(Self.first)
    bench.pass(milliseconds: 10_000)
    #expect(bench.told.all == [.mismatch])
    bench.bus.stuck = nil
    bench.pass(milliseconds: 30_000)
    #expect(bench.told.all == [.mismatch, nil])
    #expect(bench.chip.text == Self.padded(Self.first))
  }

  @Test(
    "a display that is not there is told once, and asked after 1, 2, 5, 10, 20, 30, 30 seconds",
    arguments: [BusError.nack, .gone, .timeout, .os(5)])
  func missing(error: BusError) {
    let bench = DisplayBench()
    bench.bus.failure = error
    bench.show(Self.first)
    bench.pass(milliseconds: 50)
    var attempts = 1
    #expect(bench.bus.attempts == attempts)
    for pause in [1, 2, 5, 10, 20, 30, 30] as [Int64] {
      bench.pass(milliseconds: pause * 1_000 - 2)
      #expect(bench.bus.attempts == attempts)
      bench.pass(milliseconds: 2)
      attempts += 1
      #expect(bench.bus.attempts == attempts)
    }
    #expect(bench.told.all == [.bus(error)])
  }

  @Test("a display that comes back shows what it shall by then")
  func returning() {
    let bench = DisplayBench()
    bench.show(Self.first)
    bench.pass(milliseconds: 200)
    bench.bus.failure = .nack
    bench.show(["Available 1"])
    bench.pass(milliseconds: 5_000)
    bench.show(Self.second)
    bench.chip.powerCycle(seed: 7, nowNanoseconds: bench.clock.nowNanoseconds)
    bench.bus.failure = nil
    bench.pass(milliseconds: 30_000)
    #expect(bench.chip.text == Self.padded(Self.second))
    #expect(bench.told.all == [nil, .bus(.nack), nil])
    // The pauses begin anew.
    bench.bus.failure = .nack
    bench.show(Self.first)
    bench.pass(milliseconds: 10)
    bench.bus.failure = nil
    bench.pass(milliseconds: 1_100)
    #expect(bench.chip.text == Self.padded(Self.first))
  }

  @Test("an error after any number of writes leaves nothing wrong behind")
  func anyWrite() {
    for grace in 0..<40 {
      let bench = DisplayBench()
      bench.bus.failure = .nack
      bench.bus.grace = grace
      bench.show(["Preverjanje čšž", "Počakajte"])
      bench.pass(milliseconds: 900)
      bench.bus.failure = nil
      bench.pass(milliseconds: 1_300)
      #expect(bench.chip.text == Self.padded(["Preverjanje čšž", "Počakajte"]), "\(grace)")
    }
  }

  @Test("a display that loses power for a moment is back with the next rewrite")
  func brownOut() {
    let bench = DisplayBench()
    bench.show(Self.first)
    bench.pass(milliseconds: 200)
    bench.chip.powerCycle(seed: 3, nowNanoseconds: bench.clock.nowNanoseconds)
    bench.pass(milliseconds: 30_200)
    #expect(bench.chip.text == Self.padded(Self.first))
    #expect(bench.chip.timingViolations == 0)
  }

  private static func padded(_ lines: [String]) -> [String] {
    DisplayBench.padded(lines, .columns16Rows2)
  }
}
