import ChargePiES

extension OCPP16Dialect {
  public func answer(
    _ answer: CallAnswered, to command: Command?, in station: Station, with context: WordingContext
  ) throws -> [UInt8] {
    let id = answer.messageId
    let outcome = answer.outcome
    switch command {
    case .changeAvailability:
      let status: OCPP16.AvailabilityStatus =
        outcome == .scheduled ? .scheduled : outcome == .accepted ? .accepted : .rejected
      return result(id, OCPP16.ChangeAvailabilityResponse(status: status))
    case .changeSetting:
      return result(id, OCPP16.ChangeConfigurationResponse(status: outcome.configuration))
    case .clearCache:
      return result(
        id, OCPP16.ClearCacheResponse(status: outcome == .accepted ? .accepted : .rejected))
    case .reportSettings(let wish):
      return result(id, OCPP16Keys.report(wish.keys, station))
    case .remoteStart:
      return result(id, OCPP16.RemoteStartTransactionResponse(status: outcome.remote))
    case .remoteStop:
      return result(id, OCPP16.RemoteStopTransactionResponse(status: outcome.remote))
    case .reset:
      return result(
        id, OCPP16.ResetResponse(status: outcome == .accepted ? .accepted : .rejected))
    case .transferData:
      return result(id, OCPP16.DataTransferResponse(status: outcome.data))
    case .unlock, nil:
      // An unlock is answered in the turn in which the lock has moved, without its call at hand.
      return result(id, OCPP16.UnlockConnectorResponse(status: outcome.unlock))
    }
  }

  private func result<Response: OCPPMessage>(_ id: String, _ response: Response) -> [UInt8] {
    OCPPFrame.renderResult(id: id, payload: response)
  }
}

extension Outcome {
  fileprivate var configuration: OCPP16.ConfigurationStatus {
    switch self {
    case .accepted, .scheduled: .accepted
    case .rebootRequired: .rebootRequired
    case .notSupported: .notSupported
    case .unspecified, .rejected, .unlocked, .unlockFailed, .unknownVendor, .unknownMessage:
      .rejected
    }
  }

  fileprivate var remote: OCPP16.RemoteStartStopStatus { self == .accepted ? .accepted : .rejected }

  fileprivate var data: OCPP16.DataTransferStatus {
    switch self {
    case .accepted: .accepted
    case .unknownVendor: .unknownVendorId
    case .unknownMessage: .unknownMessageId
    case .unspecified, .rejected, .scheduled, .notSupported, .rebootRequired, .unlocked,
      .unlockFailed:
      .rejected
    }
  }

  fileprivate var unlock: OCPP16.UnlockStatus {
    switch self {
    case .unlocked: .unlocked
    case .notSupported: .notSupported
    case .unspecified, .accepted, .rejected, .scheduled, .rebootRequired, .unlockFailed,
      .unknownVendor, .unknownMessage:
      .unlockFailed
    }
  }
}
