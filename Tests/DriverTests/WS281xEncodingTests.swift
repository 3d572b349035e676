import ChargePiES
import Testing

@testable import Drivers

@Suite("the bits of a WS281x strip")
struct WS281xEncodingTests {
  /// 0xA5 is 1010 0101.
  static let patterns: [(WS281xRate, [UInt8], Int)] = [
    (.threeBits, [0b1101_0011, 0b0100_1001, 0b1010_0110], 90),
    (.fourBits, [0xE8, 0xE8, 0x8E, 0x8E], 120),
    (.eightBits, [0xF8, 0xC0, 0xF8, 0xC0, 0xC0, 0xF8, 0xC0, 0xF8], 240),
  ]

  @Test(
    "each rate has its pattern, a low byte before and 300 us of low behind", arguments: patterns)
  func encoded(rate: WS281xRate, pattern: [UInt8], reset: Int) {
    let low = [UInt8](repeating: 0, count: reset)
    let once: [UInt8] = [0] + pattern + low
    let twice: [UInt8] = [0] + pattern + pattern + low
    #expect(rate.encode([0xA5]) == once)
    #expect(rate.encode([0xA5, 0xA5]) == twice)
    let inverted = once.map { ~$0 }
    #expect(rate.encode([0xA5], inverted: true) == inverted)
    let nanoseconds = Int64(reset) * 8 * 1_000_000_000 / rate.bitsPerSecond
    #expect(nanoseconds == 300_000)
  }

  @Test("every byte is decoded as itself by pulses within the data sheet's times")
  func everyByte() {
    for rate in WS281xRate.allCases {
      for isInverted in [false, true] {
        let chip = SimulatedWS281x(count: 86, order: .rgb, rate: rate, isInverted: isInverted)
        let bytes = (0..<258).map { UInt8(truncatingIfNeeded: $0) }
        for byte in rate.encode(bytes, inverted: isInverted) {
          _ = chip.exchange(byte, nowNanoseconds: 0)
        }
        let shown = chip.shown.flatMap { [$0.red, $0.green, $0.blue] }
        #expect(shown == bytes)
        #expect(chip.wrongPatterns == 0)
        #expect(chip.frames == 1)
      }
    }
  }

  @Test("each order puts each colour where the strip looks for it", arguments: WS281xOrder.allCases)
  func orders(order: WS281xOrder) throws {
    var chance = FrameChance(state: 4)
    for rate in WS281xRate.allCases {
      let chip = SimulatedWS281x(count: 20, order: order, rate: rate)
      let bus = HandSPI(chip, VirtualClock())
      let output = WS281xSPI(device: bus, rate: rate, order: order)
      for _ in 0..<20 {
        let frame = chance.frame(20, hasWhite: order == .grbw)
        try output.send(frame)
        #expect(chip.shown == frame)
      }
      #expect(chip.wrongPatterns == 0)
      #expect(chip.frames == 20)
    }
    let drive = WS281xDrive(red: 1, green: 2, blue: 3, white: 4)
    switch order {
    case .grb: #expect(drive.bytes(order) == [2, 1, 3])
    case .rgb: #expect(drive.bytes(order) == [1, 2, 3])
    case .grbw: #expect(drive.bytes(order) == [2, 1, 3, 4])
    }
  }

  @Test("a frame fits what the kernel takes at once, and the next LED would not")
  func longest() {
    for rate in WS281xRate.allCases {
      for order in WS281xOrder.allCases {
        let chip = SimulatedWS281x(count: 1)
        let output = WS281xSPI(device: HandSPI(chip, VirtualClock()), rate: rate, order: order)
        #expect(rate.frameBytes(ledCount: output.mostLEDs, order: order) <= 4_096)
        #expect(rate.frameBytes(ledCount: output.mostLEDs + 1, order: order) > 4_096)
      }
    }
    let chip = SimulatedWS281x(count: 1)
    #expect(WS281xSPI(device: HandSPI(chip, VirtualClock())).mostLEDs == 445)
  }

  @Test("what others send on the same bus, or at another rate, is no pattern of a strip")
  func foreign() {
    let chip = SimulatedWS281x(count: 2)
    for byte in [0xFF, 0xFF, 0xFF, 0xFE, 0x14] as [UInt8] {
      _ = chip.exchange(byte, nowNanoseconds: 0)
    }
    #expect(chip.wrongPatterns > 0)
    let slow = SimulatedWS281x(count: 2, rate: .threeBits)
    for byte in WS281xRate.eightBits.encode([1, 2, 3]) {
      _ = slow.exchange(byte, nowNanoseconds: 0)
    }
    #expect(slow.wrongPatterns > 0)
    // A frame that ends within an LED.
    let short = SimulatedWS281x(count: 2)
    for byte in WS281xRate.threeBits.encode([1, 2]) { _ = short.exchange(byte, nowNanoseconds: 0) }
    #expect(short.wrongPatterns == 1)
  }

  @Test("a white LED takes over what the three have in common")
  func white() {
    let colour = Colour(red: 200, green: 50, blue: 120)
    #expect(WS281xDrive(colour, .grbw) == WS281xDrive(red: 150, green: 0, blue: 70, white: 50))
    #expect(WS281xDrive(colour, .grb) == WS281xDrive(red: 200, green: 50, blue: 120))
  }

  @Test("no frame draws more than the budget, and none is darker than it must be")
  func power() {
    var chance = FrameChance(state: 9)
    for _ in 0..<500 {
      let count = Int(chance.next() % 60)
      let budget = count + Int(chance.next() % 2_000)
      let frame = chance.frame(count, hasWhite: true)
      let scaled = WS281xPower(budgetMilliamperes: budget).scaled(frame)
      let sum = scaled.reduce(0) { $0 + $1.sum }
      #expect(sum * 20 <= (budget - count) * 255)
      // Rounding loses less than one step of each part.
      let before = frame.reduce(0) { $0 + $1.sum }
      let allowed = min(before, (budget - count) * 255 / 20)
      #expect(sum <= allowed && sum >= allowed - 4 * count)
    }
    let white = [WS281xDrive](
      repeating: WS281xDrive(red: 255, green: 255, blue: 255), count: 16)
    let half = WS281xPower(budgetMilliamperes: 16 + 480).scaled(white)
    #expect(half[0] == WS281xDrive(red: 127, green: 127, blue: 127))
    #expect(WS281xPower(budgetMilliamperes: 0).scaled(white)[0] == WS281xDrive())
  }
}
