/// What the guard sees at one look.
struct GuardSenses {
  /// In the order of the wiring.
  var safety: [PinReading] = []
  /// In the order of the wiring.
  var evses: [EVSESenses] = []
  /// When the loop gave its last sign of life.
  var lastBeatNanoseconds: Int64
}

/// The mind of the contactors' thread: it decides by itself to open, and never to close.
///
/// Pure: what it sees, what it is told, and the time come as arguments; what the relays shall do is
/// its value. It closes a contactor only between a command to close and the next command to open,
/// and only when rest, rate, safety inputs, trips and welds allow it; it opens at once, always.
struct ContactorGuard {
  private let limits: GuardLimits
  private let hasInputs: Bool
  private(set) var evses: [EVSEGuard]
  private var safety: [SafetyWatch]
  private var life: LifeWatch
  private var reports: [GuardReport] = []

  init(_ wiring: StationWiring, limits: GuardLimits, nowNanoseconds: Int64) {
    self.limits = limits
    hasInputs = wiring.hasInputs
    evses = wiring.contactors.map {
      EVSEGuard($0, limits: limits, nowNanoseconds: nowNanoseconds)
    }
    safety = wiring.safety.map { SafetyWatch(kind: $0.kind, evse: $0.evse, limits: limits) }
    life = LifeWatch(limits: limits)
  }

  // MARK: What others say

  mutating func command(_ isClosed: Bool, evse id: UInt32, nowNanoseconds now: Int64) {
    guard let index = index(id) else { return }
    evses[index].command(isClosed, nowNanoseconds: now)
  }

  mutating func commandLock(
    evse id: UInt32, connector: UInt32, _ isLocked: Bool, order: UInt64, nowNanoseconds now: Int64
  ) {
    guard let index = index(id) else { return }
    evses[index].commandLock(
      connector: connector, isLocked, order: order, nowNanoseconds: now)
  }

  /// Somebody has looked after an EVSE's contactor: a weld or a failure to close may be forgotten.
  mutating func reset(evse id: UInt32) {
    guard let index = index(id) else { return }
    evses[index].reset()
  }

  mutating func drove(_ index: Int, _ isClosed: Bool, _ error: BusError?, nowNanoseconds: Int64) {
    evses[index].drove(isClosed, error, nowNanoseconds: nowNanoseconds)
  }

  mutating func droveLock(_ index: Int, connector: Int, _ error: BusError?) {
    evses[index].droveLock(connector, error)
  }

  private func index(_ id: UInt32) -> Int? { evses.firstIndex { $0.id == id } }

  // MARK: What it wants

  /// How long it may be until the next look.
  var periodNanoseconds: Int64 {
    hasInputs || evses.contains { $0.isActive }
      ? limits.activePeriodNanoseconds : limits.idlePeriodNanoseconds
  }

  mutating func takeReports() -> [GuardReport] {
    for index in evses.indices { reports += evses[index].takeReports() }
    defer { reports.removeAll() }
    return reports
  }

  // MARK: A look

  /// Looks at everything; true when the loop is to be asked for a sign of life.
  mutating func look(_ senses: GuardSenses, nowNanoseconds now: Int64) -> Bool {
    for (index, reading) in senses.safety.enumerated() {
      reports += safety[index].look(reading, nowNanoseconds: now)
    }
    let finding = life.look(
      isNeeded: evses.contains { $0.needsLoop },
      lastBeatNanoseconds: senses.lastBeatNanoseconds, nowNanoseconds: now)
    for (index, evse) in senses.evses.enumerated() {
      let station = station(for: evses[index], finding, senses.lastBeatNanoseconds)
      evses[index].look(evse, station, nowNanoseconds: now)
    }
    return finding == .ask
  }

  private func station(
    for evse: EVSEGuard, _ life: LifeWatch.Finding, _ beat: Int64
  ) -> StationSenses {
    let watches = safety.filter { $0.evse == 0 || $0.evse == evse.id }
    var senses = StationSenses(lastBeatNanoseconds: beat)
    senses.isSafe = watches.allSatisfy { $0.isSafe }
    senses.cause = watches.lazy.compactMap { $0.cause }.first
    if case .silent(let nanoseconds) = life, evse.needsLoop {
      senses.cause = senses.cause ?? .loopSilent(nanoseconds: nanoseconds)
    }
    return senses
  }
}

/// One safety input.
struct SafetyWatch {
  let kind: SafetyKind
  /// The EVSE that it stops; 0 for all.
  let evse: UInt32
  private var input: DebouncedInput

  init(kind: SafetyKind, evse: UInt32, limits: GuardLimits) {
    self.kind = kind
    self.evse = evse
    input = DebouncedInput(
      activeNanoseconds: limits.safetyActiveNanoseconds,
      inactiveNanoseconds: limits.settledNanoseconds)
  }

  /// Known to be inactive; before the first look has settled, nothing is known.
  var isSafe: Bool { input.error == nil && input.level == false }

  /// Why everything behind it must be open.
  var cause: TripReason? {
    if input.error != nil { return .safetyUnreadable(kind) }
    return input.level == true ? .safety(kind) : nil
  }

  mutating func look(_ reading: PinReading, nowNanoseconds: Int64) -> [GuardReport] {
    let change = input.look(reading, nowNanoseconds: nowNanoseconds)
    var reports: [GuardReport] = []
    if change.error { reports.append(.input(.safety(kind, evse: evse), input.error)) }
    if change.level, let isActive = input.level {
      reports.append(.safety(kind, evse: evse, isActive: isActive))
    }
    return reports
  }
}
