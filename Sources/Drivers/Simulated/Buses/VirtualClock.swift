import Synchronization

/// A clock that stands still until somebody moves it: a driver's sleep moves it, and so do tests.
public final class VirtualClock: DeviceClock, Sendable {
  private let moment: Mutex<Int64>

  /// A clock that shows so many nanoseconds.
  public init(nowNanoseconds: Int64 = 0) {
    moment = Mutex(nowNanoseconds)
  }

  /// The time; setting it is moving it, in either direction.
  public var nowNanoseconds: Int64 {
    get { moment.withLock { $0 } }
    set { moment.withLock { $0 = newValue } }
  }

  public func sleep(nanoseconds: Int64) { advance(nanoseconds: max(0, nanoseconds)) }

  /// Lets time pass.
  public func advance(nanoseconds: Int64) { moment.withLock { $0 += nanoseconds } }
}
