import Glibc

/// The kernel's clock that never jumps (CLOCK_MONOTONIC).
///
/// The station's own clock is CLOCK_BOOTTIME; the two differ by time spent in suspend, which a
/// charging station does not do.
public final class LinuxDeviceClock: DeviceClock, Sendable {
  /// The one clock there is.
  public init() {}

  public var nowNanoseconds: Int64 { Self.now() }

  public func sleep(nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    // An absolute end: a signal that interrupts the sleep does not make it longer.
    var end = timespec(nanoseconds: Self.now() + nanoseconds)
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nil) == EINTR {}
  }

  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

extension timespec {
  init(nanoseconds: Int64) {
    self.init(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }
}
