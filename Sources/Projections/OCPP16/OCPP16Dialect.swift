import ChargePiES

/// OCPP 1.6 (edition 2, JSON): a transaction opens when a session is authorized and connected, and
/// closes when the session ends.
public struct OCPP16Dialect: Dialect {
  /// What the station's program is called in the registration, at most 50 characters.
  let firmwareVersion: String

  /// The dialect of a program of this version.
  public init(firmwareVersion: String) {
    self.firmwareVersion = String(firmwareVersion.prefix(50))
  }

  public var subprotocol: String { "ocpp1.6" }

  /// One event makes one message at most in this version.
  public func messages(of event: Event, in station: Station) -> [MessageQueued] {
    message(of: event, in: station).map { [$0] } ?? []
  }

  private func message(of event: Event, in station: Station) -> MessageQueued? {
    guard case .decision(let decision) = event.body else { return nil }
    switch decision {
    case .transferPermitted(let permitted):
      let place = Place(evse: permitted.evse, connector: permitted.connector)
      return transaction(.start, permitted.session, place, permitted.token, station)
    case .sampleTaken(let sample): return queued(sample, station)
    case .sessionEnded(let ended):
      let place = Place(evse: ended.evse, connector: ended.connector)
      let presented = ended.stopToken != 0 ? ended.stopToken : ended.token
      return ended.wasPermitted
        ? transaction(.end, ended.session, place, presented, station) : nil
    case .statusChanged(let status):
      let place = Place(evse: status.evse, connector: status.connector)
      return MessageQueued {
        $0.kind = .status
        $0.flatNumber = flatNumber(place, station)
      }
    case .authorizationRequested: return MessageQueued { $0.kind = .authorization }
    case .settingChanged, .clockCorrected, .sessionBegan, .sessionAuthorized, .flowChanged,
      .sessionDeauthorized, .sessionResumed, .contactorCommanded, .lockCommanded,
      .authorizationSettled, .cacheChanged, .availabilityChanged, .faultRaised, .faultCleared,
      .meterGap, .connectionPlanned, .connectionStarted, .connectionDropped, .registrationChanged,
      .callAnswered, .answerSent, .messageQueued, .messageSent, .messageSettled, .messageFailed,
      .messageParked, .groupUnparked, .restartRequested, .alertRaised, .unlockRequested:
      return nil
    }
  }

  /// Readings outside sessions are told only while somebody listens: no bill rests on them.
  private func queued(_ sample: SampleTaken, _ station: Station) -> MessageQueued? {
    let measurands: Variable = sample.context == .clock ? .alignedMeasurands : .sampledMeasurands
    guard !station.text(measurands).isEmpty else { return nil }
    if sample.session.isNone && !station.isOnline { return nil }
    let place = Place(evse: sample.evse, connector: sample.connector)
    return transaction(.update, sample.session, place, 0, station)
  }

  private func transaction(
    _ role: MessageRole, _ session: SessionID, _ place: Place, _ token: UInt64, _ station: Station
  ) -> MessageQueued {
    MessageQueued {
      $0.kind = .transaction
      $0.role = role
      $0.session = session
      $0.token = token
      $0.flatNumber = flatNumber(place, station)
    }
  }

  /// A connector's number of today: noted when a message is queued, because tomorrow's file may
  /// number otherwise.
  private func flatNumber(_ place: Place, _ station: Station) -> UInt32 {
    station.connector(place)?.layout.flatNumber ?? 0
  }

  public func refusal(_ refused: FrameRefused) -> [UInt8] {
    OCPPFrame.error(
      id: refused.messageId, code: refused.code, description: refused.reason, details: .object([])
    ).render()
  }
}
