import ChargePiES

/// What the system's clock says, and who vouches for it.
struct SystemClockReading: Hashable {
  var wallNanoseconds: Int64
  var quality: ClockQuality
}

/// The board's clocks: one that counts from each boot, and one that believes to know the time.
struct VirtualClock {
  /// When this boot began, nanoseconds of the life.
  private(set) var bootAt: Int64 = 0
  private(set) var bootId: UInt64 = 0
  /// What the system's clock is ahead of the board's, nanoseconds since 1970 at the life's begin.
  private var offset: Int64
  private(set) var quality = ClockQuality.unknown
  private let driftPartsPerMillion: Int64

  init(_ character: Character) {
    driftPartsPerMillion = character.driftPartsPerMillion
    offset = 1_700_000_000 * nanosecondsPerSecond  // What the image was made with.
  }

  /// The board starts: without a battery the clock goes on where it was last saved.
  mutating func boot(at now: Int64, off nanoseconds: Int64) {
    // The first three seconds belong to the kernel.
    bootAt = now - 3 * nanosecondsPerSecond
    bootId += 1
    offset -= nanoseconds
    quality = .unknown
  }

  /// Nanoseconds of this boot.
  func monotonic(_ now: Int64) -> Int64 { now - bootAt }
  /// The moment of the life at which this boot's clock shows something.
  func lifeTime(_ monotonic: Int64) -> Int64 { monotonic == .max ? .max : monotonic + bootAt }

  /// What the system's clock says.
  func reading(at now: Int64) -> SystemClockReading {
    // A clock that is held by the network follows the world's, not the board's quartz.
    let drift = quality == .ntp ? now / 1_000_000 * driftPartsPerMillion : 0
    return SystemClockReading(wallNanoseconds: now + offset + drift, quality: quality)
  }

  /// Whether the board has power.
  func isRunning(at now: Int64) -> Bool { now >= bootAt }

  mutating func synchroniseIfRunning(_ worldTime: Int64, at now: Int64) {
    if isRunning(at: now) { synchronise(worldTime, at: now) }
  }

  mutating func synchronise(_ worldTime: Int64, at now: Int64) {
    offset = worldTime - now - now / 1_000_000 * driftPartsPerMillion
    quality = .ntp
  }

  mutating func lose(at now: Int64) {
    offset = reading(at: now).wallNanoseconds - now
    quality = .unknown
  }

  mutating func step(milliseconds: Int64) { offset += milliseconds * 1_000_000 }

  mutating func set(_ wall: Int64, at now: Int64) {
    offset = wall - now
    quality = .setByHand
  }
}
