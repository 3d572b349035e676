import ChargePiES

/// What a strip may draw from its supply.
///
/// The Pi's 5 V header gives about 500 mA beside the Pi itself: eight LEDs in full white are that.
public struct WS281xPower: Hashable, Sendable {
  /// What the whole strip may draw, in milliamperes.
  public var budgetMilliamperes = 500
  /// What one colour of one LED draws in full, in milliamperes (WS2812B data sheet).
  public var partMilliamperes = 20
  /// What one LED draws when it is dark, in milliamperes.
  public var restMilliamperes = 1

  public init(budgetMilliamperes: Int = 500) {
    self.budgetMilliamperes = budgetMilliamperes
  }

  /// The drive of each LED within the budget: all darker by the same factor, so that colours stay.
  func scaled(_ frame: [WS281xDrive]) -> [WS281xDrive] {
    let sum = frame.reduce(0) { $0 + $1.sum }
    let left = max(0, budgetMilliamperes - frame.count * restMilliamperes)
    let allowed = left * 255 / max(1, partMilliamperes)
    guard sum > allowed else { return frame }
    func scale(_ part: UInt8) -> UInt8 { UInt8(Int(part) * allowed / sum) }
    return frame.map {
      WS281xDrive(
        red: scale($0.red), green: scale($0.green), blue: scale($0.blue), white: scale($0.white))
    }
  }
}

extension WS281xDrive {
  /// A colour on a strip: where there is a white LED, it takes over what the three have in common,
  /// which is the better white at a third of the current.
  init(_ colour: Colour, _ order: WS281xOrder) {
    self.init(red: colour.red, green: colour.green, blue: colour.blue)
    switch order {
    case .grb, .rgb: break
    case .grbw:
      white = min(red, green, blue)
      red -= white
      green -= white
      blue -= white
    }
  }
}
