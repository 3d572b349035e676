import ChargePiES

/// Whatever was due has been done: told from the state's fields, not from its deadlines.
extension Audit {
  /// What an answer or a person may wait beyond what was promised.
  private static let slack: Int64 = 3 * nanosecondsPerSecond

  /// Before anything happens at a new moment: nothing that was due before is left.
  func beforeStep() throws {
    // What is overdue by less than the slack is not complained about: no need to look more often.
    guard let life, let process = life.process, life.now - checkedAt >= Self.slack else { return }
    checkedAt = life.now
    let moment = life.monotonic - Self.slack
    try process.mind.look { try overdue($0, moment, life) }
    if let first = process.mind.pending.first {
      let age = life.monotonic - first.stamp.monotonicNanoseconds
      try check(age <= Limits.idleRidingNanoseconds + Self.slack, "a record waits for its commit")
    }
    for call in wire.asked {
      try check(
        call.at >= life.now - 10 * nanosecondsPerSecond, "the call \(call.id) gets no answer")
    }
  }

  private func overdue(_ station: Station, _ moment: Int64, _ life: Life) throws {
    for index in station.evses.indices {
      try overdue(station.evses[index], station, moment, life)
    }
    for index in station.upstreams.indices {
      try overdue(station.upstreams[index], station, moment)
    }
    for pending in station.authorizations {
      try check(pending.dueNanoseconds >= moment, "an identification waits for ever")
    }
    if station.alignedDueNanoseconds > 0, let wall = station.clock.current.wall(moment) {
      try check(station.alignedDueNanoseconds >= wall, "a clock-aligned sample is missing")
    }
    if station.process.restart != .none {
      try check(station.process.restartDueNanoseconds >= moment, "a restart does not come")
    }
  }

  private func overdue(_ evse: EVSE, _ station: Station, _ moment: Int64, _ life: Life) throws {
    let name = "EVSE \(evse.id)"
    let truth = life.board.evses[Int(evse.id) - 1]
    if truth.isCommandedClosed {
      try check(
        evse.meter.readAt.monotonicNanoseconds + 5 * nanosecondsPerSecond >= moment,
        "\(name) charges with a mute meter")
    }
    if evse.isClosed {
      let (over, far) = (evse.meter.overSinceNanoseconds, evse.meter.farOverSinceNanoseconds)
      try check(over == 0 || over + 10 * nanosecondsPerSecond >= moment, "\(name) draws too much")
      try check(far == 0 || far + 2 * nanosecondsPerSecond >= moment, "\(name) draws far too much")
    }
    if let sensed = evse.sensedClosed, sensed != evse.isClosed,
      !evse.faults.contains(where: { $0.code == .powerSwitchFailure })
    {
      try check(
        evse.commandedNanoseconds + nanosecondsPerSecond >= moment,
        "\(name) has a contactor that does not follow, and nobody says so")
    }
    for connector in evse.connectors {
      guard let pending = connector.pendingUnlock else { continue }
      try check(pending.dueNanoseconds >= moment, "\(name) has an unlock call that is not answered")
    }
    guard let session = evse.session, !session.isUnsettled else { return }
    if session.isPermitted {
      if session.sampleDueNanoseconds > 0 {
        try check(session.sampleDueNanoseconds >= moment, "\(name) has missed a sample")
      }
      let most = station.policy.maximumChargingSeconds * nanosecondsPerSecond
      try check(
        most == 0 || session.countedFromNanoseconds + most >= moment, "\(name) charges too long")
    } else if session.isAuthorized, let connector = evse.connector(session.connector),
      connector.layout.hasPlugSense, connector.cable != .connected
    {
      let patience = station.integer(.connectionTimeOut) * nanosecondsPerSecond
      try check(
        patience == 0 || session.authorizedNanoseconds + patience >= moment,
        "\(name) waits for a car beyond its time")
    }
  }

  private func overdue(_ upstream: Upstream, _ station: Station, _ moment: Int64) throws {
    guard upstream.connection != 0 else {
      guard !upstream.isConnecting, !upstream.isHeldDown else { return }
      try check(
        upstream.connectDueNanoseconds > 0 && upstream.connectDueNanoseconds >= moment,
        "the connection is lost, and nobody tries again")
      return
    }
    if let open = upstream.open {
      try check(open.dueNanoseconds >= moment, "a call waits for its answer for ever")
      return
    }
    guard upstream.registration == .accepted else {
      try check(
        upstream.registrationDueNanoseconds > 0 && upstream.registrationDueNanoseconds >= moment,
        "the station does not register")
      return
    }
    let interval = station.integer(.heartbeatInterval) * nanosecondsPerSecond
    try check(
      interval == 0 || upstream.sentNanoseconds + interval >= moment, "a heartbeat is missing")
    if upstream.transactions.count > 0, station.clock.current.quality != .unknown {
      let retry = upstream.transactions.current?.retryNanoseconds ?? 0
      try check(
        retry >= moment || station.now.monotonicNanoseconds >= moment,
        "a session's message is not sent")
    }
    for status in upstream.statuses {
      try check(status.dueNanoseconds >= moment, "a status is not told")
    }
  }
}
