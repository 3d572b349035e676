import Synchronization

/// The lock around a simulated world: its chips, cars and wires are one machine that several bus
/// threads touch.
///
/// Devices take it for each step on their bus. Whoever looks at a model, or changes it, takes it
/// too. It is not recursive: what runs under it calls no simulated device or pin.
public final class SimulatedWorld: Sendable {
  private let mutex = Mutex(())

  /// A world of its own.
  public init() {}

  /// Runs with the world standing still.
  public func withLock<Result>(_ body: () -> Result) -> Result {
    // Under the lock for as long as the body runs; what it returns is the caller's business.
    var result: Result?
    mutex.withLock { _ in result = body() }
    guard let result else { preconditionFailure("the body has run") }
    return result
  }
}

/// A generator with a seed (SplitMix64), so that what failed can be run again.
struct SimulatedChance: RandomNumberGenerator {
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

  /// True so many times in a thousand.
  mutating func happens(permille: Int) -> Bool {
    permille > 0 && next() % 1_000 < UInt64(permille)
  }

  /// A byte as it arrives: now and then with one bit turned.
  mutating func onTheWay(_ byte: UInt8, flipPermille: Int) -> UInt8 {
    happens(permille: flipPermille) ? byte ^ (1 << UInt8(next() % 8)) : byte
  }
}
