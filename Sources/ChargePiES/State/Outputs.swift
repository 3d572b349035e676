/// What drivers reconcile the hardware towards: levels, functions of the state.
public struct Outputs: Hashable, Sendable {
  /// EVSEs in order of their ids.
  public var evses: [EVSEOutputs] = []

  /// No outputs: everything open.
  public init() {}
}

/// One EVSE's levels.
public struct EVSEOutputs: Hashable, Sendable {
  /// The EVSE.
  public var id: UInt32
  /// The connector that is used: where each has a contactor of its own, it is that one's turn;
  /// 0 for none.
  public var connector: UInt32
  /// Whether the contactor is closed.
  public var isClosed: Bool
  /// What the car is offered, in milliamperes; 0 while the contactor is open.
  public var limitMilliamperes: Int64
  /// Locks in order of their connectors.
  public var locks: [LockOutput]
}

/// One connector's lock.
public struct LockOutput: Hashable, Sendable {
  /// Where it shall be.
  public var isLocked: Bool
  /// The event of the last command: the lock moves once for each.
  public var order: UInt64
}

extension Station {
  /// The levels that this state wants.
  public var outputs: Outputs {
    var outputs = Outputs()
    for evse in evses {
      outputs.evses.append(
        EVSEOutputs(
          id: evse.id, connector: evse.session?.connector ?? 0, isClosed: evse.isClosed,
          limitMilliamperes: evse.isClosed ? limitMilliamperes(evse) : 0,
          locks: evse.connectors.map {
            LockOutput(isLocked: $0.lockCommanded, order: $0.lockOrder)
          }))
    }
    return outputs
  }
}

extension Outputs {
  /// What may be done now: opening and locking as soon as it is decided, closing and unlocking only
  /// when it is durable.
  public static func permitted(inMemory memory: Outputs, durable: Outputs) -> Outputs {
    guard memory.evses.count == durable.evses.count else { return memory.opened }
    var merged = memory
    for index in merged.evses.indices {
      let kept = durable.evses[index]
      if !kept.isClosed {
        merged.evses[index].isClosed = false
        merged.evses[index].limitMilliamperes = 0
      }
      for lock in merged.evses[index].locks.indices
      where !merged.evses[index].locks[lock].isLocked && lock < kept.locks.count {
        merged.evses[index].locks[lock] = kept.locks[lock]
      }
    }
    return merged
  }

  /// Every contactor open, locks as they are.
  public var opened: Outputs {
    var outputs = self
    for index in outputs.evses.indices {
      outputs.evses[index].isClosed = false
      outputs.evses[index].limitMilliamperes = 0
    }
    return outputs
  }
}
