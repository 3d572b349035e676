import Glibc

let nanosecondsPerSecond: Int64 = 1_000_000_000
let nanosecondsPerMillisecond: Int64 = 1_000_000

/// Nanoseconds since boot, suspended time included (CLOCK_BOOTTIME).
func monotonicNowNs() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_BOOTTIME, &time)
  return Int64(time.tv_sec) * nanosecondsPerSecond + Int64(time.tv_nsec)
}

/// The earlier of two instants, nil standing for never.
func earlier(_ first: Int64?, _ second: Int64?) -> Int64? {
  guard let first else { return second }
  guard let second else { return first }
  return min(first, second)
}
