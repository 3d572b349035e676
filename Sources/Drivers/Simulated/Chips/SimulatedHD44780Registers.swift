/// What an HD44780 knows, and what instructions do to it (HD44780U, table 6).
struct SimulatedHD44780Registers {
  /// DDRAM by address: 0x00 to 0x27, 0x40 to 0x67; with one line 0x00 to 0x4F.
  private(set) var cells = [UInt8](repeating: 0x20, count: 0x80)
  private var drawings = [UInt8](repeating: 0, count: 0x40)
  /// The address counter.
  private(set) var address: UInt8 = 0
  private var isInDrawings = false
  private(set) var isFourBit = false
  private(set) var isTwoLine = false
  private(set) var isOn = false
  private var increments = true
  private var shiftsDisplay = false
  /// By how many cells the display is shifted to the left.
  private(set) var shift = 0

  mutating func execute(_ instruction: UInt8) {
    switch instruction.leadingZeroBitCount {
    case 0: setAddress(instruction & 0x7F, inDrawings: false)
    case 1: setAddress(instruction & 0x3F, inDrawings: true)
    case 2:
      isFourBit = instruction & 0x10 == 0
      isTwoLine = instruction & 0x08 != 0
    case 3: move(displayToo: instruction & 0x08 != 0, right: instruction & 0x04 != 0)
    case 4: isOn = instruction & 0x04 != 0
    case 5:
      increments = instruction & 0x02 != 0
      shiftsDisplay = instruction & 0x01 != 0
    case 6: home()
    case 7:
      cells = [UInt8](repeating: 0x20, count: 0x80)
      increments = true
      home()
    default: break
    }
  }

  mutating func write(_ value: UInt8) {
    if isInDrawings {
      drawings[Int(address & 0x3F)] = value & 0x1F
    } else {
      cells[Int(address)] = value
    }
    count(up: increments)
    if shiftsDisplay && !isInDrawings { turn(left: increments) }
  }

  func read() -> UInt8 { isInDrawings ? drawings[Int(address & 0x3F)] : cells[Int(address)] }

  /// The eight rows of a custom character; codes 8 to 15 are 0 to 7 again.
  func drawing(_ code: UInt8) -> [UInt8] {
    let first = Int(code & 0x07) * 8
    return Array(drawings[first..<first + 8])
  }

  private mutating func setAddress(_ value: UInt8, inDrawings: Bool) {
    address = value
    isInDrawings = inDrawings
  }

  private mutating func home() {
    setAddress(0, inDrawings: false)
    shift = 0
  }

  private mutating func move(displayToo: Bool, right: Bool) {
    if displayToo {
      turn(left: !right)
    } else {
      count(up: right)
    }
  }

  private mutating func turn(left: Bool) { shift = (shift + (left ? 1 : 39)) % 40 }

  private mutating func count(up: Bool) {
    guard !isInDrawings else {
      address = (address &+ (up ? 1 : 0x3F)) & 0x3F
      return
    }
    let last: UInt8 = isTwoLine ? 0x67 : 0x4F
    switch (address, up) {
    case (0x27, true) where isTwoLine: address = 0x40
    case (0x40, false) where isTwoLine: address = 0x27
    case (last, true): address = 0
    case (0, false): address = last
    default: address = (address &+ (up ? 1 : 0x7F)) & 0x7F
    }
  }

  /// Memory as power finds it: chance.
  mutating func fill(seed: UInt64) {
    var chance = SimulatedHD44780Chance(seed: seed)
    cells = cells.map { _ in chance.byte() }
    drawings = drawings.map { _ in chance.byte() & 0x1F }
  }

  /// Everything else by chance.
  mutating func scramble(seed: UInt64) {
    var chance = SimulatedHD44780Chance(seed: ~seed)
    let flags = chance.byte()
    isFourBit = flags & 0x01 != 0
    isTwoLine = flags & 0x02 != 0
    isOn = flags & 0x04 != 0
    increments = flags & 0x08 != 0
    shiftsDisplay = flags & 0x10 != 0
    isInDrawings = flags & 0x20 != 0
    address = chance.byte() & 0x7F
    shift = Int(chance.byte()) % 40
  }
}

/// A generator with a seed (a linear congruential one, of Knuth's constants).
struct SimulatedHD44780Chance {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func byte() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }
}

/// What the character ROM A00 looks like (HD44780U, table 4), written down apart from the driver's
/// own table, so that the one proves the other.
enum SimulatedHD44780Font {
  static func character(_ code: UInt8) -> Character {
    switch code {
    case 0x20...0x7F: ascii[Int(code) - 0x20]
    case 0xA1...0xDF: katakana(code)
    case 0xE0...0xFF: last[Int(code) - 0xE0]
    default: " "
    }
  }

  private static let ascii = Array(
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[¥]^_"
      + "`abcdefghijklmnopqrstuvwxyz{|}→←")

  /// Half-width katakana in Unicode's order; two of its signs are what we use them for.
  private static func katakana(_ code: UInt8) -> Character {
    if code == 0xDF { return "°" }
    if code == 0xA5 { return "·" }
    return Unicode.Scalar(0xFF61 + UInt32(code) - 0xA1).map(Character.init) ?? " "
  }

  /// Letters with tails, which are drawn lower, are given as the letters.
  private static let last = Array("αäßε\u{3BC}σρg√⁻jˣ¢£ñöpqθ∞ΩüΣπx\u{304}y千万円÷ █")
}
