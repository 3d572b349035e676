@testable import ChargePiES

/// A random story: what may happen to a station, in any order.
struct Chaos {
  private(set) var random: SeededRandom
  let story: Story
  private var connection: UInt64 = 1

  init(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var world = World()
    for id in 1...UInt32(1 + random.below(3)) {
      let kinds = [(true, true), (false, true), (false, false)]
      world.add(id, (0...random.below(2)).map { _ in random.pick(kinds) })
    }
    for variable in Variable.allCases where random.once(in: 3) {
      switch variable.definition.kind {
      case .flag: world = world.with(variable, random.pick(["true", "true", "false"]))
      case .integer(let range) where variable.definition.isWritable:
        let value = min(range.upperBound, Int64(random.pick([0, 1, 5, 30, 600])))
        world = world.with(variable, "\(max(range.lowerBound, value))")
      case .integer, .list, .rotations, .text, .secret, .token: break
      }
    }
    world.policy.resumesAfterPowerLoss = random.once(in: 2)
    world.policy.maximumChargingSeconds = random.pick([0, 60, 3_600])
    story = Story(world, online: random.once(in: 2))
    self.random = random
  }

  /// Time passes, and one thing happens.
  mutating func step() -> [Event] {
    let next = story.station.nextDeadline() ?? .max
    let pause = random.pick([0, 1, 1_000_000, nanosecondsPerSecond, 7 * nanosecondsPerSecond])
    let target = story.moment + pause * Int64(1 + random.below(10))
    if random.once(in: 3), next < story.moment + 3_600 * nanosecondsPerSecond {
      story.moment = max(story.moment, next)
      return story.observe(.time)
    }
    story.moment = target
    if story.station.process.isStopping { return restart() }
    return story.observe(observation())
  }

  private mutating func restart() -> [Event] {
    let before = story.history.count
    story.killed(lostPower: random.once(in: 2), isReady: !random.once(in: 4))
    return Array(story.history.dropFirst(before))
  }

  private mutating func observation() -> Observation {
    let evse = UInt32(random.below(5))
    let upstream = story.station.authority
    if upstream?.open != nil, random.once(in: 2) { return answer() }
    if upstream?.isConnecting == true, random.once(in: 2) { return link() }
    let hasFaults = story.station.evses.contains { !$0.faults.isEmpty }
    if hasFaults || !story.station.faults.isEmpty, random.once(in: 4) { return fault(evse) }
    switch random.below(20) {
    case 0, 1, 2: return cable(evse)
    case 3, 4, 5: return .card(UInt64(random.below(5)), at: random.once(in: 3) ? [evse] : [])
    case 6, 7, 8, 9: return meter(evse)
    case 10: return contacts(evse)
    case 11, 12, 13, 14: return lock(evse)
    case 15: return fault(evse)
    case 16: return link()
    case 17, 18: return story.call(command(), id: "\(random.below(100))")
    default: return rare(evse)
    }
  }

  /// Mostly what was commanded.
  private mutating func contacts(_ evse: UInt32) -> Observation {
    let isClosed = story.station.evse(evse)?.isClosed ?? false
    return .contacts(evse, closed: isClosed != random.once(in: 6))
  }

  /// Mostly what was commanded.
  private mutating func lock(_ evse: UInt32) -> Observation {
    let place = story.station.evses.flatMap { evse in
      evse.connectors.filter { $0.isLocked != $0.lockCommanded }.map { (evse.id, $0.layout.id) }
    }.first
    guard let place, !random.once(in: 6) else {
      return .lock(evse, locked: random.once(in: 2), failed: random.once(in: 2))
    }
    let connector = story.station.connector(Place(evse: place.0, connector: place.1))
    return .lockSensed(
      LockSensed {
        $0.evse = place.0
        $0.connector = place.1
        $0.isLocked = connector?.lockCommanded ?? false
      })
  }

  private mutating func cable(_ evse: UInt32) -> Observation {
    let count = story.station.evse(evse)?.connectors.count ?? 1
    return .cable(
      evse, random.pick(CableState.allCases), connector: UInt32(1 + random.below(count)))
  }

  private mutating func meter(_ evse: UInt32) -> Observation {
    let counter = story.station.evse(evse)?.meter.counterMilliwattHours ?? 0
    let next =
      random.once(in: 10) ? Int64(random.below(1_000_000)) : counter + Int64(random.below(2_000))
    return .meter(
      evse, counter: next, power: random.pick([0, 15_000, 60_000, 2_300_000]),
      current: random.pick([0, 10_000, 19_000, 40_000]))
  }

  private mutating func fault(_ evse: UInt32) -> Observation {
    for evse in story.station.evses where !random.once(in: 4) {
      guard let fault = evse.faults.first else { continue }
      return .fault(evse.id, fault.code, fault.vendorCode, active: false)
    }
    if let fault = story.station.faults.first, !random.once(in: 4) {
      return .fault(0, fault.code, fault.vendorCode, active: false)
    }
    return .fault(
      random.once(in: 3) ? 0 : evse, random.pick(FaultCode.allCases),
      random.pick(["", "EmergencyStop", "OverCurrent", "Trip", "a", "b", "c"]),
      active: random.once(in: 2))
  }

  private mutating func answer() -> Observation {
    story.central.refused = random.once(in: 5) ? MessageClass.allCases : []
    let status = random.pick(AuthorizationStatus.allCases)
    story.central.cards[UInt64(random.below(5))] = TokenInfo {
      $0.status = random.once(in: 4) ? status : .accepted
      $0.group = UInt64(random.below(3))
    }
    story.central.startedCards = [
      UInt64(random.below(5)): .refused(random.pick([.blocked, .invalid]))
    ]
    story.central.registration = random.once(in: 4) ? .pending : .accepted
    story.central.epochNanoseconds =
      (1_700_000_000 + Int64(random.below(3)) * 3_600) * nanosecondsPerSecond
    return story.answer() ?? .time
  }

  private mutating func link() -> Observation {
    let upstream = story.station.authority
    if upstream?.connection == 0 {
      guard upstream?.isConnecting == true else { return .time }
      connection += 1
      return random.once(in: 3) ? .linkClosed(connection) : .linkOpened(connection)
    }
    return .linkClosed(connection, chance: UInt32(truncatingIfNeeded: random.next()))
  }

  private mutating func command() -> Command? {
    let place = Place(evse: UInt32(random.below(4)), connector: UInt32(random.below(3)))
    switch random.below(9) {
    case 0: return .availability(place, operative: !random.once(in: 4))
    case 1:
      let value = random.pick(["0", "1", "30", "true", "false"])
      return .set(random.pick(Variable.allCases), value)
    case 2: return .clearCache(ClearCache())
    case 3, 4: return .remoteStart(UInt64(random.below(5)), at: random.once(in: 2) ? nil : place)
    case 5: return .remoteStop("tx-\(random.below(20))")
    case 6: return .unlock(place.evse, place.connector)
    case 7 where random.once(in: 9): return .reset(random.pick([.soft, .hard]))
    default: return nil
    }
  }

  private mutating func rare(_ evse: UInt32) -> Observation {
    switch random.below(6) {
    case 0 where random.once(in: 3): return .stop
    case 1: return .free(Int64(random.pick([1, 2, 9, 9])) * Limits.sessionReserveBytes)
    case 2: return .clock(1_700_000_000 * nanosecondsPerSecond + story.moment, .ntp)
    case 3: return .wish(random.pick(Wish.allCases), session: parked ?? SessionID())
    case 4: return .frameRefused(FrameRefused { $0.upstream = 1 })
    case 5 where random.once(in: 2):
      return .tripReported(
        TripReported {
          $0.evse = evse
          $0.code = .groundFailure
        })
    default: return .ready
    }
  }

  private var parked: SessionID? { story.station.authority?.parked.first?.session }
}
