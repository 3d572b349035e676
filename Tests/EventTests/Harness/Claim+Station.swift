import ChargePiES

extension Claim {
  static func answered(_ outcome: Outcome) -> Claim {
    Claim("call answered \(outcome)") {
      if case .callAnswered(let it) = $0 { it.outcome == outcome } else { false }
    }
  }

  static func available(
    _ place: Place, operative: Bool, scheduled: Bool = false
  ) -> Claim {
    Claim("availability of \(place.evse).\(place.connector) \(operative) scheduled \(scheduled)") {
      if case .availabilityChanged(let it) = $0 {
        it.place == place && it.isOperative == operative && it.isScheduled == scheduled
      } else {
        false
      }
    }
  }

  static func faulted(_ evse: UInt32, _ code: FaultCode, _ word: String = "") -> Claim {
    Claim("fault \(code) \(word) raised at \(evse)") {
      if case .faultRaised(let it) = $0 {
        it.evse == evse && it.code == code && it.vendorCode == word
      } else {
        false
      }
    }
  }

  static func cleared(_ evse: UInt32, _ code: FaultCode, _ word: String = "") -> Claim {
    Claim("fault \(code) \(word) cleared at \(evse)") {
      if case .faultCleared(let it) = $0 {
        it.evse == evse && it.code == code && it.vendorCode == word
      } else {
        false
      }
    }
  }

  static func gap(_ evse: UInt32, _ cause: GapCause, adopted: Bool = false) -> Claim {
    Claim("meter gap at \(evse): \(cause), adopted \(adopted)") {
      if case .meterGap(let it) = $0 {
        it.evse == evse && it.cause == cause && it.isAdopted == adopted
      } else {
        false
      }
    }
  }

  static func changed(_ variable: Variable, _ value: String, fromFile: Bool = false) -> Claim {
    Claim("setting \(variable) is \(value), from file \(fromFile)") {
      if case .settingChanged(let it) = $0 {
        it.variable == variable && it.value == value && it.isFromFile == fromFile
      } else {
        false
      }
    }
  }

  static func clock(_ quality: ClockQuality) -> Claim {
    Claim("clock corrected by \(quality)") {
      if case .clockCorrected(let it) = $0 { it.quality == quality } else { false }
    }
  }

  static func sampled(_ evse: UInt32, _ context: SampleContext) -> Claim {
    Claim("sample taken at \(evse): \(context)") {
      if case .sampleTaken(let it) = $0 { it.evse == evse && it.context == context } else { false }
    }
  }

  static func planned(failures: UInt32) -> Claim {
    Claim("connection planned after \(failures) failures") {
      if case .connectionPlanned(let it) = $0 { it.failures == failures } else { false }
    }
  }

  static var connecting: Claim {
    Claim("connection started") { if case .connectionStarted = $0 { true } else { false } }
  }

  static var dropped: Claim {
    Claim("connection dropped") { if case .connectionDropped = $0 { true } else { false } }
  }

  static func registered(_ registration: Registration) -> Claim {
    Claim("registration \(registration)") {
      if case .registrationChanged(let it) = $0 { it.registration == registration } else { false }
    }
  }

  static func restart(_ kind: RestartKind) -> Claim {
    Claim("restart requested: \(kind)") {
      if case .restartRequested(let it) = $0 { it.kind == kind } else { false }
    }
  }

  static func unlocking(_ evse: UInt32) -> Claim {
    Claim("unlock requested at \(evse)") {
      if case .unlockRequested(let it) = $0 { it.place.evse == evse } else { false }
    }
  }

  static func delivered(_ kind: MessageClass) -> Claim {
    Claim("\(kind) settled with an answer") {
      if case .messageSettled(let it) = $0 { it.kind == kind && it.isAnswered } else { false }
    }
  }

  static func failed(_ kind: MessageClass) -> Claim {
    Claim("\(kind) failed") {
      if case .messageFailed(let it) = $0 { it.kind == kind } else { false }
    }
  }

  static func parked(_ role: MessageRole) -> Claim {
    Claim("\(role) parked") {
      if case .messageParked(let it) = $0 { it.role == role } else { false }
    }
  }

  static func unparked(released: Bool) -> Claim {
    Claim("group unparked, released \(released)") {
      if case .groupUnparked(let it) = $0 { it.isReleased == released } else { false }
    }
  }

  static func queued(_ role: MessageRole) -> Claim {
    Claim("\(role) queued") {
      if case .messageQueued(let it) = $0 { it.role == role } else { false }
    }
  }

  static var alerted: Claim {
    Claim("alert raised") { if case .alertRaised = $0 { true } else { false } }
  }
}
