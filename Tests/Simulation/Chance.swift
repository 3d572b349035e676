/// Chance from a seed (SplitMix64): the same numbers in every process, on every toolchain.
///
/// The standard library's ways from bits to ranges may change with its version, so they are made
/// here.
package struct Chance: Hashable, Sendable {
  private var state: UInt64

  /// The numbers of a seed.
  package init(seed: UInt64) {
    state = seed
  }

  /// Numbers of their own for a purpose and a key: taking one away changes no other.
  package init(seed: UInt64, _ purpose: UInt64, _ key: UInt64 = 0) {
    var mixer = Chance(seed: seed ^ (purpose &* 0xD134_2543_DE82_EF95))
    state = mixer.next() ^ (key &* 0x2545_F491_4F6C_DD1D)
    _ = next()
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to below a bound; the bias of the remainder is far below what matters here.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// A number in a range.
  package mutating func between(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  /// Whether something happens that happens once in so many times.
  package mutating func isOnce(in count: Int) -> Bool { below(count) == 0 }

  /// One of several.
  package mutating func one<T>(of list: [T]) -> T { list[below(list.count)] }
}

/// A running digest of bytes (FNV-1a, 64 bits): names records, not secrets.
package struct Fingerprint64: Hashable, Sendable {
  /// The value so far.
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// The digest of these bytes.
  package init(_ bytes: some Sequence<UInt8>) {
    add(bytes)
  }

  /// Takes more bytes.
  package mutating func add(_ bytes: some Sequence<UInt8>) {
    var mixed = value
    for byte in bytes { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    value = mixed
  }

  /// Takes a number, lowest byte first.
  package mutating func add(_ number: UInt64) {
    var mixed = value
    for shift in stride(from: 0, to: 64, by: 8) {
      mixed = (mixed ^ (number >> UInt64(shift) & 0xFF)) &* 0x100_0000_01B3
    }
    value = mixed
  }
}
