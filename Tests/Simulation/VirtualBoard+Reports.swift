import ChargePiES

extension VirtualBoard {
  func reportCable(_ index: Int, _ position: Int) {
    let connector = evses[index].connectors[position]
    guard connector.layout.hasPlugSense else { return }
    report(
      .cableSensed(
        CableSensed {
          $0.evse = evses[index].id
          $0.connector = connector.layout.id
          $0.cable = connector.cable
        }))
  }

  func reportContactor(_ index: Int, _ now: Int64) {
    let isClosed = evses[index].isClosed(at: now)
    guard isListening, evses[index].reportedClosed != isClosed else { return }
    evses[index].reportedClosed = isClosed
    report(
      .contactorSensed(
        ContactorSensed {
          $0.evse = evses[index].id
          $0.isClosed = isClosed
        }))
  }

  /// A reading, unless the meter is mute; the next one is planned while energy can flow.
  func reportMeter(_ index: Int, _ now: Int64) {
    let evse = evses[index]
    let isLive = isListening && (evse.isClosed(at: now) || evse.isCommandedClosed)
    let pause = readsFast ? nanosecondsPerSecond : usualPause
    evses[index].readDue = isLive ? now + pause : .max
    guard isListening else { return }
    guard evse.silentUntil <= now else {
      tally.count(.readingMissed)
      evses[index].hasMissedReading = true
      return
    }
    report(
      .meterRead(
        MeterRead {
          $0.evse = evse.id
          $0.counterMilliwattHours = evse.counterMilliwattHours
          $0.powerMilliwatts = evse.powerMilliwatts
          for _ in 0..<evse.phases {
            $0.currentMilliamperes.append(evse.milliamperes)
            $0.voltageMillivolts.append(230_000)
          }
        }))
  }

  func reportFault(_ index: Int, isActive: Bool) {
    report(
      .faultSensed(
        FaultSensed {
          $0.evse = evses[index].id
          $0.code = evses[index].faultCode
          $0.isActive = isActive
        }))
  }

  /// What has ended by now.
  func release(_ index: Int, _ now: Int64) {
    if evses[index].hasMissedReading, evses[index].silentUntil <= now {
      evses[index].hasMissedReading = false
      reportMeter(index, now)
    }
    if evses[index].faultCode != .none, evses[index].faultUntil <= now {
      reportFault(index, isActive: false)
      evses[index].faultCode = .none
    }
    if evses[index].tripCode != .none, evses[index].tripUntil <= now {
      let code = evses[index].tripCode
      evses[index].tripCode = .none
      report(
        .faultSensed(
          FaultSensed {
            $0.evse = evses[index].id
            $0.code = code
            $0.vendorCode = "Trip"
          }))
    }
  }

  /// A driver's own thread opens a contactor, and says so.
  func trip(_ index: Int, _ code: FaultCode, until: Int64, at now: Int64) {
    evses[index].advance(to: now)
    evses[index].tripUntil = until
    evses[index].tripCode = code
    report(
      .tripReported(
        TripReported {
          $0.evse = evses[index].id
          $0.code = code
          $0.info = "opened by its driver"
        }))
    change(index, now)
  }
}

/// What people do at the station.
extension VirtualBoard {
  /// A car is connected to the first free cable of an EVSE; false when there is none.
  func plug(_ index: Int, _ car: VirtualCar, at now: Int64) -> Bool {
    let isTaken = evses[index].connectors.contains { $0.car != nil }
    guard !isTaken,
      let position = evses[index].connectors.firstIndex(where: { $0.cable == .out })
    else { return false }
    evses[index].connectors[position].car = car
    evses[index].connectors[position].cable = .connected
    reportCable(index, position)
    change(index, now)
    return true
  }

  /// The cable comes out at the car, or altogether; a lock holds the socket's end.
  func pull(_ index: Int, carSideOnly: Bool, at now: Int64) {
    for position in evses[index].connectors.indices {
      let connector = evses[index].connectors[position]
      guard connector.cable != .out || connector.car != nil else { continue }
      let isHeld = connector.isLocked || carSideOnly && connector.layout.hasLock
      guard connector.car != nil || !isHeld else { continue }
      evses[index].advance(to: now)
      evses[index].connectors[position].car = nil
      evses[index].connectors[position].cable = isHeld ? .socketOnly : .out
      change(index, now)
      reportCable(index, position)
    }
  }
}
