import ChargePiES

extension OCPP16Reader {
  /// What an answer says. Throws the constraint that it breaks.
  func content(
    _ id: String, _ asked: Asked, _ payload: JSON
  ) throws -> AnswerReceived {
    let (kind, source) = (asked.kind, asked.source)
    switch kind {
    case .registration: return try registration(id, source, payload)
    case .heartbeat:
      let response = try OCPP16.HeartbeatResponse(json: payload)
      return answer(id, kind, source) { $0.wallNanoseconds = time(response.currentTime) }
    case .authorization:
      let response = try OCPP16.AuthorizeResponse(json: payload)
      let info = try token(response.idTagInfo)
      return answer(id, kind, source) { $0.token = info }
    case .status:
      _ = try OCPP16.StatusNotificationResponse(json: payload)
      return answer(id, kind, source) { _ in }
    case .transaction: return try transaction(id, asked, payload)
    case .notification, .unspecified: return answer(id, kind, source) { _ in }
    }
  }

  private func registration(_ id: String, _ source: UInt64, _ payload: JSON) throws
    -> AnswerReceived
  {
    let response = try OCPP16.BootNotificationResponse(json: payload)
    return answer(id, .registration, source) {
      switch response.status {
      case .accepted: $0.registration = .accepted
      case .pending: $0.registration = .pending
      case .rejected: $0.registration = .rejected
      }
      $0.intervalSeconds = Int64(max(0, response.interval))
      $0.wallNanoseconds = time(response.currentTime)
    }
  }

  private func transaction(_ id: String, _ asked: Asked, _ payload: JSON) throws -> AnswerReceived {
    switch asked.role {
    case .start:
      let response = try OCPP16.StartTransactionResponse(json: payload)
      let info = try token(response.idTagInfo)
      return answer(id, .transaction, asked.source) {
        $0.token = info
        $0.reference = String(response.transactionId)
      }
    case .end:
      let response = try OCPP16.StopTransactionResponse(json: payload)
      let info = try response.idTagInfo.map { try token($0) }
      return answer(id, .transaction, asked.source) { $0.token = info }
    case .update, .unspecified:
      _ = try OCPP16.MeterValuesResponse(json: payload)
      return answer(id, .transaction, asked.source) { _ in }
    }
  }

  private func time(_ text: String) -> Int64 { Timestamp.nanoseconds(parsing: text) ?? 0 }

  private func token(_ info: OCPP16.IdTagInfo) throws -> TokenInfo {
    let group = try info.parentIdTag.flatMap { $0.isEmpty ? nil : try names.intern($0).canonical }
    return TokenInfo {
      $0.status = info.status.neutral
      $0.group = group ?? 0
      $0.expiresNanoseconds = info.expiryDate.map { max(1, time($0)) } ?? 0
    }
  }

  /// What a call asks; nil when its feature profile is absent. Throws the constraint it breaks.
  func command(_ action: OCPP16Action, _ payload: JSON) throws -> Command? {
    switch action {
    case .changeAvailability: return try changeAvailability(payload)
    case .changeConfiguration: return try changeConfiguration(payload)
    case .clearCache:
      _ = try OCPP16.ClearCacheRequest(json: payload)
      return .clearCache(ClearCache())
    case .dataTransfer:
      let request = try OCPP16.DataTransferRequest(json: payload)
      return .transferData(
        TransferData {
          $0.vendor = request.vendorId
          $0.message = request.messageId ?? ""
        })
    case .getConfiguration:
      let request = try OCPP16.GetConfigurationRequest(json: payload)
      return .reportSettings(ReportSettings { $0.keys = request.key ?? [] })
    case .remoteStartTransaction: return try remoteStart(payload)
    case .remoteStopTransaction:
      let request = try OCPP16.RemoteStopTransactionRequest(json: payload)
      return .remoteStop(RemoteStop { $0.reference = String(request.transactionId) })
    case .reset:
      let request = try OCPP16.ResetRequest(json: payload)
      return .reset(Reset { $0.kind = request.type == .hard ? .hard : .soft })
    case .unlockConnector:
      let request = try OCPP16.UnlockConnectorRequest(json: payload)
      return .unlock(Unlock { $0.place = place(request.connectorId) })
    default:
      return nil  // Every action of another feature profile.
    }
  }

  private func place(_ number: Int) -> Place {
    UInt32(exactly: number).flatMap { station.place(flatNumber: $0) } ?? .unknown
  }

  private func changeAvailability(_ payload: JSON) throws -> Command {
    let request = try OCPP16.ChangeAvailabilityRequest(json: payload)
    return .changeAvailability(
      ChangeAvailability {
        $0.place = place(request.connectorId)
        $0.isOperative = request.type == .operative
      })
  }

  private func changeConfiguration(_ payload: JSON) throws -> Command {
    let request = try OCPP16.ChangeConfigurationRequest(json: payload)
    let variable = OCPP16Keys.variable(request.key)
    var value = request.value
    if variable == .basicAuthPassword {
      // 16 to 20 bytes, in hexadecimal (security white paper §A00); the vault keeps them.
      let isKey = (16...40).contains(value.utf8.count)
      let key = BasicAuthPassword.secretName
      value = isKey ? String(try names.keep(secret: key, Array(value.utf8))) : "too short or long"
    }
    return .changeSetting(
      ChangeSetting {
        $0.variable = variable
        $0.value = value
      })
  }

  private func remoteStart(_ payload: JSON) throws -> Command {
    let request = try OCPP16.RemoteStartTransactionRequest(json: payload)
    let token = try names.intern(request.idTag).canonical
    return .remoteStart(
      RemoteStart {
        $0.namesPlace = request.connectorId != nil
        $0.place = request.connectorId.map(place) ?? Place()
        $0.token = token
        // OCPP 1.6 §5.16.2: only a TxProfile may come with a remote start.
        if let profile = request.chargingProfile {
          $0.isUnacceptable = profile.chargingProfilePurpose != .txProfile
        }
      })
  }
}

/// The password of security profiles 1 and 2 in the vault.
public enum BasicAuthPassword {
  /// Its name there; the setting holds its version.
  public static let secretName = "AuthorizationKey"
}
