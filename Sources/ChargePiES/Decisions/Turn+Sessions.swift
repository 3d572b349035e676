extension Turn {
  mutating func cableSensed(_ event: CableSensed, before: CableState) {
    guard event.cable != before, let evse = station.evse(event.evse) else { return }
    switch event.cable {
    case .connected: plugged(evse, event.connector)
    case .socketOnly, .out: unplugged(evse, event)
    }
    // Another cable, another try of the lock.
    if event.cable == .out { clear(evse.id, .connectorLockFailure, word: Word.lock) }
  }

  /// The plug chooses the connector: a card that waits elsewhere for its cable moves here.
  private mutating func plugged(_ evse: EVSE, _ connector: UInt32) {
    if let session = evse.session {
      guard session.connector != connector, session.isMovable || !session.isAuthorized,
        !session.isPermitted, evse.sessionConnector?.cable != .connected,
        let part = evse.connector(connector), station.isUsable(evse, part)
      else { return }
      move(evse, session, to: evse, connector)
      return
    }
    guard let part = evse.connector(connector), station.canBegin(evse, part) else { return }
    let waiting = station.evses.first {
      guard let session = $0.session, session.isMovable, session.isAuthorized, !session.isPermitted
      else { return false }
      return $0.sessionConnector?.cable != .connected
    }
    if let waiting, let session = waiting.session {
      move(waiting, session, to: evse, connector)
    } else {
      begin(evse.id, connector, isMovable: false)
    }
  }

  private mutating func move(
    _ old: EVSE, _ session: Session, to evse: EVSE, _ connector: UInt32
  ) {
    end(old, .cancelled)
    begin(evse.id, connector, isMovable: false)
    guard session.isAuthorized else { return }
    authorize(evse.id, session.token, session.group, session.source)
  }

  private mutating func unplugged(_ evse: EVSE, _ event: CableSensed) {
    guard let session = evse.session, session.connector == event.connector, !session.isUnsettled,
      let connector = evse.connector(event.connector)
    else { return }
    if session.isPermitted {
      // A fixed cable has only the car's side. Out of the socket altogether is always the end.
      let isCarSide = event.cable == .socketOnly || !connector.layout.hasLock
      guard !isCarSide || station.flag(.stopTxOnEVSideDisconnect) else { return }
      end(evse, .evDisconnected)
    } else if event.cable == .out {
      end(evse, .cancelled)
    }
  }

  /// Begins a session; its id derives from this event's number.
  mutating func begin(_ evse: UInt32, _ connector: UInt32, isMovable: Bool) {
    let id = SessionID(nonce: station.process.nonce, event: nextNumber)
    emit(
      .sessionBegan(
        SessionBegan {
          $0.session = id
          $0.evse = evse
          $0.connector = connector
          $0.isMovable = isMovable
        }))
  }

  /// Lets somebody charge.
  mutating func authorize(
    _ evse: UInt32, _ token: UInt64, _ group: UInt64, _ source: AuthorizationSource
  ) {
    guard let session = station.evse(evse)?.session else { return }
    emit(
      .sessionAuthorized(
        SessionAuthorized {
          $0.session = session.id
          $0.evse = evse
          $0.token = token
          $0.group = group
          $0.source = source
        }))
  }

  /// Ends a session: the contactor opens first, then comes the receipt.
  mutating func end(
    _ evse: EVSE, _ reason: EndReason, stopToken: UInt64 = 0, at: Stamp? = nil
  ) {
    guard let session = station.evse(evse.id)?.session else { return }
    if station.evse(evse.id)?.isClosed == true { command(evse.id, closed: false) }
    var reading = station.evse(evse.id)?.meter.reading ?? Reading()
    reading.offeredMilliamperes = 0
    emit(
      .sessionEnded(
        SessionEnded {
          $0.session = session.id
          $0.evse = evse.id
          $0.connector = session.connector
          $0.reason = reason
          $0.token = session.token
          $0.stopToken = stopToken
          $0.wasPermitted = session.isPermitted
          $0.permittedAt = session.permittedAt
          $0.startRegisterMilliwattHours = session.startRegisterMilliwattHours
          $0.endedAt = at
          $0.reading = reading
          $0.permittedEvent = session.permittedEvent
          $0.samples = session.samples
        }))
  }

  /// Rules of sessions, EVSE by EVSE.
  mutating func sessions() {
    guard station.process.isReady, !station.process.isStopping else { return }
    for index in station.evses.indices {
      settleAvailability(station.evses[index])
      if station.evses[index].session == nil { beginWhereCableWaits(station.evses[index]) }
      // Most EVSEs are idle most of the time: these rules have nothing to say there.
      guard station.evses[index].session != nil else { continue }
      endWhereImpossible(station.evses[index])
      permit(station.evses[index])
      followFlow(station.evses[index])
    }
  }

  /// A change of availability that waited for the session's end.
  private mutating func settleAvailability(_ evse: EVSE) {
    for connector in evse.connectors {
      guard let wanted = connector.scheduledOperative,
        evse.session?.connector != connector.layout.id
      else { continue }
      emit(
        .availabilityChanged(
          AvailabilityChanged {
            $0.place = Place(evse: evse.id, connector: connector.layout.id)
            $0.isOperative = wanted
          }))
    }
  }

  /// A cable that was put in while nothing could begin.
  private mutating func beginWhereCableWaits(_ evse: EVSE) {
    for connector in evse.connectors
    where connector.layout.hasPlugSense && connector.cable == .connected && !connector.isFinishing
      && station.canBegin(evse, connector)
    {
      begin(evse.id, connector.layout.id, isMovable: false)
      return
    }
  }

  private mutating func endWhereImpossible(_ evse: EVSE) {
    guard let session = evse.session, !session.isUnsettled,
      let connector = evse.connector(session.connector)
    else { return }
    if let fault = station.blockingFault(evse), session.isAuthorized {
      let isStop = fault.vendorCode == "EmergencyStop"
      end(evse, !session.isPermitted ? .cancelled : isStop ? .emergencyStop : .fault)
    } else if station.isInoperative || connector.isInoperative, !session.isPermitted {
      end(evse, .cancelled)
    }
  }

  /// Authorized, connected, locked where it locks, metered: energy may flow.
  private mutating func permit(_ evse: EVSE) {
    guard let session = evse.session, session.isAuthorized, !session.isPermitted,
      !session.isUnsettled, let connector = evse.connector(session.connector), connector.hasCar,
      !connector.layout.hasLock || connector.isLocked, evse.meter.isFresh,
      station.process.restart == .none
    else { return }
    let reading = station.reading(evse)
    emit(
      .transferPermitted(
        TransferPermitted {
          $0.session = session.id
          $0.evse = evse.id
          $0.connector = session.connector
          $0.token = session.token
          $0.reading = reading
        }))
  }

  /// The car's draw tells charging from suspended.
  private mutating func followFlow(_ evse: EVSE) {
    guard let session = evse.session, session.isPermitted, !session.isUnsettled else { return }
    let threshold = max(1_000, station.policy.minimumPowerMilliwatts)
    let flow: Flow =
      session.isDeauthorized && !station.wantsClosed(evse)
      ? .suspendedEVSE
      : evse.isMeasuredClosed && evse.meter.reading.powerMilliwatts >= threshold
        ? .charging : .suspendedEV
    let isEarly = session.flow == .none && moment < station.firstDrawLimit(session)
    guard flow != session.flow, !(flow == .suspendedEV && isEarly) else { return }
    emit(
      .flowChanged(
        FlowChanged {
          $0.session = session.id
          $0.evse = evse.id
          $0.flow = flow
        }))
  }
}
