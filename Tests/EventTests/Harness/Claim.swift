import ChargePiES

/// What a test says that the station decided.
struct Claim {
  /// The words of the test.
  let text: String
  private let isMet: (Decision) -> Bool

  init(_ text: String, _ isMet: @escaping (Decision) -> Bool) {
    self.text = text
    self.isMet = isMet
  }

  func matches(_ decision: Decision) -> Bool { isMet(decision) }
}

extension Claim {
  static func began(_ evse: UInt32, _ connector: UInt32 = 1) -> Claim {
    Claim("session began at \(evse).\(connector)") {
      if case .sessionBegan(let it) = $0 {
        it.evse == evse && it.connector == connector
      } else {
        false
      }
    }
  }

  static func authorized(_ evse: UInt32, _ token: UInt64, _ source: AuthorizationSource) -> Claim {
    Claim("session at \(evse) authorized for \(token) by \(source)") {
      if case .sessionAuthorized(let it) = $0 {
        it.evse == evse && it.token == token && it.source == source
      } else {
        false
      }
    }
  }

  static func permitted(_ evse: UInt32) -> Claim {
    Claim("transfer permitted at \(evse)") {
      if case .transferPermitted(let it) = $0 { it.evse == evse } else { false }
    }
  }

  static func contactor(_ evse: UInt32, closed: Bool) -> Claim {
    Claim("contactor of \(evse) \(closed ? "closed" : "opened")") {
      if case .contactorCommanded(let it) = $0 {
        it.evse == evse && it.isClosed == closed
      } else {
        false
      }
    }
  }

  static func lock(_ evse: UInt32, locked: Bool) -> Claim {
    Claim("lock of \(evse) \(locked ? "locked" : "opened")") {
      if case .lockCommanded(let it) = $0 {
        it.evse == evse && it.isLocked == locked
      } else {
        false
      }
    }
  }

  static func status(_ evse: UInt32, _ status: ConnectorStatus, connector: UInt32 = 1) -> Claim {
    Claim("status of \(evse).\(connector) \(status)") {
      if case .statusChanged(let it) = $0 {
        it.evse == evse && it.status == status && it.connector == connector
      } else {
        false
      }
    }
  }

  static func stationStatus(_ status: ConnectorStatus) -> Claim { .status(0, status, connector: 0) }

  static func flow(_ evse: UInt32, _ flow: Flow) -> Claim {
    Claim("flow of \(evse) \(flow)") {
      if case .flowChanged(let it) = $0 { it.evse == evse && it.flow == flow } else { false }
    }
  }

  static func ended(_ evse: UInt32, _ reason: EndReason, by stopToken: UInt64 = 0) -> Claim {
    Claim("session at \(evse) ended: \(reason) by \(stopToken)") {
      if case .sessionEnded(let it) = $0 {
        it.evse == evse && it.reason == reason && it.stopToken == stopToken
      } else {
        false
      }
    }
  }

  static func deauthorized(_ evse: UInt32, limit: Int64) -> Claim {
    Claim("session at \(evse) deauthorized up to \(limit)") {
      if case .sessionDeauthorized(let it) = $0 {
        it.evse == evse && it.registerLimitMilliwattHours == limit
      } else {
        false
      }
    }
  }

  static func resumed(_ evse: UInt32) -> Claim {
    Claim("session at \(evse) resumed") {
      if case .sessionResumed(let it) = $0 { it.evse == evse } else { false }
    }
  }

  static func asked(_ token: UInt64) -> Claim {
    Claim("authorization of \(token) requested") {
      if case .authorizationRequested(let it) = $0 { it.token == token } else { false }
    }
  }

  static func settled(
    _ token: UInt64, _ status: AuthorizationStatus, _ source: AuthorizationSource
  ) -> Claim {
    Claim("authorization of \(token) settled: \(status) by \(source)") {
      if case .authorizationSettled(let it) = $0 {
        it.token == token && it.status == status && it.source == source
      } else {
        false
      }
    }
  }

  static func cached(_ token: UInt64, _ status: AuthorizationStatus) -> Claim {
    Claim("cache learnt \(token) \(status)") {
      if case .cacheChanged(let it) = $0 {
        it.token == token && it.info.status == status
      } else {
        false
      }
    }
  }

  static var cacheCleared: Claim {
    Claim("cache cleared") { if case .cacheChanged(let it) = $0 { it.token == 0 } else { false } }
  }
}
