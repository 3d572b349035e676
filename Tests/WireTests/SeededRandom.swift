import Projections

/// A generator with a seed (SplitMix64), so that what failed can be run again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int {
    Int.random(in: 0..<bound, using: &self)
  }

  mutating func text() -> String {
    let alphabet: [Character] = [
      "a", "Z", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "é", "中", "😀", " ",
    ]
    return String((0..<below(12)).map { _ in alphabet[below(alphabet.count)] })
  }

  mutating func json(depth: Int) -> JSON {
    switch below(depth > 0 ? 7 : 5) {
    case 0: return .null
    case 1: return .bool(below(2) == 0)
    case 2: return .integer(Int64(bitPattern: next()) >> Int64(below(64)))
    case 3: return .number(Double.random(in: -1e6...1e6, using: &self))
    case 4: return .string(text())
    case 5: return .array((0..<below(5)).map { _ in json(depth: depth - 1) })
    default:
      return .object((0..<below(5)).map { .init("m\($0)", json(depth: depth - 1)) })
    }
  }
}
