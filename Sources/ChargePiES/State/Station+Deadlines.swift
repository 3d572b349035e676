extension Station {
  /// The next moment at which something is due, nanoseconds of this boot; nil when nothing is.
  ///
  /// Every timer is a field of the state; the loop sleeps until this and then observes
  /// `TimeReached`. `Turn` handles each in the same order of fields.
  public func nextDeadline() -> Int64? {
    var next = Deadline()
    next.add(process.restart == .none ? 0 : process.restartDueNanoseconds)
    if alignedDueNanoseconds > 0, clock.current.quality != .unknown {
      next.add(alignedDueNanoseconds - clock.current.offsetNanoseconds)
    }
    for pending in authorizations { next.add(pending.dueNanoseconds) }
    // By index: an iterator would copy every one of them, many times a second.
    for index in upstreams.indices { addDeadlines(upstreams[index], to: &next) }
    // Before the sensors have spoken nothing is decided about EVSEs, nor at the end.
    if process.isReady && !process.isStopping {
      for index in evses.indices { addDeadlines(evses[index], to: &next) }
    }
    return next.earliest
  }

  private func addDeadlines(_ upstream: Upstream, to next: inout Deadline) {
    guard upstream.connection != 0 else {
      if !upstream.isConnecting && !upstream.isHeldDown { next.add(upstream.connectDueNanoseconds) }
      return
    }
    if let open = upstream.open {
      next.add(open.dueNanoseconds)
      return
    }
    // What would be told is not known yet.
    guard process.isReady else { return }
    guard upstream.registration == .accepted else {
      next.add(upstream.registrationDueNanoseconds)
      return
    }
    next.add(heartbeatDue(upstream))
    next.add(upstream.transactions.current?.retryNanoseconds ?? 0)
    for status in upstream.statuses { next.add(status.dueNanoseconds) }
  }

  private func addDeadlines(_ evse: EVSE, to next: inout Deadline) {
    for connector in evse.connectors { next.add(connector.pendingUnlock?.dueNanoseconds ?? 0) }
    if let sensed = evse.sensedClosed, sensed != evse.isClosed, evse.commandedNanoseconds > 0,
      !evse.faults.contains(where: { $0.code == .powerSwitchFailure })
    {
      next.add(evse.commandedNanoseconds + Limits.contactorNanoseconds)
    }
    if let fault = evse.faults.first(where: { $0.vendorCode == Word.overCurrent }) {
      next.add(fault.raisedNanoseconds + Limits.overCurrentRestNanoseconds)
    }
    if evse.isClosed {
      next.add(overCurrentLimit(evse))
      next.add(evse.meter.readAt.monotonicNanoseconds + Limits.silentMeterNanoseconds)
    }
    guard let session = evse.session, !session.isUnsettled else { return }
    if session.isPermitted {
      next.add(session.sampleDueNanoseconds)
      next.add(timeLimit(session))
      if session.flow == .none { next.add(firstDrawLimit(session)) }
      next.add(lowPowerLimit(evse, session))
    }
    next.add(connectionLimit(evse, session))
  }

  /// When a sign of life is due, nanoseconds of this boot; 0 for never.
  ///
  /// Other calls are signs of life too, but only a heartbeat's answer tells the time: without the
  /// network's time one is sent a day, however much else is said (OCPP 1.6 §4.6).
  public func heartbeatDue(_ upstream: Upstream) -> Int64 {
    let interval = nanoseconds(.heartbeatInterval)
    guard interval > 0 else { return 0 }
    let due = upstream.sentNanoseconds + interval
    guard clock.current.quality != .ntp else { return due }
    return min(due, upstream.askedTimeNanoseconds + Limits.askedTimeNanoseconds)
  }

  /// When a current above the limit has lasted too long; 0 for never.
  func overCurrentLimit(_ evse: EVSE) -> Int64 {
    let over = evse.meter.overSinceNanoseconds
    guard over > 0 else { return 0 }
    let far = evse.meter.farOverSinceNanoseconds
    let slow = over + Limits.overCurrentNanoseconds
    return far > 0 ? min(slow, far + Limits.farOverCurrentNanoseconds) : slow
  }

  /// When a car that has not drawn anything counts as having suspended.
  func firstDrawLimit(_ session: Session) -> Int64 {
    max(session.countedFromNanoseconds, session.authorizedNanoseconds)
      + Limits.firstDrawNanoseconds
  }

  /// When a session has lasted long enough; 0 for never.
  func timeLimit(_ session: Session) -> Int64 {
    guard policy.maximumChargingSeconds > 0 else { return 0 }
    let limit = policy.maximumChargingSeconds * nanosecondsPerSecond
    return max(1, session.countedFromNanoseconds + limit)
  }

  /// When an outlet without plug sensing has had no car for long enough; 0 for never.
  func lowPowerLimit(_ evse: EVSE, _ session: Session) -> Int64 {
    guard let connector = evse.connector(session.connector), !connector.layout.hasPlugSense,
      session.hasDrawn, evse.isClosed, evse.meter.lowSinceNanoseconds > 0,
      policy.minimumPowerMilliwatts > 0
    else { return 0 }
    return evse.meter.lowSinceNanoseconds + Limits.belowMinimumPowerNanoseconds
  }

  /// When an accepted identification has waited long enough for its car; 0 for never.
  ///
  /// Without a plug sensor the car shows itself by what it draws.
  func connectionLimit(_ evse: EVSE, _ session: Session) -> Int64 {
    guard session.isAuthorized, integer(.connectionTimeOut) > 0,
      let connector = evse.connector(session.connector)
    else { return 0 }
    let isWaiting =
      connector.layout.hasPlugSense
      ? !session.isPermitted && connector.cable != .connected
      : !session.hasDrawn && !session.isDeauthorized
    return isWaiting ? session.authorizedNanoseconds + nanoseconds(.connectionTimeOut) : 0
  }
}

/// The earliest of several moments; 0 stands for never.
private struct Deadline {
  var earliest: Int64?

  mutating func add(_ moment: Int64) {
    guard moment > 0 else { return }
    earliest = min(earliest ?? .max, moment)
  }
}
