import Synchronization

/// What lies between a simulated chip and its driver: the bus's lock, latency, and what goes wrong.
final class SimulatedLink: Sendable {
  private struct Condition {
    var faults: ChipFaults
    var chance: SimulatedChance
  }

  private let condition: Mutex<Condition>

  init(faults: ChipFaults, seed: UInt64) {
    condition = Mutex(Condition(faults: faults, chance: SimulatedChance(seed: seed)))
  }

  var faults: ChipFaults {
    get { condition.withLock { $0.faults } }
    set { condition.withLock { $0.faults = newValue } }
  }

  /// What comes back: the chip's bytes, or what a line without one reads; some bits turned.
  func arriving(_ bytes: [UInt8]) -> [UInt8] {
    condition.withLock { condition in
      guard !condition.faults.isMissing else {
        return bytes.map { _ in condition.faults.missingLevel }
      }
      let permille = condition.faults.flipPermille
      guard permille > 0 else { return bytes }
      return bytes.map { condition.chance.onTheWay($0, flipPermille: permille) }
    }
  }

  /// Whether this transaction is not acknowledged.
  func isRefused() -> Bool {
    condition.withLock { condition in
      condition.faults.isMissing
        || condition.chance.happens(permille: condition.faults.nackPermille)
    }
  }
}
