/// A strip of WS281x LEDs at MOSI: it measures pulses, as its LEDs do.
///
/// Bits are pulses of 1.25 us: high for 0.40 us is 0, for 0.80 us is 1, each 0.15 us more or less;
/// low for 280 us shows what came (WS2812B-V5 data sheet). Whoever sends to other chips on the same
/// bus sends to the strip too: it has no chip select.
public final class SimulatedWS281x: SPIChip {
  private static let zeroHighPicoseconds: ClosedRange<Int64> = 250_000...550_000
  private static let oneHighPicoseconds: ClosedRange<Int64> = 650_000...950_000
  private static let zeroLowPicoseconds: ClosedRange<Int64> = 700_000...1_000_000
  private static let oneLowPicoseconds: ClosedRange<Int64> = 300_000...600_000
  private static let resetPicoseconds: Int64 = 280_000_000

  /// What each LED shows: red, green, blue and white.
  public private(set) var shown: [WS281xDrive]
  /// Pulses that no LED could read, and frames that ended within an LED.
  public private(set) var wrongPatterns = 0
  /// Frames that were shown.
  public private(set) var frames = 0
  /// Bytes on the bus so far.
  public private(set) var busBytes = 0

  private let order: WS281xOrder
  private let bitPicoseconds: Int64
  private let isInverted: Bool
  /// The level, and how long it has lasted.
  private var isHigh = false
  private var lasted: Int64 = 0
  /// The bit whose pulse was high, until its low has been measured.
  private var pending: Bool?
  private var bits: [Bool] = []

  /// A strip at a bus of a rate.
  public init(
    count: Int, order: WS281xOrder = .grb, rate: WS281xRate = .threeBits, isInverted: Bool = false
  ) {
    self.order = order
    self.isInverted = isInverted
    bitPicoseconds = 1_000_000_000_000 / rate.bitsPerSecond
    shown = [WS281xDrive](repeating: WS281xDrive(), count: count)
  }

  public func select(nowNanoseconds: Int64) {}

  public func exchange(_ byte: UInt8, nowNanoseconds: Int64) -> UInt8 {
    busBytes += 1
    for place in 0..<8 { take((byte << place & 0x80 != 0) != isInverted) }
    return 0
  }

  public func deselect(nowNanoseconds: Int64) {}

  /// Dark, until a frame comes.
  public func brownOut(nowNanoseconds: Int64) {
    shown = [WS281xDrive](repeating: WS281xDrive(), count: shown.count)
  }

  private func take(_ level: Bool) {
    if level != isHigh {
      if isHigh { endHigh() } else { endLow() }
      isHigh = level
      lasted = 0
    }
    lasted += bitPicoseconds
    if !isHigh, lasted >= Self.resetPicoseconds { latch() }
  }

  private func endHigh() {
    switch lasted {
    case Self.zeroHighPicoseconds: pending = false
    case Self.oneHighPicoseconds: pending = true
    default: wrongPatterns += 1
    }
  }

  private func endLow() {
    guard let bit = pending else { return }
    let range = bit ? Self.oneLowPicoseconds : Self.zeroLowPicoseconds
    if !range.contains(lasted) { wrongPatterns += 1 }
    bits.append(bit)
    pending = nil
  }

  /// The line has been low for long: what came is shown.
  private func latch() {
    if let bit = pending { bits.append(bit) }
    pending = nil
    guard !bits.isEmpty else { return }
    let perLED = order.bytesPerLED * 8
    if bits.count % perLED != 0 { wrongPatterns += 1 }
    for index in 0..<min(shown.count, bits.count / perLED) {
      shown[index] = drive(Array(bits[index * perLED..<(index + 1) * perLED]))
    }
    bits = []
    frames += 1
  }

  private func drive(_ bits: [Bool]) -> WS281xDrive {
    let parts = stride(from: 0, to: bits.count, by: 8).map { first in
      bits[first..<first + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
    return switch order {
    case .rgb: WS281xDrive(red: parts[0], green: parts[1], blue: parts[2])
    case .grb: WS281xDrive(red: parts[1], green: parts[0], blue: parts[2])
    case .grbw: WS281xDrive(red: parts[1], green: parts[0], blue: parts[2], white: parts[3])
    }
  }
}
