/// Notes since when more current flows than may, in two steps; a limit of 0 is none.
struct CurrentWatch: Hashable, Sendable {
  /// Changes with the connector whose turn it is.
  var limitMilliamperes: Int64
  private let limits: GuardLimits
  private var overSinceNanoseconds: Int64?
  private var farOverSinceNanoseconds: Int64?
  private var milliamperes: Int64 = 0

  init(limitMilliamperes: Int64, limits: GuardLimits) {
    self.limitMilliamperes = limitMilliamperes
    self.limits = limits
  }

  mutating func see(_ cycle: MeterCycle) {
    milliamperes = cycle.milliamperes
    let isLimited = limitMilliamperes > 0
    let isOver = isLimited && milliamperes * 10 > limitMilliamperes * 11
    let isFarOver = isLimited && milliamperes * 4 > limitMilliamperes * 5
    overSinceNanoseconds = isOver ? overSinceNanoseconds ?? cycle.atNanoseconds : nil
    farOverSinceNanoseconds = isFarOver ? farOverSinceNanoseconds ?? cycle.atNanoseconds : nil
  }

  /// The contacts have opened or closed: what flowed before is another story.
  mutating func reset() {
    overSinceNanoseconds = nil
    farOverSinceNanoseconds = nil
  }

  func trip(nowNanoseconds now: Int64) -> TripReason? {
    let isTooLong = overSinceNanoseconds.map { now - $0 >= limits.overCurrentNanoseconds } ?? false
    let isFarTooLong =
      farOverSinceNanoseconds.map { now - $0 >= limits.farOverCurrentNanoseconds } ?? false
    guard isTooLong || isFarTooLong else { return nil }
    return .overCurrent(milliamperes: milliamperes, limitMilliamperes: limitMilliamperes)
  }
}
