import ChargePiES

/// What the LEDs of a strip show at one moment: a function of lamps and time, no more.
struct LampFrame: Hashable {
  static let slowNanoseconds: Int64 = 1_000_000_000
  static let fastNanoseconds: Int64 = 200_000_000

  /// LEDs of each connector, in order.
  var segments: [Int]
  /// What each connector shows; segments without a lamp are dark.
  var lamps: [Lamp]
  /// Until when everything is white, because a card was read; nil when it is not.
  var flashUntil: Int64?

  /// The colour of each LED.
  func colours(nowNanoseconds now: Int64) -> [Colour] {
    if let flashUntil, now < flashUntil {
      return [Colour](repeating: .white, count: segments.reduce(0, +))
    }
    return segments.indices.flatMap { index in
      let colour = index < lamps.count ? Self.colour(lamps[index], now) : .black
      return [Colour](repeating: colour, count: segments[index])
    }
  }

  private static func colour(_ lamp: Lamp, _ now: Int64) -> Colour {
    switch lamp.pattern {
    case .off: .black
    case .steady: lamp.colour
    case .slowBlink: now / slowNanoseconds % 2 == 0 ? lamp.colour : .black
    case .fastBlink: now / fastNanoseconds % 2 == 0 ? lamp.colour : .black
    }
  }

  /// When the colours change by themselves; `.max` while nothing moves.
  func nextChange(nowNanoseconds now: Int64) -> Int64 {
    if let flashUntil, now < flashUntil { return flashUntil }
    let periods = lamps.prefix(segments.count).compactMap { lamp -> Int64? in
      switch lamp.pattern {
      case .off, .steady: nil
      case .slowBlink: Self.slowNanoseconds
      case .fastBlink: Self.fastNanoseconds
      }
    }
    return periods.map { (now / $0 + 1) * $0 }.min() ?? .max
  }
}
