/// In which order a strip takes the colours of an LED.
public enum WS281xOrder: String, CaseIterable, Hashable, Sendable {
  /// WS2812, WS2812B, SK6812.
  case grb = "GRB"
  /// WS2811.
  case rgb = "RGB"
  /// SK6812 with a white LED of its own.
  case grbw = "GRBW"

  /// Bytes on the wire for one LED.
  var bytesPerLED: Int {
    switch self {
    case .grb, .rgb: 3
    case .grbw: 4
    }
  }
}

/// One LED's drive, each from 0 to 255: what its colour comes to on this strip.
public struct WS281xDrive: Hashable, Sendable {
  public var red: UInt8 = 0
  public var green: UInt8 = 0
  public var blue: UInt8 = 0
  public var white: UInt8 = 0

  public init(red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0, white: UInt8 = 0) {
    self.red = red
    self.green = green
    self.blue = blue
    self.white = white
  }

  /// What all its parts draw together, in 255ths of one part's current.
  var sum: Int { Int(red) + Int(green) + Int(blue) + Int(white) }

  /// The bytes on the wire.
  func bytes(_ order: WS281xOrder) -> [UInt8] {
    switch order {
    case .grb: [green, red, blue]
    case .rgb: [red, green, blue]
    case .grbw: [green, red, blue, white]
    }
  }
}

/// How fast the SPI runs, and with it how many of its bits make one bit of the strip.
///
/// A strip's bit lasts 1.25 us: high for 0.40 us is 0, for 0.80 us is 1, each 0.15 us more or less
/// (WS2812B data sheet; HARDWARE §5). A Raspberry Pi divides its core clock to these rates when
/// `core_freq` is 250 (Pi 3) or 500 with `core_freq_min=500` (Pi 4).
public enum WS281xRate: Int64, CaseIterable, Hashable, Sendable {
  /// Three bits: 0 is 100, 1 is 110. Nine bytes for an LED of three colours.
  case threeBits = 2_400_000
  /// Four bits: 0 is 1000, 1 is 1110.
  case fourBits = 3_200_000
  /// Eight bits: 0 is 1100 0000, 1 is 1111 1000.
  case eightBits = 6_400_000

  /// Bits of the SPI in a second.
  public var bitsPerSecond: Int64 { rawValue }

  private var bits: Int {
    switch self {
    case .threeBits: 3
    case .fourBits: 4
    case .eightBits: 8
    }
  }

  private var zero: UInt8 {
    switch self {
    case .threeBits: 0b100
    case .fourBits: 0b1000
    case .eightBits: 0b1100_0000
    }
  }

  private var one: UInt8 {
    switch self {
    case .threeBits: 0b110
    case .fourBits: 0b1110
    case .eightBits: 0b1111_1000
    }
  }

  /// Bytes of low level behind a frame, 300 us: the strip takes the frame over then (WS2812B-V5
  /// needs 280 us, older parts 50 us).
  var resetBytes: Int { Int(rawValue * 300 / 8_000_000) }

  /// Bytes that a frame takes on the bus.
  func frameBytes(ledCount: Int, order: WS281xOrder) -> Int {
    1 + ledCount * order.bytesPerLED * bits + resetBytes
  }

  /// The SPI's bytes for the strip's bytes: a low byte first (the line may have rested high), every
  /// bit most significant first, and the reset behind. Inverted for a level shifter that inverts.
  func encode(_ bytes: [UInt8], inverted: Bool = false) -> [UInt8] {
    var encoded: [UInt8] = [0]
    encoded.reserveCapacity(1 + bytes.count * bits + resetBytes)
    for byte in bytes { append(byte, to: &encoded) }
    encoded += [UInt8](repeating: 0, count: resetBytes)
    return inverted ? encoded.map { ~$0 } : encoded
  }

  /// Eight bits of the strip are 24, 32 or 64 of the SPI: whole bytes.
  private func append(_ byte: UInt8, to encoded: inout [UInt8]) {
    var pattern: UInt64 = 0
    for place in 0..<8 {
      let isOne = byte << place & 0x80 != 0
      pattern = pattern << UInt64(bits) | UInt64(isOne ? one : zero)
    }
    for place in (0..<bits).reversed() {
      encoded.append(UInt8(truncatingIfNeeded: pattern >> UInt64(place * 8)))
    }
  }
}
