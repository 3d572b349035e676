import ChargePiES

/// The hardware of a station on a stage: it does what it is told at once, unless the story has
/// broken it, and meters are read every four seconds while energy may flow.
struct StageBoard {
  /// One EVSE's contactor, meter and locks.
  struct Part {
    var isClosed = false
    /// The contactor stays as it is.
    var isStuck = false
    /// Contacts can be felt; where they cannot, nothing is reported.
    var hasFeedback = true
    /// What the car draws while the contactor is closed, or what leaks through an open one.
    var drawMilliwatts: Int64 = 0
    var leakMilliwatts: Int64 = 0
    var phases: Int64 = 1
    var isSilent = false
    /// The car tells how full it is, in thousandths.
    var stateOfCharge: Int64?
    var counter: Int64 = 0
    /// Energy below a milliwatt-hour, in milliwatt-milliseconds.
    var remainder: Int64 = 0
    var integratedAt: Int64 = 0
    /// When it is read next; `.max` for never.
    var readDue: Int64 = .max
    var locks: [Lock] = []
  }

  /// A lock: where it is, which order it has followed, and whether it can.
  struct Lock {
    var isLocked = false
    var order: UInt64 = 0
    var isBroken = false
    /// It moves, and nobody hears of it.
    var isMute = false
    var cable = CableState.out
  }

  var parts: [Part]
  private static let pause: Int64 = 4 * nanosecondsPerSecond

  init(_ site: Site) {
    parts = site.evses.map { evse in
      var part = Part()
      part.phases = Int64(evse.connectors.first?.phases ?? 1)
      part.locks = evse.connectors.map { _ in Lock() }
      return part
    }
  }

  /// When a meter is read next.
  var due: Int64 { parts.map(\.readDue).min() ?? .max }

  /// A process begins to listen, and its outputs are open: what every sensor says.
  mutating func start(_ site: Site, at now: Int64) -> [Observation] {
    var found: [Observation] = []
    for index in parts.indices {
      parts[index].integratedAt = now
      parts[index].readDue = .max
      if !parts[index].isStuck { parts[index].isClosed = false }
      let evse = UInt32(index) + 1
      for position in parts[index].locks.indices {
        parts[index].locks[position].order = 0
        guard site.evses[index].connectors[position].hasPlugSense else { continue }
        let cable = parts[index].locks[position].cable
        found.append(.cableSensed(.at(evse, UInt32(position) + 1, cable)))
      }
      if parts[index].hasFeedback {
        found.append(.contactorSensed(.at(evse, parts[index].isClosed)))
      }
      if !parts[index].isSilent { found.append(read(index, at: now)) }
    }
    return found
  }

  /// Moves what has to move, and tells what came of it.
  mutating func reconcile(_ outputs: Outputs, at now: Int64) -> [Observation] {
    var found: [Observation] = []
    for (index, wanted) in outputs.evses.enumerated() where index < parts.count {
      for (position, lock) in wanted.locks.enumerated() where position < parts[index].locks.count {
        found += move(index, position, lock)
      }
      guard parts[index].isClosed != wanted.isClosed else { continue }
      integrate(index, to: now)
      guard !parts[index].isStuck else { continue }
      parts[index].isClosed = wanted.isClosed
      parts[index].readDue = wanted.isClosed ? now + nanosecondsPerSecond : .max
      let evse = UInt32(index) + 1
      if parts[index].hasFeedback { found.append(.contactorSensed(.at(evse, wanted.isClosed))) }
      if !wanted.isClosed && !parts[index].isSilent { found.append(read(index, at: now)) }
    }
    return found
  }

  private mutating func move(
    _ index: Int, _ position: Int, _ wanted: LockOutput
  ) -> [Observation] {
    guard parts[index].locks[position].order != wanted.order else { return [] }
    parts[index].locks[position].order = wanted.order
    let isBroken = parts[index].locks[position].isBroken
    let hasFailed = isBroken && parts[index].locks[position].isLocked != wanted.isLocked
    if !isBroken { parts[index].locks[position].isLocked = wanted.isLocked }
    guard !parts[index].locks[position].isMute else { return [] }
    return [
      .lockSensed(
        LockSensed {
          $0.evse = UInt32(index) + 1
          $0.connector = UInt32(position) + 1
          $0.isLocked = parts[index].locks[position].isLocked
          $0.hasFailed = hasFailed
        })
    ]
  }

  /// The readings that are due.
  mutating func takeDue(at now: Int64) -> [Observation] {
    var found: [Observation] = []
    for index in parts.indices where parts[index].readDue <= now {
      parts[index].readDue = parts[index].isClosed ? now + Self.pause : .max
      if !parts[index].isSilent { found.append(read(index, at: now)) }
    }
    return found
  }

  /// What the meter has counted, and what flows now.
  mutating func read(_ index: Int, at now: Int64) -> Observation {
    integrate(index, to: now)
    let part = parts[index]
    let power = part.isClosed ? part.drawMilliwatts : part.leakMilliwatts
    let current = power / part.phases / 230
    return .meterRead(
      MeterRead {
        $0.evse = UInt32(index) + 1
        $0.counterMilliwattHours = part.counter
        $0.powerMilliwatts = power
        for phase in 0..<part.phases {
          $0.currentMilliamperes.append(current)
          $0.voltageMillivolts.append(230_000 + 100 * phase)
        }
        if part.phases > 1 {
          $0.frequencyMillihertz = 49_987
          $0.temperatureMillidegrees = -3_250
        }
        $0.stateOfChargePermille = part.stateOfCharge
      })
  }

  private mutating func integrate(_ index: Int, to now: Int64) {
    let milliseconds = (now - parts[index].integratedAt) / 1_000_000
    parts[index].integratedAt += milliseconds * 1_000_000
    let power = parts[index].isClosed ? parts[index].drawMilliwatts : parts[index].leakMilliwatts
    let energy = power * milliseconds + parts[index].remainder
    parts[index].counter += energy / 3_600_000
    parts[index].remainder = energy % 3_600_000
  }

  /// Nobody listens any more; the meters count on to here.
  mutating func stop(at now: Int64) {
    for index in parts.indices { integrate(index, to: now) }
  }

  /// The car changes what it draws, in watts.
  mutating func draw(_ index: Int, watts: Int64, at now: Int64) {
    integrate(index, to: now)
    parts[index].drawMilliwatts = watts * 1_000
    if parts[index].isClosed { parts[index].readDue = now + nanosecondsPerSecond }
  }
}

extension CableSensed {
  static func at(_ evse: UInt32, _ connector: UInt32, _ cable: CableState) -> CableSensed {
    CableSensed {
      $0.evse = evse
      $0.connector = connector
      $0.cable = cable
    }
  }
}

extension ContactorSensed {
  static func at(_ evse: UInt32, _ isClosed: Bool) -> ContactorSensed {
    ContactorSensed {
      $0.evse = evse
      $0.isClosed = isClosed
    }
  }
}
