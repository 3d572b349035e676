import Drivers
import Testing

@Suite("an HD44780 behind a PCF8574")
struct HD44780Tests {
  static let charging = ["Charging 1", "0.07 kWh  7.4 kW"]

  @Test("after power it shows what it shall, in its own time", arguments: HD44780Size.allCases)
  func power(size: HD44780Size) {
    let bench = DisplayBench(size)
    let lines = (0..<size.rows).map { row in
      String((0..<size.columns).map { Character(Unicode.Scalar(UInt8(65 + (row + $0) % 26))) })
    }
    bench.show(lines)
    bench.pass(milliseconds: 49)
    #expect(bench.bus.attempts == 0)
    bench.pass(milliseconds: 151)
    #expect(bench.chip.text == lines)
    #expect(bench.chip.isLit)
    #expect(bench.chip.timingViolations == 0)
    #expect(bench.chip.holdViolations == 0)
    #expect(bench.told.all == [nil])
  }

  @Test("no write is longer than 32 bytes, and no run holds the bus for 10 ms")
  func holds() {
    for size in HD44780Size.allCases {
      let bench = DisplayBench(size, verifies: true)
      bench.show([String](repeating: "čšžČŠŽäÄöÖüÜß\\~", count: size.rows))
      bench.pass(milliseconds: 61_000)
      #expect(bench.chip.longestWrite == 32)
      #expect(bench.longestHold < 10_000_000)
      #expect(bench.chip.timingViolations == 0)
    }
  }

  @Test("lines that are too long are cut, missing ones are empty")
  func lines() {
    let bench = DisplayBench()
    bench.show(["Pokažite kartico, prosim"])
    bench.pass(milliseconds: 200)
    #expect(bench.chip.text == ["Pokažite kartico", "                "])
    bench.show(["a", "b", "c"])
    bench.pass(milliseconds: 20)
    #expect(bench.chip.text == DisplayBench.padded(["a", "b"], .columns16Rows2))
  }

  static let edits: [([String], Int)] = [
    (["Charging 1", "0.08 kWh  7.4 kW"], 1 + 8),  // one digit
    (["Charging 1", "0.08 kWh  7.3 kW"], 18),  // two, far apart
    (["Charging 1", "1.17 kWh  7.4 kW"], 1 + 16),  // two with one between: one address
    (["Charging 1", "0.70 kWh  7.4 kW"], 1 + 12),  // two side by side
    (["Charging 1", "0.07 kWh  7.4 kW"], 0),
    (["Available 1", "Plug in"], 33 + 21 + 33 + 9 + 29),
  ]

  static let rests: [(HD44780Size, String, Bool, Int)] = [
    (.columns16Rows2, "Charging 1", false, 7),
    (.columns20Rows4, "Charging 1", false, 14),
    (.columns16Rows2, "čšžČŠŽÄÖ", false, 17),
    (.columns20Rows4, "čšžČŠŽÄÖ", false, 24),
    (.columns16Rows2, "Charging 1", true, 9),
  ]

  @Test(
    "only what differs is written: an address and the cells, 4 bytes each, and the bus's address",
    arguments: HD44780Tests.edits)
  func differences(lines: [String], bytes: Int) {
    let bench = DisplayBench()
    bench.show(Self.charging)
    bench.pass(milliseconds: 200)
    let before = bench.chip.busBytes
    bench.show(lines)
    bench.pass(milliseconds: 100)
    #expect(bench.chip.busBytes - before == bytes)
    #expect(bench.chip.text == DisplayBench.padded(lines, .columns16Rows2))
  }

  @Test(
    "a display at rest costs its bus what the driver's page says, in bytes of ten minutes",
    arguments: HD44780Tests.rests)
  func rest(size: HD44780Size, text: String, verifies: Bool, bytesPerSecond: Int) {
    let bench = DisplayBench(size, verifies: verifies)
    bench.show([text])
    bench.pass(milliseconds: 1_000)
    let before = bench.chip.busBytes
    bench.pass(milliseconds: 600_000)
    let bytes = bench.chip.busBytes - before
    #expect((bytes + 599) / 600 == bytesPerSecond)
    #expect(bench.told.all == [nil])
  }

  @Test("whoever wishes something wakes the bus's thread")
  func waking() {
    let bench = DisplayBench()
    let woken = Told<Int>()
    bench.display.onWish { woken.add(nil) }
    bench.display.show(["a"])
    bench.display.disturbed()
    #expect(woken.all.count == 2)
  }
}
