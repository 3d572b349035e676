import Testing

@testable import Drivers

/// An SPI bus with one simulated chip.
final class HandSPI: SPIDevice {
  private let chip: any SPIChip
  private let clock: VirtualClock
  /// What every transaction fails with.
  var failure: BusError?
  private(set) var attempts = 0

  init(_ chip: any SPIChip, _ clock: VirtualClock) {
    self.chip = chip
    self.clock = clock
  }

  func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] {
    attempts += 1
    if let failure { throw failure }
    chip.select(nowNanoseconds: clock.nowNanoseconds)
    defer { chip.deselect(nowNanoseconds: clock.nowNanoseconds) }
    var received: [[UInt8]] = []
    for case .transfer(let bytes) in steps {
      received.append(bytes.map { chip.exchange($0, nowNanoseconds: clock.nowNanoseconds) })
    }
    return received
  }
}

/// A strip at a bus, run as the bus's thread runs it.
final class StripBench {
  let clock = VirtualClock(nowNanoseconds: 1_000_000_000)
  let chip: SimulatedWS281x
  let bus: HandSPI
  let strip: WS281xStrip
  let told = Told<WS281xError>()
  private var due: Int64 = 0

  init(segments: [Int], budgetMilliamperes: Int = 5_000) {
    chip = SimulatedWS281x(count: segments.reduce(0, +))
    bus = HandSPI(chip, clock)
    let told = told
    strip = WS281xStrip(
      output: WS281xSPI(device: bus), clock: clock, segments: segments,
      power: WS281xPower(budgetMilliamperes: budgetMilliamperes)
    ) { told.add($0) }
  }

  /// The next pass begins with a run, as a woken thread does.
  func wake() { due = 0 }

  func pass(milliseconds: Int64) {
    let end = clock.nowNanoseconds + milliseconds * 1_000_000
    while true {
      let moment = max(due, clock.nowNanoseconds)
      guard moment < end else { break }
      clock.nowNanoseconds = moment
      due = max(strip.run(nowNanoseconds: moment), moment + 1_000_000)
    }
    clock.nowNanoseconds = end
  }
}

/// A generator with a seed (SplitMix64), so that what failed can be run again.
struct FrameChance: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// So many LEDs of any drive.
  mutating func frame(_ count: Int, hasWhite: Bool = false) -> [WS281xDrive] {
    (0..<count).map { _ in
      let bits = next()
      return WS281xDrive(
        red: UInt8(truncatingIfNeeded: bits), green: UInt8(truncatingIfNeeded: bits >> 8),
        blue: UInt8(truncatingIfNeeded: bits >> 16),
        white: hasWhite ? UInt8(truncatingIfNeeded: bits >> 24) : 0)
    }
  }
}
