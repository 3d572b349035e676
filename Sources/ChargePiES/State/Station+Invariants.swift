extension Station {
  /// Traps when the state says something that must never be true (debug builds, simulations).
  public func checkInvariants() {
    for evse in evses { check(evse) }
    for upstream in upstreams { check(upstream) }
    precondition(cache.count <= Limits.cacheEntries, "the cache is bounded")
    precondition(
      zip(settings, settings.dropFirst()).allSatisfy {
        $0.variable.rawValue < $1.variable.rawValue
      },
      "settings are in order, each once")
  }

  private func check(_ evse: EVSE) {
    if evse.isClosed {
      // Between the end of a session and its contactor's command there is no event.
      precondition(evse.session?.isPermitted == true, "a closed contactor has a permitted session")
      precondition(process.isReady, "a closed contactor has sensors that report")
      precondition(evse.meter.isFresh, "a closed contactor has a living meter")
    }
    if let session = evse.session {
      precondition(!session.isPermitted || session.isAuthorized, "who charges is known")
      precondition(evse.connector(session.connector) != nil, "a session has a connector")
      precondition(session.samples.count <= Limits.samplesPerSession, "receipts are bounded")
      precondition(
        evse.meter.reading.registerMilliwattHours >= session.startRegisterMilliwattHours,
        "registers never go backwards")
    }
    precondition(evse.faults.count <= Limits.faultsPerEVSE, "faults are bounded")
  }

  private func check(_ upstream: Upstream) {
    let lane = upstream.transactions
    if let current = lane.current {
      precondition(lane.count > 0, "what has been sent is counted")
      precondition(current.queued > lane.cursor, "the cursor lies before the first message")
    }
    precondition(upstream.open == nil || upstream.connection != 0, "a call needs a connection")
    let connectors = evses.reduce(1) { $0 + $1.connectors.count }
    precondition(
      upstream.statuses.count <= connectors * Limits.pendingStatusesPerConnector,
      "waiting statuses are bounded")
    precondition(upstream.parkedCount <= Limits.parkedMessages, "parked messages are bounded")
  }
}
