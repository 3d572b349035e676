/// What the guard sees of one EVSE at a look; nil for what is not wired.
struct EVSESenses {
  /// The most that a phase may draw now, where that changes.
  var limitMilliamperes: Int64?
  var feedback: PinReading?
  var meter: MeterWatch.Entry?
  /// In the order of the wiring.
  var connectors: [ConnectorSenses] = []
}

/// What it sees of one connector.
struct ConnectorSenses {
  var plug: PinReading?
  var lock: PinReading?
}

/// What the station as a whole means for one EVSE at a look.
struct StationSenses {
  /// A reason to open that is not the EVSE's own.
  var cause: TripReason?
  /// Whether every safety input is known to be inactive.
  var isSafe = true
  var lastBeatNanoseconds: Int64
}

/// The guard of one EVSE: its contactor's switch, and everything that may open it.
struct EVSEGuard {
  let id: UInt32
  private let limits: GuardLimits
  private let hasMeter: Bool
  private(set) var contactor: ContactorSwitch
  private var contacts: ContactWatch
  private var current: CurrentWatch
  private var feedback: DebouncedInput
  private var connectors: [ConnectorGuard]
  private var lastMeter: MeterWatch.Entry?
  /// The level that the relay was given last; nil while nobody knows.
  private var driven: Bool?
  private var relayError: BusError?
  private var knownClosed = false
  private var reportedClosed: Bool?
  private var reportedDeferral: Int64?
  private var reportedWeld: ContactEvidence?
  /// Whether somebody has looked after a contactor that failed to close.
  private var isRepaired = false
  private(set) var reports: [GuardReport] = []

  init(_ wiring: ContactorWiring, limits: GuardLimits, nowNanoseconds: Int64) {
    id = wiring.evse
    self.limits = limits
    hasMeter = wiring.hasMeter
    contactor = ContactorSwitch(limits: limits, nowNanoseconds: nowNanoseconds)
    contacts = ContactWatch(
      hasLoadVoltage: wiring.hasLoadVoltage, noiseMilliamperes: wiring.noiseMilliamperes,
      limits: limits)
    current = CurrentWatch(limitMilliamperes: wiring.maximumMilliamperes, limits: limits)
    let settled = limits.settledNanoseconds
    feedback = DebouncedInput(activeNanoseconds: settled, inactiveNanoseconds: settled)
    connectors = wiring.connectors.map {
      ConnectorGuard($0, evse: wiring.evse, limits: limits, nowNanoseconds: nowNanoseconds)
    }
  }

  // MARK: What others say

  mutating func command(_ isClosed: Bool, nowNanoseconds now: Int64) {
    contactor.command(isClosed, nowNanoseconds: now)
    followSwitch()
  }

  mutating func commandLock(
    connector: UInt32, _ isLocked: Bool, order: UInt64, nowNanoseconds now: Int64
  ) {
    guard let index = connectors.firstIndex(where: { $0.id == connector }) else { return }
    connectors[index].lock?.command(isLocked, order: order, nowNanoseconds: now)
  }

  /// Somebody has looked after the contactor.
  mutating func reset() {
    contacts.reset()
    if case .failedToClose = contactor.trip { isRepaired = true }
  }

  /// The relay was given a level, or could not be.
  mutating func drove(_ isClosed: Bool, _ error: BusError?, nowNanoseconds now: Int64) {
    if error != relayError {
      relayError = error
      reports.append(.relay(evse: id, error))
    }
    driven = error == nil ? isClosed : nil
    if let error, isClosed { trip(.relayFailed(error), now) }
  }

  mutating func droveLock(_ index: Int, _ error: BusError?) {
    connectors[index].lock?.relayed(error)
  }

  // MARK: Levels

  var lockLevels: [Bool] { connectors.map { $0.lock?.isLocked ?? false } }

  /// Whether a living loop is needed: something is closed, or would be soon.
  var needsLoop: Bool { contactor.isClosed || contactor.isWaiting }

  /// Whether it has to be looked at often.
  var isActive: Bool {
    needsLoop || relayError != nil
      || connectors.contains { $0.lock?.isMoving == true }
  }

  mutating func takeReports() -> [GuardReport] {
    for index in connectors.indices { reports += connectors[index].takeReports() }
    defer { reports.removeAll() }
    return reports
  }

  // MARK: A look

  mutating func look(_ senses: EVSESenses, _ station: StationSenses, nowNanoseconds now: Int64) {
    if let limit = senses.limitMilliamperes { current.limitMilliamperes = limit }
    see(senses.meter)
    if let reading = senses.feedback { see(feedback: reading, now) }
    for (index, connector) in senses.connectors.enumerated() {
      connectors[index].look(connector, nowNanoseconds: now)
    }
    if let cause = station.cause ?? ownCause(now) { trip(cause, now) }
    endTrip(station, now)
    if station.isSafe, contacts.weld == nil, relayError == nil {
      contactor.closeIfDue(nowNanoseconds: now)
      followSwitch()
    }
    reportLevels(now)
  }

  private mutating func see(_ meter: MeterWatch.Entry?) {
    guard let meter, meter.number != lastMeter?.number else { return }
    let cycles = meter.number - (lastMeter?.number ?? 0)
    lastMeter = meter
    current.see(meter.cycle)
    contacts.see(meter.cycle, cycles: cycles)
  }

  private mutating func see(feedback reading: PinReading, _ now: Int64) {
    if case .success(let isActive) = reading {
      contacts.see(feedback: isActive, nowNanoseconds: now)
    }
    if feedback.look(reading, nowNanoseconds: now).error {
      reports.append(.input(.feedback(evse: id), feedback.error))
    }
  }

  /// The contacts have been told something new: what was before says nothing about it.
  private mutating func followSwitch() {
    guard knownClosed != contactor.isClosed else { return }
    knownClosed = contactor.isClosed
    contacts.switched(knownClosed)
    current.reset()
  }

  // MARK: Trips

  private mutating func trip(_ reason: TripReason, _ now: Int64) {
    guard contactor.trip(reason, nowNanoseconds: now) else { return }
    isRepaired = false
    reports.append(.tripped(evse: id, reason))
    followSwitch()
  }

  private func ownCause(_ now: Int64) -> TripReason? {
    guard contactor.isClosed else { return nil }
    if let failure = contacts.failure { return failure }
    if let reason = current.trip(nowNanoseconds: now) { return reason }
    guard hasMeter, let bound = limits.silentMeterNanoseconds else { return nil }
    let last = lastMeter?.cycle.atNanoseconds ?? .min
    let silence = now - max(last, contactor.switchedNanoseconds)
    return silence > bound ? .meterSilent(nanoseconds: silence) : nil
  }

  private mutating func endTrip(_ station: StationSenses, _ now: Int64) {
    guard let reason = contactor.trip, station.isSafe, isOver(reason, station, now),
      let ended = contactor.endTrip()
    else { return }
    reports.append(.tripEnded(evse: id, ended))
  }

  private func isOver(_ reason: TripReason, _ station: StationSenses, _ now: Int64) -> Bool {
    let tripped = contactor.trippedNanoseconds
    switch reason {
    case .safety, .safetyUnreadable: return true
    case .overCurrent, .fellOpen: return now - tripped >= limits.restNanoseconds
    case .meterSilent: return (lastMeter?.cycle.atNanoseconds ?? .min) > tripped
    case .loopSilent: return station.lastBeatNanoseconds > tripped
    case .failedToClose: return isRepaired
    case .relayFailed: return relayError == nil
    }
  }

  // MARK: Reports

  private mutating func reportLevels(_ now: Int64) {
    if let evidence = contacts.weld ?? reportedWeld, contacts.weld != reportedWeld {
      reports.append(.welded(evse: id, isWelded: contacts.weld != nil, evidence))
      reportedWeld = contacts.weld
    }
    if let isClosed = sensed, isClosed != reportedClosed {
      reports.append(.contactor(evse: id, isClosed: isClosed))
      reportedClosed = isClosed
    }
    let until = contactor.isWaiting ? contactor.closableNanoseconds : nil
    if let until, until > now, until != reportedDeferral {
      reports.append(.closureDeferred(evse: id, untilNanoseconds: until))
    }
    reportedDeferral = until
  }

  /// Where the contacts are, as well as it is known; a weld that came loose is no contactor yet.
  private var sensed: Bool? {
    if contacts.weld != nil { return true }
    if feedback.error == nil, let level = feedback.level { return level }
    return driven
  }
}
