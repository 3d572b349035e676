extension Station {
  /// Whether an EVSE's contactor shall be closed: authorized, permitted, within its limit, with a
  /// car, and with a meter that lives. Everything else opens it.
  func wantsClosed(_ evse: EVSE) -> Bool {
    guard process.isReady, !process.isStopping, let session = evse.session, session.isPermitted,
      !session.isUnsettled, evse.meter.isFresh, blockingFault(evse) == nil,
      let connector = evse.sessionConnector, connector.hasCar,
      !connector.layout.hasLock || connector.isLocked
    else { return false }
    let limit = session.registerLimitMilliwattHours
    return !session.isDeauthorized || evse.meter.reading.registerMilliwattHours < limit
  }

  /// Whether a connector's lock shall be locked: from the identification to the session's end.
  func wantsLocked(_ evse: EVSE, _ connector: Connector) -> Bool {
    // Without a plug sensor a cable is taken to be in, as everywhere.
    guard connector.layout.hasLock, connector.cable != .out || !connector.layout.hasPlugSense
    else { return false }
    let isHere = evse.session?.connector == connector.layout.id
    return isHere && evse.session?.isAuthorized == true || connector.keepsLocked
  }
}

extension Turn {
  /// Rules of contactors, locks and statuses.
  mutating func equipment() {
    guard station.process.isReady else { return }
    for index in station.evses.indices {
      let evse = station.evses[index]
      let wanted = station.wantsClosed(evse)
      if wanted != evse.isClosed { command(evse.id, closed: wanted) }
      for connector in evse.connectors { moveLock(evse, connector) }
    }
    statuses()
  }

  /// Commands a contactor.
  mutating func command(_ evse: UInt32, closed: Bool) {
    emit(
      .contactorCommanded(
        ContactorCommanded {
          $0.evse = evse
          $0.isClosed = closed
        }))
  }

  private mutating func moveLock(_ evse: EVSE, _ connector: Connector) {
    let wanted = station.wantsLocked(evse, connector)
    guard connector.layout.hasLock, !connector.layout.isRemoved,
      wanted != connector.lockCommanded || !connector.isLockKnown
    else { return }
    commandLock(evse.id, connector.layout.id, locked: wanted)
  }

  /// Commands a lock; every command makes it move, even to where it is.
  mutating func commandLock(_ evse: UInt32, _ connector: UInt32, locked: Bool) {
    emit(
      .lockCommanded(
        LockCommanded {
          $0.evse = evse
          $0.connector = connector
          $0.isLocked = locked
        }))
  }

  private mutating func statuses() {
    guard !station.process.isStopping else { return }
    for (place, status) in station.untoldStatuses() { report(place, status) }
  }

  /// Records a status for telling.
  mutating func report(_ place: Place, _ status: ReportedStatus) {
    emit(
      .statusChanged(
        StatusChanged {
          $0.evse = place.evse
          $0.connector = place.connector
          $0.status = status.status
          $0.code = status.code
          $0.info = status.info
          $0.vendorCode = status.vendorCode
        }))
  }

  /// Everything is told anew, after a registration.
  mutating func reportEverything() {
    report(Place(), station.stationReport())
    for evse in station.evses {
      for connector in evse.connectors where !connector.layout.isRemoved {
        let place = Place(evse: evse.id, connector: connector.layout.id)
        report(place, station.statusReport(evse, connector))
      }
    }
  }

  mutating func meterRead(_ event: MeterRead) {
    guard let evse = station.evse(event.evse) else { return }
    clear(evse.id, .powerMeterFailure, word: Word.silentMeter)
    if evse.sensedClosed == nil, !evse.isClosed, evse.meter.leakReadings == 0 {
      // Without a feedback input the meter is what there is: no current, no weld that it can see.
      clear(evse.id, .powerSwitchFailure, word: Word.welded)
    }
    if evse.meter.leakReadings >= 3 {
      raise(evse.id, .powerSwitchFailure, word: Word.welded, "current through an open contactor")
    }
  }

  mutating func contactorSensed(_ event: ContactorSensed) {
    guard let evse = station.evse(event.evse), event.isClosed == evse.isClosed else { return }
    clear(evse.id, .powerSwitchFailure, word: Word.stuckOpen)
    if !event.isClosed { clear(evse.id, .powerSwitchFailure, word: Word.welded) }
  }

  mutating func lockSensed(_ event: LockSensed) {
    guard let evse = station.evse(event.evse), let connector = evse.connector(event.connector)
    else { return }
    if let pending = connector.pendingUnlock {
      answerUnlock(pending, event.isLocked || event.hasFailed ? .unlockFailed : .unlocked)
    }
    if event.hasFailed {
      let words = event.isLocked ? "the cable cannot be unlocked" : Word.cannotLock
      raise(evse.id, .connectorLockFailure, word: Word.lock, words)
      // Let go: a bolt that frees itself later would hold a cable that nobody charges with.
      if !event.isLocked { commandLock(evse.id, event.connector, locked: false) }
    } else if event.isLocked || !evse.faults.contains(where: { $0.info == Word.cannotLock }) {
      clear(evse.id, .connectorLockFailure, word: Word.lock)
    }
  }

  mutating func faultSensed(_ event: FaultSensed) {
    if event.isActive {
      raise(event.evse, event.code, word: event.vendorCode, event.info)
    } else {
      clear(event.evse, event.code, word: event.vendorCode)
    }
  }

  /// A full disk is told in good time: what runs can be finished, nothing new begins.
  mutating func storageRead() {
    if station.hasRoomForSession {
      clear(0, .internalError, word: Fault.storageWord)
    } else {
      raise(0, .internalError, word: Fault.storageWord, "no room for the record of a new session")
    }
  }

  /// A driver opened by itself: the state follows, and says why.
  mutating func tripReported(_ event: TripReported) {
    raise(event.evse, event.code, word: Word.trip, event.info)
  }

  /// Raises a fault unless it is there.
  mutating func raise(_ evse: UInt32, _ code: FaultCode, word: String, _ info: String) {
    let faults = evse == 0 ? station.faults : station.evse(evse)?.faults ?? []
    guard !faults.contains(where: { $0.code == code && $0.vendorCode == word }) else { return }
    emit(
      .faultRaised(
        FaultRaised {
          $0.evse = evse
          $0.code = code
          $0.vendorCode = word
          $0.info = info
        }))
  }

  /// Clears a fault if it is there.
  mutating func clear(_ evse: UInt32, _ code: FaultCode, word: String) {
    let faults = evse == 0 ? station.faults : station.evse(evse)?.faults ?? []
    guard faults.contains(where: { $0.code == code && $0.vendorCode == word }) else { return }
    emit(
      .faultCleared(
        FaultCleared {
          $0.evse = evse
          $0.code = code
          $0.vendorCode = word
        }))
  }
}

/// The station's own vendor codes.
enum Word {
  static let silentMeter = "SilentMeter"
  static let welded = "ContactorWelded"
  static let stuckOpen = "ContactorStuckOpen"
  static let lock = "ConnectorLock"
  /// What is said of a lock that does not lock; the fault stays until the cable is out.
  static let cannotLock = "the cable cannot be locked"
  static let trip = "Trip"
  static let overCurrent = "OverCurrent"
}
