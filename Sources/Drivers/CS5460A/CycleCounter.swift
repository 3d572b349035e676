/// Tells how many computation cycles a chip has finished, from sightings of its ready bit.
///
/// The chip computes by its own crystal and tells only that *a* cycle is done, not how many.
/// Between two sightings there were as many as fit into the time; that time is known with an
/// uncertainty (a poll's distance, a stall of our thread), so the boundary of the last certain
/// cycle is kept as an interval and intersected with what each sighting says. When a sighting
/// leaves two counts possible, none is chosen: the next one decides. Counts are from boundary to
/// boundary of the chip's own time, so an error of one is never followed by another.
struct CycleCounter: Hashable, Sendable {
  /// What is known of the end of the cycle that was read.
  struct Sighting: Hashable, Sendable {
    /// The ready bit was clear after this moment, or later.
    var clearNanoseconds: Int64
    /// The registers were read after this moment…
    var beginNanoseconds: Int64
    /// …and the cycle had ended by this one. A thread that is preempted can be long between them.
    var setNanoseconds: Int64
  }

  enum Verdict: Hashable, Sendable {
    /// The first: counting begins here, if it is sharp enough.
    case first
    /// So many cycles ended since the last certain one.
    case counted(Int64)
    /// Several counts are possible, nearly always two: the next sighting will tell.
    case undecided(ClosedRange<Int64>)
    /// The chip's cycles are not where they must be: so many ended, part of one is unknown.
    case jumped(Int64)
    /// Nothing can have ended yet.
    case tooEarly
    /// The last certain one is too long ago; counting begins anew.
    case lost
  }

  /// How much the chip's crystal and our clock may differ: a crystal's 200 ppm, and the 500 ppm by
  /// which a kernel disciplines its clock, with some room.
  static let tolerancePpm: Int64 = 1_000
  /// Beyond it, cycles are no longer estimated.
  static let longestHoleNanoseconds: Int64 = 60_000_000_000

  private let shortest: Int64
  private let longest: Int64
  /// The interval in which the last certain cycle ended; nil before the first.
  private(set) var boundary: ClosedRange<Int64>?
  /// Sightings beyond the tolerance, too early or too late, that were taken for what is nearest.
  private(set) var corrections: Int64 = 0

  init(cycleNanoseconds: Int64) {
    let slack = cycleNanoseconds * Self.tolerancePpm / 1_000_000
    shortest = cycleNanoseconds - slack
    longest = cycleNanoseconds + slack
  }

  /// Forgets where the cycles are: the chip starts anew.
  mutating func restart() { boundary = nil }

  /// Whether another cycle can have ended by now.
  func canHaveAdvanced(by nanoseconds: Int64) -> Bool {
    guard let boundary else { return true }
    return nanoseconds - boundary.lowerBound >= shortest
  }

  /// How many cycles ended since the last certain one, up to the one that was read.
  mutating func advance(_ sighting: Sighting) -> Verdict {
    let set = sighting.setNanoseconds
    // The latest boundary: less than a cycle before the reading, and not before the bit was clear.
    let earliest = max(sighting.clearNanoseconds, sighting.beginNanoseconds - longest)
    let window = min(set, earliest)...set
    guard let last = boundary else {
      begin(at: window)
      return .first
    }
    guard set - last.upperBound <= Self.longestHoleNanoseconds else {
      begin(at: window)
      return .lost
    }
    // Counts for which the latest boundary can be at the window's begin or later, and at its end or
    // before.
    let least = max(0, (window.lowerBound - last.upperBound + longest - 1) / longest)
    let most = (set - last.lowerBound) / shortest
    if least > most { return nearest(window, last, most) }
    guard most > 0 else { return .tooEarly }
    if least < most && most > 1 { return .undecided(max(1, least)...most) }
    boundary =
      max(
        last.lowerBound + most * shortest, window.lowerBound)...min(
        last.upperBound + most * longest, set)
    return .counted(most)
  }

  /// Counting begins at a boundary that is known well enough to tell the next ones apart.
  private mutating func begin(at window: ClosedRange<Int64>) {
    boundary = window.upperBound - window.lowerBound <= shortest / 2 ? window : nil
  }

  /// A sighting that fits no count: after `count` cycles the boundary would be before the window,
  /// after one more behind it.
  private mutating func nearest(
    _ window: ClosedRange<Int64>, _ last: ClosedRange<Int64>, _ count: Int64
  ) -> Verdict {
    let late = window.lowerBound - (last.upperBound + count * longest)
    let early = last.lowerBound + (count + 1) * shortest - window.upperBound
    let isJump = min(late, early) > shortest / 4
    let cycles = !isJump && early < late ? count + 1 : count
    guard cycles > 0 || isJump else { return .tooEarly }
    begin(at: window)
    corrections += 1
    return isJump ? .jumped(cycles) : .counted(cycles)
  }
}
