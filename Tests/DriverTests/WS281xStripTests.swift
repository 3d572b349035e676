import ChargePiES
import Testing

@testable import Drivers

@Suite("a strip of lamps")
struct WS281xStripTests {
  static let green = Colour(red: 0, green: 255, blue: 0)
  static let red = Colour(red: 255, green: 0, blue: 0)

  private func colours(_ bench: StripBench) -> [Colour] {
    bench.chip.shown.map { Colour(red: $0.red, green: $0.green, blue: $0.blue) }
  }

  @Test("each connector has its segment; without a lamp it is dark")
  func segments() {
    let bench = StripBench(segments: [2, 1, 3])
    bench.strip.show([Lamp(Self.green), Lamp(Self.red)])
    bench.pass(milliseconds: 10)
    #expect(colours(bench) == [Self.green, Self.green, Self.red, .black, .black, .black])
    bench.strip.show([Lamp(Self.red, .off), Lamp(Self.green), Lamp(.white), Lamp(.white)])
    bench.wake()
    bench.pass(milliseconds: 110)
    #expect(colours(bench) == [.black, .black, Self.green, .white, .white, .white])
    #expect(bench.chip.wrongPatterns == 0)
    #expect(bench.told.all == [nil])
  }

  @Test("at rest a frame goes out every 0.9 s: eight LEDs are 181 bytes a second")
  func rest() {
    let bench = StripBench(segments: [8])
    bench.strip.show([Lamp(Self.green)])
    bench.pass(milliseconds: 90_000)
    #expect(bench.chip.frames == 100)
    #expect(bench.chip.busBytes == 100 * 163)
  }

  @Test("colours that a glitch has turned are right within a second")
  func glitch() {
    let bench = StripBench(segments: [4])
    bench.strip.show([Lamp(Self.green)])
    bench.pass(milliseconds: 500)
    for byte in WS281xRate.threeBits.encode([9, 9, 9]) {
      _ = bench.chip.exchange(byte, nowNanoseconds: bench.clock.nowNanoseconds)
    }
    #expect(colours(bench)[0] != Self.green)
    bench.pass(milliseconds: 1_000)
    #expect(colours(bench) == [Colour](repeating: Self.green, count: 4))
  }

  static let blinking: [(LampPattern, Int64, Int)] = [
    (.slowBlink, 1_000, 10), (.fastBlink, 200, 50),
  ]

  @Test("blinking is on and off for its time, and costs no more frames", arguments: blinking)
  func blinks(pattern: LampPattern, periodMilliseconds: Int64, edges: Int) {
    let bench = StripBench(segments: [1])
    bench.clock.nowNanoseconds = 100_000_000_000
    bench.strip.show([Lamp(Self.red, pattern)])
    for turn in 0..<edges {
      bench.pass(milliseconds: periodMilliseconds)
      #expect(colours(bench) == [turn % 2 == 0 ? Self.red : .black])
    }
    // Ten seconds: slow ones are refreshed in between.
    #expect(bench.chip.frames == (pattern == .slowBlink ? 2 * edges : edges))
  }

  @Test("however often colours change, there are at most ten frames a second")
  func often() {
    let bench = StripBench(segments: [1])
    for turn in 0..<1_000 {
      bench.strip.show([Lamp(turn % 2 == 0 ? Self.red : Self.green, .fastBlink)])
      if turn % 97 == 0 { bench.strip.flash() }
      bench.wake()
      bench.pass(milliseconds: 10)
    }
    #expect((40...101).contains(bench.chip.frames))
    bench.strip.show([Lamp(Self.green)])
    bench.wake()
    bench.pass(milliseconds: 500)
    #expect(colours(bench) == [Self.green])
  }

  @Test("a card turns everything white, once, for 0.3 s")
  func flash() {
    let bench = StripBench(segments: [1, 2])
    bench.strip.show([Lamp(Self.green), Lamp(Self.red)])
    bench.pass(milliseconds: 500)
    bench.strip.flash()
    bench.wake()
    bench.pass(milliseconds: 299)
    #expect(colours(bench) == [.white, .white, .white])
    bench.pass(milliseconds: 2)
    #expect(colours(bench) == [Self.green, Self.red, Self.red])
    bench.pass(milliseconds: 5_000)
    #expect(colours(bench) == [Self.green, Self.red, Self.red])
  }

  @Test("the flash keeps to the power budget as everything does")
  func flashPower() {
    let bench = StripBench(segments: [8], budgetMilliamperes: 248)
    bench.strip.flash()
    bench.pass(milliseconds: 50)
    #expect(colours(bench)[0] == Colour(red: 127, green: 127, blue: 127))
  }

  @Test("a bus that fails is told once, and tried after 1, 2, 5, 10, 20, 30, 30 seconds")
  func failing() {
    let bench = StripBench(segments: [1])
    bench.bus.failure = .gone
    bench.strip.show([Lamp(Self.red, .fastBlink)])
    bench.pass(milliseconds: 1)
    var attempts = 1
    #expect(bench.bus.attempts == attempts)
    for pause in [1, 2, 5, 10, 20, 30, 30] as [Int64] {
      bench.pass(milliseconds: pause * 1_000 - 1)
      #expect(bench.bus.attempts == attempts)
      bench.pass(milliseconds: 1)
      attempts += 1
      #expect(bench.bus.attempts == attempts)
    }
    bench.bus.failure = nil
    bench.strip.show([Lamp(Self.green)])
    bench.pass(milliseconds: 30_000)
    #expect(colours(bench) == [Self.green])
    #expect(bench.told.all == [.bus(.gone), nil])
  }

  @Test("at the end it goes dark")
  func ending() {
    let bench = StripBench(segments: [3])
    bench.strip.show([Lamp(Self.red)])
    bench.pass(milliseconds: 10)
    bench.strip.end()
    #expect(colours(bench) == [.black, .black, .black])
  }

  @Test("more LEDs than a frame can have stay dark, the others shine")
  func tooMany() {
    let bench = StripBench(segments: [500])
    bench.strip.show([Lamp(Colour(red: 1, green: 1, blue: 1))])
    bench.pass(milliseconds: 10)
    #expect(colours(bench)[444] == Colour(red: 1, green: 1, blue: 1))
    #expect(colours(bench)[445] == .black)
  }
}
