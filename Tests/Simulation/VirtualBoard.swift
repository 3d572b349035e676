import ChargePiES

/// The hardware of a station in the simulated truth, as its drivers show it to the loop.
///
/// Sensors report into `found` only while a process listens; what happens in between is there when
/// the next one starts.
final class VirtualBoard {
  var evses: [VirtualEVSE]
  private(set) var found: [Observation] = []
  private(set) var isListening = false
  /// The next moment at which something changes by itself, or is read.
  private(set) var due: Int64 = .max
  /// The emergency stop is pressed until then.
  var stopUntil: Int64 = 0
  private var reportedStop = false
  let tally: Tally
  /// The usual pause between readings; each second before what may cost readings.
  let usualPause: Int64
  /// The loop's wish for fast readings.
  var readsFast = false

  init(_ character: Character, tally: Tally) {
    evses = character.layout.map { VirtualEVSE($0) }
    usualPause = character.readingNanoseconds
    self.tally = tally
  }

  /// A process begins to listen: the first reading of every sensor.
  func start(at now: Int64) -> [Observation] {
    isListening = true
    found = []
    reportedStop = false
    for index in evses.indices {
      _ = evses[index].settle(at: now)
      evses[index].reportedClosed = nil
      for position in evses[index].connectors.indices {
        evses[index].connectors[position].lockOrder = 0
        reportCable(index, position)
      }
      reportContactor(index, now)
      reportMeter(index, now)
      if evses[index].faultUntil > now { reportFault(index, isActive: true) }
    }
    if stopUntil > now { reportStop(isActive: true) }
    plan(now)
    return drain()
  }

  /// Nobody listens any more; with the process its outputs fall.
  func stop(at now: Int64) {
    isListening = false
    found = []
    for index in evses.indices {
      evses[index].advance(to: now)
      evses[index].isCommandedClosed = false
      evses[index].offeredMilliamperes = 0
      evses[index].tripUntil = 0
      evses[index].tripCode = .none
      _ = evses[index].settle(at: now)
      evses[index].readDue = .max
    }
    plan(now)
  }

  /// Some locks are held by current, some by a spring.
  func lostPower(locksOpen: Bool) {
    guard locksOpen else { return }
    for index in evses.indices {
      for position in evses[index].connectors.indices {
        evses[index].connectors[position].isLocked = false
      }
    }
  }

  /// Moves contactors and locks to where they shall be.
  func reconcile(_ outputs: Outputs, at now: Int64) {
    for (index, wanted) in outputs.evses.enumerated() where index < evses.count {
      if evses[index].isCommandedClosed != wanted.isClosed
        || evses[index].offeredMilliamperes != wanted.limitMilliamperes
      {
        evses[index].advance(to: now)
        evses[index].isCommandedClosed = wanted.isClosed
        evses[index].offeredMilliamperes = wanted.limitMilliamperes
        change(index, now)
        reportMeter(index, now)
        plan(now)
      }
      for (position, lock) in wanted.locks.enumerated()
      where position < evses[index].connectors.count {
        move(lock, index, position, now)
      }
    }
  }

  private func move(_ lock: LockOutput, _ index: Int, _ position: Int, _ now: Int64) {
    guard evses[index].connectors[position].lockOrder != lock.order else { return }
    evses[index].connectors[position].lockOrder = lock.order
    guard evses[index].connectors[position].layout.hasLock else { return }
    let fails =
      (lock.isLocked ? evses[index].lockFailsUntil : evses[index].unlockFailsUntil) > now
    if fails { tally.count(.lockStuck) }
    let isLocked = fails ? !lock.isLocked : lock.isLocked
    evses[index].connectors[position].isLocked = isLocked
    report(
      .lockSensed(
        LockSensed {
          $0.evse = evses[index].id
          $0.connector = evses[index].connectors[position].layout.id
          $0.isLocked = isLocked
          $0.hasFailed = fails
        }))
  }

  /// What the sensors have found by now.
  func take(at now: Int64) -> [Observation] {
    guard isListening else { return [] }
    if due <= now { look(now) }
    return found.isEmpty ? [] : drain()
  }

  func lookAgain(_ now: Int64) {
    if isListening { look(now) }
  }

  private func look(_ now: Int64) {
    if reportedStop && stopUntil <= now { reportStop(isActive: false) }
    for index in evses.indices where evses[index].due <= now {
      release(index, now)
      follow(index, now)
      if evses[index].readDue <= now { reportMeter(index, now) }
    }
    plan(now)
  }

  /// Readings as of now, where energy flows.
  func readMeters(at now: Int64) -> [Observation] {
    for index in evses.indices where evses[index].milliamperes > 0 {
      evses[index].advance(to: now)
      reportMeter(index, now)
    }
    plan(now)
    return drain()
  }

  /// Something about an EVSE is new: contacts and draw follow, and are reported.
  func change(_ index: Int, _ now: Int64) {
    follow(index, now)
    plan(now)
  }

  private func follow(_ index: Int, _ now: Int64) {
    let hasChanged = evses[index].settle(at: now)
    reportContactor(index, now)
    if hasChanged { reportMeter(index, now) }
  }

  /// Works out when something happens next.
  func plan(_ now: Int64) {
    var next = found.isEmpty ? Int64.max : now
    if reportedStop { next = min(next, stopUntil) }
    for index in evses.indices { next = min(next, evses[index].plan(now)) }
    due = next
  }

  private func drain() -> [Observation] {
    let observations = found
    found = []
    return observations
  }

  func report(_ observation: Observation) {
    guard isListening else { return }
    found.append(observation)
  }
}

extension VirtualBoard {
  func reportStop(isActive: Bool) {
    reportedStop = isActive
    report(
      .faultSensed(
        FaultSensed {
          $0.code = .otherError
          $0.vendorCode = "EmergencyStop"
          $0.isActive = isActive
        }))
  }
}
