import ChargePiES

extension OCPP16Dialect {
  public func call(
    _ item: OutboxItem, in station: Station, with context: WordingContext
  ) throws -> Wording {
    switch item.kind {
    case .registration: return bootNotification(station)
    case .heartbeat: return wording(OCPP16.HeartbeatRequest())
    case .authorization: return try authorize(item, context)
    case .status: return statusNotification(item, station)
    case .transaction: return try transaction(item, station, context)
    case .notification, .unspecified: return .nothing
    }
  }

  private func wording<Request: OCPPRequest>(_ request: Request) -> Wording {
    .call(action: Request.actionName, payload: request.jsonBytes)
  }

  /// OCPP 1.6 §4.2.
  private func bootNotification(_ station: Station) -> Wording {
    let identity = station.identity
    let serial = identity.serial.isEmpty ? nil : String(identity.serial.prefix(25))
    return wording(
      OCPP16.BootNotificationRequest(
        chargePointVendor: String(identity.vendor.prefix(20)),
        chargePointModel: String(identity.model.prefix(20)),
        chargePointSerialNumber: serial, firmwareVersion: firmwareVersion))
  }

  /// OCPP 1.6 §4.1. An identification that was forgotten meanwhile cannot be asked for.
  private func authorize(_ item: OutboxItem, _ context: WordingContext) throws -> Wording {
    guard case .decision(.authorizationRequested(let request))? = item.source?.body,
      let text = try context.names.text(request.token)
    else { return .nothing }
    return wording(OCPP16.AuthorizeRequest(idTag: text))
  }

  /// OCPP 1.6 §4.9.
  private func statusNotification(_ item: OutboxItem, _ station: Station) -> Wording {
    guard let source = item.source, case .decision(.statusChanged(let status)) = source.body else {
      return .nothing
    }
    return wording(
      OCPP16.StatusNotificationRequest(
        connectorId: Int(item.flatNumber), errorCode: status.code.ocpp16,
        info: status.info.isEmpty ? nil : String(status.info.prefix(50)),
        status: status.status.ocpp16, timestamp: timestamp(source.stamp, station),
        vendorId: status.vendorCode.isEmpty ? nil : String(station.identity.vendor.prefix(255)),
        vendorErrorCode: status.vendorCode.isEmpty ? nil : String(status.vendorCode.prefix(50))))
  }

  private func transaction(
    _ item: OutboxItem, _ station: Station, _ context: WordingContext
  ) throws -> Wording {
    guard let source = item.source, case .decision(let decision) = source.body else {
      return .impossible("its event is not in the journal any more")
    }
    switch decision {
    case .transferPermitted(let permitted):
      return try start(permitted, source.stamp, item, station, context)
    case .sampleTaken(let sample): return readings(sample, source.stamp, item, station)
    case .sessionEnded(let ended): return try stop(ended, source.stamp, item, station, context)
    default: return .nothing  // No other decision is queued as a session's message.
    }
  }

  /// OCPP 1.6 §4.8.
  private func start(
    _ permitted: TransferPermitted, _ stamp: Stamp, _ item: OutboxItem, _ station: Station,
    _ context: WordingContext
  ) throws -> Wording {
    guard let time = timestamp(stamp, station) else { return .later }
    guard let text = try context.names.text(permitted.token) else {
      return .impossible("its identification was forgotten")
    }
    return wording(
      OCPP16.StartTransactionRequest(
        connectorId: Int(item.flatNumber), idTag: text,
        meterStart: wattHours(permitted.reading.registerMilliwattHours), timestamp: time))
  }

  /// OCPP 1.6 §4.7.
  private func readings(
    _ sample: SampleTaken, _ stamp: Stamp, _ item: OutboxItem, _ station: Station
  ) -> Wording {
    let measurands = station.list(
      sample.context == .clock ? .alignedMeasurands : .sampledMeasurands)
    guard timestamp(stamp, station) != nil else { return .later }
    guard let value = meterValue(sample, stamp, measurands, station) else { return .nothing }
    let transaction = item.reference.flatMap { Int($0) }
    guard sample.session.isNone || transaction != nil else { return .impossible(Self.noReference) }
    return wording(
      OCPP16.MeterValuesRequest(
        connectorId: Int(item.flatNumber),
        transactionId: transaction, meterValue: [value]))
  }

  /// OCPP 1.6 §4.10.
  private func stop(
    _ ended: SessionEnded, _ stamp: Stamp, _ item: OutboxItem, _ station: Station,
    _ context: WordingContext
  ) throws -> Wording {
    guard let transaction = item.reference.flatMap({ Int($0) }) else {
      return .impossible(Self.noReference)
    }
    guard let time = timestamp(ended.endedAt ?? stamp, station) else { return .later }
    let presented = ended.stopToken != 0 ? ended.stopToken : ended.token
    let isPresented = ended.reason == .local
    let data = try transactionData(ended, stamp, station, context)
    return wording(
      OCPP16.StopTransactionRequest(
        idTag: isPresented ? try context.names.text(presented) : nil,
        meterStop: wattHours(ended.reading.registerMilliwattHours), timestamp: time,
        transactionId: transaction, reason: ended.reason.ocpp16,
        transactionData: data.isEmpty ? nil : data))
  }

  /// Its start was put aside and let go: no transaction id will ever come, and none is made up.
  private static let noReference = "its start was never answered"

  /// Whole watt-hours, rounded down on both ends alike.
  private func wattHours(_ milliwattHours: Int64) -> Int { Int(milliwattHours / 1_000) }

  /// The best knowledge of when it happened; nil while no time was ever known.
  func timestamp(_ stamp: Stamp, _ station: Station) -> String? {
    station.wallTime(of: stamp).map { Timestamp.text(nanoseconds: $0.nanoseconds) }
  }
}
