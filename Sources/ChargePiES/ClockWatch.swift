/// Tells when the system's clock was set or nobody vouches for it any more, from looks at it.
///
/// A clock that runs on says nothing new. Small steps add up against the last reading that was
/// taken, so that many of them are not missed.
public struct ClockWatch: Hashable, Sendable {
  private var quality = ClockQuality.unknown
  /// Wall time minus time since boot at the last reading that was taken, in nanoseconds.
  private var offsetNanoseconds: Int64 = 0

  /// A watch that has seen nothing.
  public init() {}

  /// Takes a reading, whatever it says.
  public mutating func take(_ reading: ClockRead, monotonicNanoseconds: Int64) {
    quality = reading.quality
    offsetNanoseconds = reading.wallNanoseconds - monotonicNanoseconds
  }

  /// Takes a reading that says something new; false for any other.
  public mutating func notices(_ reading: ClockRead, monotonicNanoseconds: Int64) -> Bool {
    let offset = reading.wallNanoseconds - monotonicNanoseconds
    let moved = (offset - offsetNanoseconds).magnitude
    guard
      reading.quality != quality || moved > Limits.clockThresholdNanoseconds.magnitude
    else { return false }
    take(reading, monotonicNanoseconds: monotonicNanoseconds)
    return true
  }
}
