/// What is known of the wall clock.
public struct Clock: Hashable, Sendable, Listed {
  /// This boot's knowledge.
  public var current = BootClock()
  /// Earlier boots, ascending, as far as undelivered messages may need them.
  public var earlier: [BootClock] = []

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "current", &current)
    visitor.field(2, "earlier", &earlier)
  }
}

/// One boot's wall clock.
public struct BootClock: Hashable, Sendable, Listed {
  public var boot: UInt32 = 0
  /// Nanoseconds since 1970 when the board started; meaningless while `quality` is unknown.
  public var offsetNanoseconds: Int64 = 0
  public var quality = ClockQuality.unknown
  /// The last moment of that boot that is on record.
  public var lastNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "boot", &boot)
    visitor.field(2, "offset_nanoseconds", &offsetNanoseconds)
    visitor.field(3, "quality", &quality)
    visitor.field(4, "last_nanoseconds", &lastNanoseconds)
  }

  /// The wall time of a moment of this boot, nanoseconds since 1970; nil while unknown.
  public func wall(_ monotonicNanoseconds: Int64) -> Int64? {
    quality == .unknown ? nil : offsetNanoseconds + monotonicNanoseconds
  }
}

/// A wall time and what it is worth.
public struct WallTime: Hashable, Sendable {
  /// Nanoseconds since 1970.
  public var nanoseconds: Int64
  /// True when its boot never learned the time: order is kept, the rest is bounds.
  public var isEstimated: Bool
}

extension Clock {
  /// The best knowledge of when a record was made: what was believed then, where that differs
  /// from today's knowledge of its boot by the oscillator's drift only.
  ///
  /// A step was a mistake, which is mended; what has only drifted apart since was right then.
  public func wallTime(of stamp: Stamp, nowNanoseconds: Int64) -> WallTime? {
    let known = wallTime(boot: stamp.boot, monotonicNanoseconds: stamp.monotonicNanoseconds)
    guard let known, !known.isEstimated, stamp.quality != .unknown else { return known }
    let last =
      stamp.boot == current.boot
      ? nowNanoseconds : earlier.last { $0.boot == stamp.boot }?.lastNanoseconds ?? 0
    let since = max(0, last - stamp.monotonicNanoseconds)
    let drift = Limits.clockThresholdNanoseconds + since / Limits.clockDriftDivisor
    let distance = (known.nanoseconds - stamp.wallNanoseconds).magnitude
    guard distance <= drift.magnitude else { return known }
    return WallTime(nanoseconds: stamp.wallNanoseconds, isEstimated: false)
  }

  /// The best knowledge of when something happened; nil when no boot ever knew the time.
  ///
  /// A boot that never learned the time lies after the last known moment before it and before the
  /// first known moment after it (DESIGN §3 rule 8).
  public func wallTime(boot: UInt32, monotonicNanoseconds: Int64) -> WallTime? {
    if boot == current.boot, let wall = current.wall(monotonicNanoseconds) {
      return WallTime(nanoseconds: wall, isEstimated: false)
    }
    if let known = earlier.last(where: { $0.boot == boot }),
      let wall = known.wall(monotonicNanoseconds)
    {
      return WallTime(nanoseconds: wall, isEstimated: false)
    }
    return estimate(boot: boot, monotonicNanoseconds: monotonicNanoseconds)
  }

  private func estimate(boot: UInt32, monotonicNanoseconds: Int64) -> WallTime? {
    let boots = earlier + [current]
    let before = boots.last { $0.boot < boot && $0.quality != .unknown }
    let after = boots.first { $0.boot > boot && $0.quality != .unknown }
    // The run of boots that know no time, with this one in it: they follow each other.
    let run = boots.filter {
      $0.quality == .unknown && $0.boot > before?.boot ?? 0 && $0.boot < after?.boot ?? .max
    }
    let preceding = run.filter { $0.boot < boot }.reduce(0) { $0 + $1.lastNanoseconds + 1 }
    let moment = preceding + monotonicNanoseconds
    let length = max(moment, run.reduce(0) { $0 + $1.lastNanoseconds + 1 })
    let upper = after?.offsetNanoseconds
    guard let before else {
      return upper.map { WallTime(nanoseconds: $0 - (length - moment) - 1, isEstimated: true) }
    }
    let lower = before.offsetNanoseconds + before.lastNanoseconds
    guard let upper, lower + length >= upper else {
      return WallTime(nanoseconds: lower + moment, isEstimated: true)
    }
    let fitted = squeezed(moment, of: length, into: max(0, upper - lower))
    return WallTime(nanoseconds: lower + fitted, isEstimated: true)
  }

  /// Fits a run that seems too long between its bounds, order kept (in milliseconds, full width).
  private func squeezed(_ moment: Int64, of length: Int64, into room: Int64) -> Int64 {
    let millisecond: Int64 = 1_000_000
    let product = (room / millisecond).multipliedFullWidth(by: moment / millisecond)
    return (length / millisecond + 1).dividingFullWidth(product).quotient * millisecond
  }
}
