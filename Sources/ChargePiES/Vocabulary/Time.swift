/// How much a wall clock time is worth.
public enum ClockQuality: UInt32, Enumeration {
  /// Nobody vouches for the clock (a Raspberry Pi starts at the last saved time).
  case unknown = 0
  /// A person set it.
  case setByHand = 1
  /// The kernel says that it is synchronised.
  case ntp = 2
  /// A central system said it.
  case csms = 3

  public init() { self = .unknown }
}

/// When something happened: on the clock that cannot jump, and on the wall.
///
/// `monotonic` orders everything within a boot. `wall` is what was believed then; what is told to
/// others is computed from `boot` and `monotonic` with the best knowledge at that time
/// (`Station.wallTime(of:)`), so a late correction also mends the past of its boot, unless it only
/// makes up for the oscillator's drift since.
public struct Stamp: Hashable, Sendable {
  /// The station's count of the board's starts, from 1.
  public var boot: UInt32 = 0
  /// Nanoseconds since that start (`CLOCK_BOOTTIME`).
  public var monotonicNanoseconds: Int64 = 0
  /// Nanoseconds since 1970 as believed at that moment; 0 when nothing was known.
  public var wallNanoseconds: Int64 = 0
  /// What `wallNanoseconds` was worth.
  public var quality = ClockQuality.unknown

  public init() {}
}

extension Stamp: Listed {
  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "boot", &boot)
    visitor.field(2, "monotonic_nanoseconds", &monotonicNanoseconds)
    visitor.field(3, "wall_nanoseconds", &wallNanoseconds)
    visitor.field(4, "quality", &quality)
  }
}

/// Nanoseconds in a second.
public let nanosecondsPerSecond: Int64 = 1_000_000_000

extension Listed {
  /// A record with some fields set: `CableSensed { $0.evse = 1 }`.
  public init(_ set: (inout Self) -> Void) {
    self.init()
    set(&self)
  }
}

/// The station's own name of a session: a UUID (RFC 9562, version 8).
public struct SessionID: Hashable, Sendable, Listed {
  /// The first eight bytes.
  public var high: UInt64 = 0
  /// The last eight bytes.
  public var low: UInt64 = 0

  public init() {}

  /// The id of the session whose first fact is `event`, in the process with this nonce.
  ///
  /// The nonce makes it unique over reboots and restored SD cards; no chance is needed.
  public init(nonce: UInt64, event: UInt64) {
    high = (Self.mixed(nonce) & ~0xF000) | 0x8000
    low = (Self.mixed(nonce ^ Self.mixed(event)) & ~(3 << 62)) | (2 << 62)
  }

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "high", &high)
    visitor.field(2, "low", &low)
  }

  /// True for the value of an absent field.
  public var isNone: Bool { high == 0 && low == 0 }

  /// The finaliser of MurmurHash3: a bijection, so different events give different ids.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var mix = value ^ (value >> 33)
    mix = mix &* 0xFF51_AFD7_ED55_8CCD
    mix ^= mix >> 33
    mix = mix &* 0xC4CE_B9FE_1A85_EC53
    return mix ^ (mix >> 33)
  }
}

extension SessionID: CustomStringConvertible {
  /// The usual form, `8-4-4-4-12` hexadecimal digits.
  public var description: String {
    let digits = hexadecimal(high, digits: 16) + hexadecimal(low, digits: 16)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index == 8 || index == 12 || index == 16 || index == 20 { text.append("-") }
      text.append(digit)
    }
    return text
  }
}

/// A number as hexadecimal digits, padded with zeros.
public func hexadecimal(_ value: UInt64, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
