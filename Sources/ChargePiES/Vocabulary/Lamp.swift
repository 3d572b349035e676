/// What a lamp shows people: a colour, and how it moves. A level like a contactor's: a function of
/// the state, towards which a driver reconciles.
public struct Lamp: Hashable, Sendable {
  public var colour = Colour.black
  public var pattern = LampPattern.steady

  public init(_ colour: Colour, _ pattern: LampPattern = .steady) {
    self.colour = colour
    self.pattern = pattern
  }
}

/// Red, green and blue, each from 0 to 255.
public struct Colour: Hashable, Sendable {
  public var red: UInt8 = 0
  public var green: UInt8 = 0
  public var blue: UInt8 = 0

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Dark.
  public static let black = Colour(red: 0, green: 0, blue: 0)
  /// All three in full.
  public static let white = Colour(red: 255, green: 255, blue: 255)
}

/// How a lamp moves, so that states differ for people who cannot tell the colours.
public enum LampPattern: Hashable, Sendable, CaseIterable {
  case off
  case steady
  /// One second on, one second off.
  case slowBlink
  /// A fifth of a second on, a fifth off.
  case fastBlink
}
