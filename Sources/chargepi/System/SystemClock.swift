import CSystem
import ChargePiES
import Glibc

/// The machine's clocks and chance.
enum SystemClock {
  /// Nanoseconds since the board started, suspended time included.
  static func monotonicNanoseconds() -> Int64 { nanoseconds(CLOCK_BOOTTIME) }

  /// Nanoseconds since 1970, as the system believes.
  static func wallNanoseconds() -> Int64 { nanoseconds(CLOCK_REALTIME) }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * nanosecondsPerSecond + Int64(time.tv_nsec)
  }

  /// Whether the kernel vouches for the wall clock (adjtimex(2): `TIME_ERROR` is no).
  static func isSynchronized() -> Bool {
    var query = timex()
    let status = adjtimex(&query)
    return status >= 0 && status != TIME_ERROR
  }

  /// The kernel's id of this boot, as two numbers; zeros where it cannot be read.
  static func bootId() -> (high: UInt64, low: UInt64) {
    guard case .success(let bytes) = readFile("/proc/sys/kernel/random/boot_id") else {
      return (0, 0)
    }
    let digits = String(decoding: bytes, as: UTF8.self).filter(\.isHexDigit)
    let high = UInt64(digits.prefix(16), radix: 16) ?? 0
    return (high, UInt64(digits.dropFirst(16).prefix(16), radix: 16) ?? 0)
  }

  /// Random bits.
  static func random() -> UInt64 { UInt64.random(in: .min ... .max) }
}
