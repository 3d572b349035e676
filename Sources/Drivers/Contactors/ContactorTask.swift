import Glibc

/// The hands of the guard: looks at the pins, lets the mind decide, drives the relays.
///
/// It runs on a thread of its own and calls nothing that waits for the loop, the disk or a network.
final class ContactorTask: BusTask {
  /// How often the relays of open contactors are read back; closed ones are at every look.
  static let readBackNanoseconds: Int64 = 1_000_000_000

  /// Where its findings go.
  struct Outlets {
    /// False when it cannot be taken now: it is offered again.
    var report: @Sendable (GuardReport) -> Bool
    /// Asks the loop for a sign of life.
    var ask: @Sendable () -> Void
  }

  private let wiring: StationWiring
  private let meters: MeterWatch
  private let control: GuardControl
  private let outlets: Outlets
  private var mind: ContactorGuard
  /// What the loop wanted at the last look.
  private var seen: [GuardControl.Wanted]
  private var seenChanges: UInt64 = 0
  /// The levels that the relays have; nil when that is not known.
  private var driven: [Bool?]
  private var drivenLocks: [[Bool?]]
  private var readBackDueNanoseconds: Int64 = .min
  /// Reports that nobody could take yet: of each level the last.
  private var waiting: [GuardReport] = []

  init(
    wiring: StationWiring, limits: GuardLimits, meters: MeterWatch, control: GuardControl,
    outlets: Outlets, nowNanoseconds: Int64
  ) {
    self.wiring = wiring
    self.meters = meters
    self.control = control
    self.outlets = outlets
    mind = ContactorGuard(wiring, limits: limits, nowNanoseconds: nowNanoseconds)
    seen = wiring.contactors.map { _ in GuardControl.Wanted() }
    driven = wiring.contactors.map { _ in nil }
    drivenLocks = wiring.contactors.map { $0.connectors.map { _ in nil } }
  }

  func run(nowNanoseconds now: Int64) -> Int64 {
    obey(now)
    // What shall open does not wait for inputs that may be slow.
    drive(now)
    readBack(now)
    let asks = mind.look(look(), nowNanoseconds: now)
    drive(now)
    report()
    if asks { outlets.ask() }
    return now + mind.periodNanoseconds
  }

  func end() {
    control.holdOpen()
    for contactor in wiring.contactors {
      // The lines go inactive once more when they are given back; there is nobody left to tell.
      try? contactor.relay.set(false)
      for connector in contactor.connectors { try? connector.lock?.set(false) }
    }
  }

  // MARK: Commands

  private func obey(_ now: Int64) {
    let changes = control.changes
    guard changes != seenChanges else { return }
    seenChanges = changes
    for (index, contactor) in wiring.contactors.enumerated() {
      let evse = contactor.evse
      guard let wanted = control.wanted(evse) else { continue }
      if wanted.openings != seen[index].openings || control.isHeldOpen {
        mind.command(false, evse: evse, nowNanoseconds: now)
      }
      if wanted.isClosed && !control.isHeldOpen {
        mind.command(true, evse: evse, nowNanoseconds: now)
      }
      if wanted.resets != seen[index].resets { mind.reset(evse: evse) }
      for (connector, lock) in wanted.locks {
        mind.commandLock(
          evse: evse, connector: connector, lock.isLocked, order: lock.order, nowNanoseconds: now)
      }
      seen[index] = wanted
    }
  }

  // MARK: Pins

  private func look() -> GuardSenses {
    GuardSenses(
      safety: wiring.safety.map { Self.read($0.input) },
      evses: wiring.contactors.map { contactor in
        EVSESenses(
          limitMilliamperes: contactor.chosenMilliamperes?(),
          feedback: contactor.feedback.map { Self.read($0) },
          meter: meters.last(contactor.evse),
          connectors: contactor.connectors.map { connector in
            ConnectorSenses(
              plug: connector.plug.map { Self.read($0) },
              lock: connector.lockFeedback.map { Self.read($0) })
          })
      },
      lastBeatNanoseconds: control.lastBeatNanoseconds)
  }

  private static func read(_ pin: any DigitalInput) -> PinReading {
    Result { () throws(BusError) -> Bool in try pin.get() }
  }

  /// Gives every relay its level, the ones that open first.
  private func drive(_ now: Int64) {
    for level in [false, true] {
      for index in wiring.contactors.indices
      where mind.evses[index].contactor.isClosed == level && driven[index] != level {
        drive(index, level, now)
      }
    }
    for index in wiring.contactors.indices { driveLocks(index) }
  }

  private func drive(_ index: Int, _ isClosed: Bool, _ now: Int64) {
    let error = set(index, isClosed)
    driven[index] = error == nil ? isClosed : nil
    mind.drove(index, isClosed, error, nowNanoseconds: now)
    // A line that failed to close may have closed all the same.
    if error != nil && isClosed { _ = set(index, false) }
  }

  private func set(_ index: Int, _ isClosed: Bool) -> BusError? {
    let relay = wiring.contactors[index].relay
    do throws(BusError) {
      try relay.set(isClosed)
      // `openAll` opens after it has said so, and this looks after it has closed: whichever was
      // first, the relay ends open.
      if isClosed && control.isHeldOpen { try relay.set(false) }
      return nil
    } catch {
      return error
    }
  }

  /// A line that was lost, or that somebody else has moved, is found before it matters.
  private func readBack(_ now: Int64) {
    let isDue = now >= readBackDueNanoseconds
    if isDue { readBackDueNanoseconds = now + Self.readBackNanoseconds }
    for (index, contactor) in wiring.contactors.enumerated() {
      guard let level = driven[index], level || isDue else { continue }
      let error: BusError?
      switch Result(catching: { () throws(BusError) -> Bool in try contactor.relay.get() }) {
      case .success(let found): error = found == level ? nil : .os(EIO)
      case .failure(let failure): error = failure
      }
      guard let error else { continue }
      driven[index] = nil
      mind.drove(index, level, error, nowNanoseconds: now)
    }
  }

  private func driveLocks(_ index: Int) {
    for (position, level) in mind.evses[index].lockLevels.enumerated() {
      guard let lock = wiring.contactors[index].connectors[position].lock,
        drivenLocks[index][position] != level
      else { continue }
      do throws(BusError) {
        try lock.set(level)
        drivenLocks[index][position] = level
        mind.droveLock(index, connector: position, nil)
      } catch {
        mind.droveLock(index, connector: position, error)
      }
    }
  }

  // MARK: Reports

  private func report() {
    let found = mind.takeReports()
    guard !found.isEmpty || !waiting.isEmpty else { return }
    let levels = Set(found.compactMap(\.level))
    waiting.removeAll { older in older.level.map { levels.contains($0) } ?? false }
    waiting += found
    while let first = waiting.first, outlets.report(first) { waiting.removeFirst() }
  }
}
