extension Turn {
  /// A central system's call: does what is asked, and says what became of it.
  mutating func callReceived(_ event: CallReceived) {
    guard let command = event.command else {
      answer(event, .notSupported)
      return
    }
    switch command {
    case .changeAvailability(let wish): changeAvailability(event, wish)
    case .changeSetting(let wish): changeSetting(event, wish)
    case .clearCache: clearCache(event)
    case .reportSettings: answer(event, .accepted)
    case .remoteStart(let wish): remoteStart(event, wish)
    case .remoteStop(let wish): remoteStop(event, wish)
    case .reset(let wish): reset(event, wish)
    case .unlock(let wish): unlock(event, wish)
    case .transferData: answer(event, .unknownVendor)
    }
  }

  private mutating func answer(_ event: CallReceived, _ outcome: Outcome) {
    emit(
      .callAnswered(
        CallAnswered {
          $0.upstream = event.upstream
          $0.connection = event.connection
          $0.messageId = event.messageId
          $0.outcome = outcome
        }))
  }

  private mutating func changeSetting(_ event: CallReceived, _ wish: ChangeSetting) {
    guard wish.variable != .unspecified else { return answer(event, .notSupported) }
    let definition = wish.variable.definition
    guard definition.isWritable, let value = definition.canonical(wish.value) else {
      return answer(event, .rejected)
    }
    answer(event, .accepted)
    guard value != station.text(wish.variable) else { return }
    emit(
      .settingChanged(
        SettingChanged {
          $0.variable = wish.variable
          $0.value = value
        }))
    guard wish.variable == .basicAuthPassword else { return }
    drop(event.upstream, "the password has changed")
    plan(event.upstream, at: moment + nanosecondsPerSecond, failures: 0)
  }

  private mutating func clearCache(_ event: CallReceived) {
    guard station.flag(.authorizationCacheEnabled) else { return answer(event, .rejected) }
    answer(event, .accepted)
    emit(.cacheChanged(CacheChanged()))
  }

  /// A running session is not interrupted: its connector changes afterwards (OCPP 1.6 §5.2).
  private mutating func changeAvailability(_ event: CallReceived, _ wish: ChangeAvailability) {
    let place = wish.place
    guard place.isStation || station.connector(place) != nil else {
      return answer(event, .rejected)
    }
    var isScheduled = false
    for evse in station.evses {
      for connector in evse.connectors
      where place.isStation || place == Place(evse: evse.id, connector: connector.layout.id) {
        let runs =
          evse.session?.connector == connector.layout.id
          && evse.session?.isPermitted == true
        isScheduled = isScheduled || runs && !wish.isOperative
        setAvailability(evse, connector, wish.isOperative, isScheduled: runs && !wish.isOperative)
      }
    }
    if place.isStation && station.isInoperative == wish.isOperative {
      emit(
        .availabilityChanged(
          AvailabilityChanged {
            $0.place = place
            $0.isOperative = wish.isOperative
          }))
    }
    answer(event, isScheduled ? .scheduled : .accepted)
  }

  private mutating func setAvailability(
    _ evse: EVSE, _ connector: Connector, _ isOperative: Bool, isScheduled: Bool
  ) {
    guard connector.isInoperative == isOperative || connector.scheduledOperative != nil else {
      return
    }
    emit(
      .availabilityChanged(
        AvailabilityChanged {
          $0.place = Place(evse: evse.id, connector: connector.layout.id)
          $0.isOperative = isOperative
          $0.isScheduled = isScheduled
        }))
  }

  /// OCPP 1.6 §5.11. Before the registration is accepted nothing is started remotely (§4.2.1).
  private mutating func remoteStart(_ event: CallReceived, _ wish: RemoteStart) {
    guard !wish.isUnacceptable, station.isOnline, !(wish.namesPlace && wish.place.isStation),
      !wish.place.isUnknown, wish.token != 0, let (evse, connector) = target(wish)
    else { return answer(event, .rejected) }
    answer(event, .accepted)
    if evse.session == nil { begin(evse.id, connector.layout.id, isMovable: false) }
    guard let session = station.evse(evse.id)?.session else { return }
    if station.flag(.authorizeRemoteStart) {
      identify(wish.token, [evse.id], session: session.id)
    } else {
      authorize(evse.id, wish.token, 0, .remoteStart)
    }
  }

  /// The wanted connector if it can take a session; without a wish the plugged-in one first.
  private func target(_ wish: RemoteStart) -> (EVSE, Connector)? {
    for prefersCable in [true, false] {
      for evse in station.evses {
        for connector in evse.connectors where takesRemoteStart(evse, connector) {
          let place = Place(evse: evse.id, connector: connector.layout.id)
          guard wish.namesPlace ? wish.place == place : (connector.cable != .out) == prefersCable
          else { continue }
          return (evse, connector)
        }
      }
    }
    return nil
  }

  private func takesRemoteStart(_ evse: EVSE, _ connector: Connector) -> Bool {
    if station.canBegin(evse, connector) { return true }
    guard let session = evse.session, session.connector == connector.layout.id,
      !session.isAuthorized, !session.isUnsettled, station.process.restart == .none,
      station.hasRoomForSession, station.blockingFault(evse) == nil
    else { return false }
    return !station.authorizations.contains { $0.session == session.id }
  }

  private mutating func remoteStop(_ event: CallReceived, _ wish: RemoteStop) {
    let references = station.upstreams.first { $0.id == event.upstream }?.references ?? []
    let named = references.filter { $0.reference == wish.reference }.map(\.session)
    // A name that a central system has used twice means the session that runs.
    guard station.isOnline,
      let evse = station.evses.first(where: { $0.session.map { named.contains($0.id) } ?? false })
    else { return answer(event, .rejected) }
    answer(event, .accepted)
    end(evse, .remote)
  }

  /// Sessions end first; the restart waits for their messages, within its bound.
  private mutating func reset(_ event: CallReceived, _ wish: Reset) {
    answer(event, .accepted)
    for evse in station.evses where evse.session?.isUnsettled == false {
      let reason: EndReason = wish.kind == .hard ? .hardReset : .softReset
      end(evse, evse.session?.isPermitted == true ? reason : .cancelled)
    }
    let patience =
      wish.kind == .hard ? Limits.hardResetNanoseconds : Limits.softResetNanoseconds
    emit(
      .restartRequested(
        RestartRequested {
          $0.kind = wish.kind
          $0.dueNanoseconds = moment + patience
        }))
  }

  /// OCPP 1.6 §5.18: the lock is moved and the answer waits for it.
  private mutating func unlock(_ event: CallReceived, _ wish: Unlock) {
    guard let evse = station.evse(wish.place.evse), !wish.place.isUnknown,
      let connector = evse.connector(wish.place.connector), connector.layout.hasLock
    else { return answer(event, .notSupported) }
    if evse.session?.connector == connector.layout.id, evse.session?.isUnsettled == false,
      evse.session?.isAuthorized == true
    {
      end(evse, evse.session?.isPermitted == true ? .unlockCommand : .cancelled)
    }
    // Only one call can wait for a lock; an earlier one has waited in vain.
    if let earlier = connector.pendingUnlock { answerUnlock(earlier, .unlockFailed) }
    emit(
      .unlockRequested(
        UnlockRequested {
          $0.upstream = event.upstream
          $0.connection = event.connection
          $0.messageId = event.messageId
          $0.place = wish.place
          $0.dueNanoseconds = moment + Limits.lockNanoseconds
        }))
    commandLock(evse.id, connector.layout.id, locked: false)
  }

  /// Answers an unlock call that waited for the lock.
  mutating func answerUnlock(_ pending: PendingUnlock, _ outcome: Outcome) {
    emit(
      .callAnswered(
        CallAnswered {
          $0.upstream = pending.upstream
          $0.connection = pending.connection
          $0.messageId = pending.messageId
          $0.outcome = outcome
        }))
  }
}
