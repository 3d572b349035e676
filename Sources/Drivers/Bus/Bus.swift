/// Why a transaction on a bus failed.
public enum BusError: Error, Hashable, Sendable {
  /// Nobody answered at this address (EREMOTEIO, ENXIO; also ETIMEDOUT on I2C adapters that tell a
  /// missing chip that way).
  case nack
  /// A chip that answers did not become ready in its time.
  case timeout
  /// The kernel moved fewer bytes than it was asked to: how many.
  case shortTransfer(Int)
  /// Somebody else has the line or the bus (EBUSY).
  case busy
  /// The adapter itself has gone (ENODEV): only opening it again can help.
  case gone
  /// Any other `errno` of the kernel.
  case os(Int32)
}

/// One step of an SPI transaction.
public enum SPIStep: Hashable, Sendable {
  /// Bytes out; as many come in at the same time.
  case transfer([UInt8])
  /// A pause in nanoseconds with the chip still selected.
  case pause(nanoseconds: Int64)
}

/// A chip at an SPI bus, with its own chip select.
///
/// A transaction has the bus for itself: select, all steps, deselect, also on an error. Chip select
/// and locking are inside, so that chips of different drivers can share a bus.
public protocol SPIDevice: AnyObject {
  /// Returns what came in, one array for each `transfer` step.
  func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]]
}

/// A chip at an address of an I2C bus. Every call has the bus for itself.
public protocol I2CDevice: AnyObject {
  /// Start, address, bytes, stop.
  func write(_ bytes: [UInt8]) throws(BusError)
  /// Start, address, so many bytes, stop.
  func read(_ count: Int) throws(BusError) -> [UInt8]
  /// A write and a read joined by a repeated start.
  func writeRead(_ bytes: [UInt8], _ count: Int) throws(BusError) -> [UInt8]
}

/// An output pin. Levels are logical: active-low wiring is below.
public protocol DigitalOutput: AnyObject {
  func set(_ isActive: Bool) throws(BusError)
  func get() throws(BusError) -> Bool
}

/// An input pin. Levels are logical: active-low wiring is below.
public protocol DigitalInput: AnyObject {
  func get() throws(BusError) -> Bool
}

/// The time of drivers: nothing in a driver looks at a clock or sleeps but through this.
public protocol DeviceClock: AnyObject {
  /// Nanoseconds of the clock that never jumps (CLOCK_MONOTONIC).
  var nowNanoseconds: Int64 { get }
  /// Lets at least so many nanoseconds pass.
  func sleep(nanoseconds: Int64)
}

/// A driver's share of its bus's thread: it is called when it is due, never by two threads.
public protocol BusTask: AnyObject {
  /// Does what is due, within tens of milliseconds; returns when it wants to be called again.
  /// `Int64.max` is: not before somebody wakes it.
  func run(nowNanoseconds: Int64) -> Int64
  /// The bus stops: leave the chip in peace. Called once, on its thread, after the last `run`.
  func end()
}

extension BusTask {
  /// Most chips need no farewell.
  public func end() {}
}
