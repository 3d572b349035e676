import ChargePiES

/// What an EVSE has to tell people, before it is put into words.
enum Situation: Hashable {
  /// Free; whether the card comes first, because no sensor tells of a cable.
  case available(needsCard: Bool)
  /// A cable is in, and nobody has shown a card.
  case cardPlease
  case checkingCard
  /// Somebody may charge, and no cable is in.
  case plugPlease
  /// The cable hangs at the station alone.
  case carPlease
  /// Everything is there; lock, meter and car take a moment.
  case gettingReady
  case charging(Charge)
  case pausedByCar(Charge)
  case pausedByStation(Charge)
  /// The central system refused the card afterwards.
  case refused(Charge)
  case finishing
  case faulted(Fault)
  case unavailable
  case reserved

  /// Whether somebody stands there and is asked to do something.
  var asks: Bool {
    switch self {
    case .cardPlease, .checkingCard, .plugPlease, .carPlease, .gettingReady: true
    case .available, .charging, .pausedByCar, .pausedByStation, .refused, .finishing, .faulted,
      .unavailable, .reserved:
      false
    }
  }
}

/// A session's numbers.
struct Charge: Hashable {
  var milliwattHours: Int64
  var milliwatts: Int64
  var seconds: Int64
}

extension Station {
  /// What an EVSE has to tell at a moment, nanoseconds of this boot.
  func situation(_ evse: EVSE, nowNanoseconds: Int64) -> Situation {
    switch status(evse) {
    case .available:
      return .available(needsCard: evse.connectors.first?.layout.hasPlugSense == false)
    case .preparing: return preparing(evse)
    case .charging: return .charging(charge(evse, nowNanoseconds))
    case .suspendedEV: return .pausedByCar(charge(evse, nowNanoseconds))
    case .suspendedEVSE:
      let charge = charge(evse, nowNanoseconds)
      return evse.session?.isDeauthorized == true ? .refused(charge) : .pausedByStation(charge)
    case .finishing: return .finishing
    case .reserved: return .reserved
    case .unavailable, .unspecified: return .unavailable
    case .faulted: return .faulted(blockingFault(evse) ?? Fault())
    }
  }

  private func preparing(_ evse: EVSE) -> Situation {
    guard let session = evse.session, let connector = evse.sessionConnector else {
      return .gettingReady
    }
    if authorizations.contains(where: { $0.session == session.id }) { return .checkingCard }
    guard session.isAuthorized else { return .cardPlease }
    guard !session.isPermitted, connector.layout.hasPlugSense else { return .gettingReady }
    switch connector.cable {
    case .out: return .plugPlease
    case .socketOnly: return .carPlease
    case .connected: return .gettingReady
    }
  }

  private func charge(_ evse: EVSE, _ now: Int64) -> Charge {
    guard let session = evse.session else {
      return Charge(milliwattHours: 0, milliwatts: 0, seconds: 0)
    }
    return Charge(
      milliwattHours: max(0, evse.drawnMilliwattHours(session)),
      milliwatts: max(0, evse.meter.reading.powerMilliwatts),
      seconds: max(0, now - session.countedFromNanoseconds) / nanosecondsPerSecond)
  }
}
