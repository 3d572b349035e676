import Synchronization

/// The lock of one physical bus: from chip select to chip select nobody else's bits are on it.
///
/// Devices at one bus share one lock, whichever part of the program made them.
public final class BusLock: Sendable {
  private let mutex = Mutex(())

  /// The lock of a bus that nobody else can know.
  public init() {}

  private static let known = Mutex<[String: BusLock]>([:])

  /// The one lock of the bus with this name.
  static func shared(_ name: String) -> BusLock {
    known.withLock { known in
      if let lock = known[name] { return lock }
      let lock = BusLock()
      known[name] = lock
      return lock
    }
  }

  func withLock<Result: Sendable>(_ body: () throws(BusError) -> Result) throws(BusError) -> Result
  {
    try mutex.withLock { (_: inout Void) throws(BusError) -> Result in try body() }
  }
}
