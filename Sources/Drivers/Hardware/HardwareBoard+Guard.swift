import ChargePiES

// What the contactors' guard has found, in the station's words.
extension HardwareBoard {
  /// The vendor code under which the core keeps trips.
  private static let tripWord = "Trip"

  func note(_ report: GuardReport) {
    switch report {
    case .contactor(let evse, let isClosed): sensed(evse, isClosed)
    case .closureDeferred(let evse, let until): sensed(evse, false, deferredUntil: until)
    case .tripped(let evse, let reason):
      found.append(
        .tripReported(
          TripReported {
            $0.evse = evse
            $0.code = reason.code
            $0.info = String(reason.words.prefix(50))
          }))
    case .tripEnded(let evse, let reason):
      endTrip(evse, reason)
    case .welded(let evse, let isWelded, let evidence):
      tell(
        evse, .powerSwitchFailure, "ContactorWelded", evidence.words, isActive: isWelded)
    case .relay(let evse, let error):
      tell(
        evse, .powerSwitchFailure, "RelayLine", error.map { "\($0)" } ?? "",
        isActive: error != nil)
    case .safety(let kind, let evse, let isActive):
      tell(evse, kind.code, kind.word, kind.words, isActive: isActive)
    case .cable(let evse, let connector, let isIn):
      found.append(
        .cableSensed(
          CableSensed {
            $0.evse = evse
            $0.connector = connector
            $0.cable = isIn ? .connected : .out
          }))
    case .lock(let evse, let connector, let isLocked, let hasFailed):
      found.append(
        .lockSensed(
          LockSensed {
            $0.evse = evse
            $0.connector = connector
            $0.isLocked = isLocked
            $0.hasFailed = hasFailed
          }))
    case .input(let input, let error):
      tell(
        input.evse, input.code, input.word, error.map { "\($0)" } ?? "",
        isActive: error != nil)
    }
  }

  /// The core has raised it by itself, under its own word.
  private func endTrip(_ evse: UInt32, _ reason: TripReason) {
    found.append(
      .faultSensed(
        FaultSensed {
          $0.evse = evse
          $0.code = reason.code
          $0.vendorCode = Self.tripWord
        }))
  }

  private func sensed(_ evse: UInt32, _ isClosed: Bool, deferredUntil: Int64 = 0) {
    found.append(
      .contactorSensed(
        ContactorSensed {
          $0.evse = evse
          $0.isClosed = isClosed
          $0.deferredUntilNanoseconds = deferredUntil
        }))
  }
}

extension TripReason {
  /// OCPP's code for it (OCPP 1.6 §7.5).
  var code: FaultCode {
    switch self {
    case .safety(let kind), .safetyUnreadable(let kind): kind.code
    case .overCurrent: .overCurrentFailure
    case .meterSilent: .powerMeterFailure
    case .loopSilent: .internalError
    case .failedToClose, .fellOpen, .relayFailed: .powerSwitchFailure
    }
  }

  /// For people, at most 50 characters.
  var words: String {
    switch self {
    case .safety(let kind): kind.words
    case .safetyUnreadable(let kind): "\(kind.words) cannot be read"
    case .overCurrent(let current, let limit): "\(current) mA, limit \(limit) mA"
    case .meterSilent(let nanoseconds): "no meter for \(nanoseconds / 1_000_000) ms"
    case .loopSilent(let nanoseconds): "no sign of life for \(nanoseconds / 1_000_000) ms"
    case .failedToClose(let evidence): "did not close: \(evidence.words)"
    case .fellOpen: "fell open"
    case .relayFailed(let error): "relay line: \(error)"
    }
  }
}

extension ContactEvidence {
  /// For people.
  var words: String {
    switch self {
    case .feedback: "auxiliary contact"
    case .loadMillivolts(let millivolts): "\(millivolts / 1_000) V behind it"
    case .load(let current, let power): "\(current) mA, \(power / 1_000) W"
    }
  }
}

extension SafetyKind {
  /// OCPP's code for it.
  var code: FaultCode {
    switch self {
    case .residualCurrent: .groundFailure
    case .emergencyStop, .door: .otherError
    }
  }

  /// Our own word for it.
  var word: String {
    switch self {
    case .emergencyStop: "EmergencyStop"
    case .door: "DoorOpen"
    case .residualCurrent: "ResidualCurrent"
    }
  }

  /// For people.
  var words: String {
    switch self {
    case .emergencyStop: "emergency stop"
    case .door: "the housing is open"
    case .residualCurrent: "residual current"
    }
  }
}

extension GuardInput {
  /// Whose it is; 0 for the station's.
  var evse: UInt32 {
    switch self {
    case .safety(_, let evse), .feedback(let evse), .plug(let evse, _), .lock(let evse, _): evse
    }
  }

  /// An input that cannot be read stops what depends on it.
  var code: FaultCode {
    switch self {
    case .safety(let kind, _): kind.code
    case .feedback: .powerSwitchFailure
    case .plug: .otherError
    case .lock: .connectorLockFailure
    }
  }

  /// Our own word for it.
  var word: String {
    switch self {
    case .safety(let kind, _): "\(kind.word)Input"
    case .feedback: "FeedbackInput"
    case .plug(_, let connector): "PlugInput\(connector)"
    case .lock(_, let connector): "LockInput\(connector)"
    }
  }
}
