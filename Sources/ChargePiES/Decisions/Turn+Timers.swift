extension Turn {
  /// Everything that is due at this moment; the fields of `Station.nextDeadline` in order.
  mutating func timers() {
    takeAlignedSamples()
    decideAuthorizations()
    for index in station.upstreams.indices { upstreamTimers(station.upstreams[index]) }
    guard station.process.isReady, !station.process.isStopping else { return }
    for index in station.evses.indices {
      equipmentTimers(station.evses[index])
      if station.evses[index].session != nil { sessionTimers(station.evses[index]) }
    }
  }

  private func isDue(_ due: Int64) -> Bool { due > 0 && due <= moment }

  private mutating func takeAlignedSamples() {
    let due = station.alignedDueNanoseconds
    guard due > 0, let wall = station.wallNanoseconds, wall >= due else { return }
    for evse in station.evses { sample(evse, .clock) }
  }

  /// Takes a sample of an EVSE, for its session where one runs.
  mutating func sample(_ evse: EVSE, _ context: SampleContext) {
    let session = evse.session.flatMap { $0.isPermitted ? $0 : nil }
    let reading = station.reading(evse)
    let before =
      context == .clock
      ? evse.meter.alignedRegisterMilliwattHours
      : session?.sampledRegisterMilliwattHours ?? reading.registerMilliwattHours
    emit(
      .sampleTaken(
        SampleTaken {
          $0.session = session?.id ?? SessionID()
          $0.evse = evse.id
          $0.connector = session?.connector ?? 1
          $0.context = context
          $0.reading = reading
          $0.intervalMilliwattHours = reading.registerMilliwattHours - before
        }))
  }

  /// Without a connection, or after too long a silence, the offline rules decide.
  private mutating func decideAuthorizations() {
    for pending in station.authorizations
    where !station.isOnline || isDue(pending.dueNanoseconds) {
      let (info, source) = offlineWord(pending.token)
      settle(pending.token, info, source, request: pending.event, pending.evses, pending.session)
    }
  }

  private mutating func upstreamTimers(_ upstream: Upstream) {
    if upstream.connection == 0, !upstream.isConnecting, !upstream.isHeldDown,
      !station.process.isStopping, isDue(upstream.connectDueNanoseconds)
    {
      emit(.connectionStarted(ConnectionStarted { $0.upstream = upstream.id }))
    }
    if let open = upstream.open, isDue(open.dueNanoseconds) {
      if upstream.unanswered + 1 >= Limits.unansweredCalls {
        // A dead connection is nobody's refusal: the attempt does not count.
        drop(upstream.id, "no answers: the connection is taken for half open")
        plan(upstream.id, at: moment + nanosecondsPerSecond, failures: 0)
      } else {
        failed(upstream, open, error: "")
      }
    }
  }

  private mutating func equipmentTimers(_ evse: EVSE) {
    if evse.isClosed,
      isDue(evse.meter.readAt.monotonicNanoseconds + Limits.silentMeterNanoseconds)
    {
      raise(evse.id, .powerMeterFailure, word: Word.silentMeter, "the meter is silent")
    }
    if evse.isClosed, isDue(station.overCurrentLimit(evse)) {
      raise(evse.id, .overCurrentFailure, word: Word.overCurrent, "more current than allowed")
    }
    if let fault = evse.faults.first(where: { $0.vendorCode == Word.overCurrent }),
      isDue(fault.raisedNanoseconds + Limits.overCurrentRestNanoseconds)
    {
      clear(evse.id, fault.code, word: Word.overCurrent)
    }
    if let sensed = evse.sensedClosed, sensed != evse.isClosed, evse.commandedNanoseconds > 0,
      isDue(evse.commandedNanoseconds + Limits.contactorNanoseconds)
    {
      raise(
        evse.id, .powerSwitchFailure, word: sensed ? Word.welded : Word.stuckOpen,
        sensed ? "the contactor does not open" : "the contactor does not close")
    }
    for connector in evse.connectors {
      if let pending = connector.pendingUnlock, isDue(pending.dueNanoseconds) {
        answerUnlock(pending, .unlockFailed)
      }
    }
  }

  private mutating func sessionTimers(_ evse: EVSE) {
    guard let session = evse.session, !session.isUnsettled else { return }
    if session.isPermitted {
      if isDue(session.sampleDueNanoseconds) { sample(evse, .periodic) }
      if isDue(station.timeLimit(session)) {
        end(evse, .timeLimit)
        return
      }
      if isDue(station.lowPowerLimit(evse, session)) {
        end(evse, .belowMinimumPower)
        return
      }
    }
    guard isDue(station.connectionLimit(evse, session)) else { return }
    end(evse, session.isPermitted ? .belowMinimumPower : .cancelled)
  }

  /// Gives a connection up.
  mutating func drop(_ id: UInt32, _ reason: String) {
    guard let upstream = station.upstreams.first(where: { $0.id == id }),
      upstream.connection != 0 || upstream.isConnecting
    else { return }
    emit(
      .connectionDropped(
        ConnectionDropped {
          $0.upstream = id
          $0.connection = upstream.connection
          $0.reason = reason
        }))
  }

  /// Plans the next attempt to connect.
  mutating func plan(_ id: UInt32, at due: Int64, failures: UInt32) {
    emit(
      .connectionPlanned(
        ConnectionPlanned {
          $0.upstream = id
          $0.dueNanoseconds = due
          $0.failures = failures
        }))
  }

  /// An attempt that succeeds after an operator has said no is taken back.
  mutating func linkOpened(_ event: LinkOpened) {
    guard station.upstreams.contains(where: { $0.id == event.upstream && $0.isHeldDown }) else {
      return
    }
    drop(event.upstream, "an operator keeps the connection down")
  }

  /// A connection is lost: the pause doubles up to its cap, and chance spreads stations out.
  mutating func linkClosed(_ event: LinkClosed) {
    guard let upstream = station.upstreams.first(where: { $0.id == event.upstream }),
      upstream.connection == 0, upstream.connectDueNanoseconds == 0, !upstream.isHeldDown,
      !station.process.isStopping
    else { return }
    let policy = station.policy
    let doublings = Int64(min(upstream.failures, 20))
    let pause = min(policy.reconnectMinimumSeconds << doublings, policy.reconnectMaximumSeconds)
    let spread = policy.reconnectRandomSeconds * nanosecondsPerSecond / 1_000
    let jitter = spread * Int64(event.chance % 1_000)
    plan(
      event.upstream, at: moment + pause * nanosecondsPerSecond + jitter,
      failures: upstream.failures + 1)
  }
}
