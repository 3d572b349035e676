/// A simulated chip at an SPI bus: a register-level state machine, byte by byte.
///
/// Times are nanoseconds since boot. Models do not lock: whoever connects them to a bus does.
public protocol SPIChip: AnyObject {
  /// Chip select becomes active.
  func select(nowNanoseconds: Int64)
  /// Eight clocks: a byte goes in while another comes out.
  func exchange(_ byte: UInt8, nowNanoseconds: Int64) -> UInt8
  /// Chip select becomes inactive.
  func deselect(nowNanoseconds: Int64)
  /// Its supply dips: what it was told is forgotten.
  func brownOut(nowNanoseconds: Int64)
}

/// A simulated chip at an I2C bus.
public protocol I2CChip: AnyObject {
  /// A write of whole bytes; false when the chip does not acknowledge.
  func write(_ bytes: [UInt8], nowNanoseconds: Int64) -> Bool
  /// A read; nil when the chip does not acknowledge.
  func read(_ count: Int, nowNanoseconds: Int64) -> [UInt8]?
  /// Its supply dips: what it was told is forgotten.
  func brownOut(nowNanoseconds: Int64)
}

extension SPIChip {
  /// A chip that is told nothing forgets nothing.
  public func brownOut(nowNanoseconds: Int64) {}
}

extension I2CChip {
  /// A chip that is told nothing forgets nothing.
  public func brownOut(nowNanoseconds: Int64) {}
}

/// A simulated chip at its bus, as the world and its people reach it.
protocol SimulatedDevice: AnyObject, Sendable {
  /// What goes wrong on the way.
  var faults: ChipFaults { get set }
  /// The chip's supply dips.
  func brownOut()
}

/// What goes wrong between a simulated chip and its bus.
public struct ChipFaults: Hashable, Sendable {
  /// The chip is not there: reads give `missingLevel`, addresses are not acknowledged.
  public var isMissing = false
  /// What a data line without a chip reads: 0x00 or 0xFF.
  public var missingLevel: UInt8 = 0xFF
  /// Chance per transaction that it is not acknowledged (I2C), in thousandths.
  public var nackPermille = 0
  /// Chance per byte that one of its bits is flipped on the way back, in thousandths.
  public var flipPermille = 0
  /// Time that every transaction takes longer, in nanoseconds.
  public var latencyNanoseconds: Int64 = 0
  /// The adapter itself is gone (hot unplug).
  public var isGone = false

  /// Nothing goes wrong.
  public init() {}
}
