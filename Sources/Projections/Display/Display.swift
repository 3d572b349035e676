import ChargePiES

/// What the station shows to people, from the state alone.
public enum Display {
  /// Two lines in OCPP's words for the API, about the EVSE that most wants attention: a fault, then
  /// a session, then the rest. What people read on the display is `page`.
  public static func lines(_ station: Station) -> [String] {
    guard station.process.isReady, let evse = shown(station) else {
      return ["ChargePi", "Starting"]
    }
    let status = station.status(evse)
    return ["\(status.word) \(evse.id)", detail(station, evse, status)]
  }

  private static func shown(_ station: Station) -> EVSE? {
    station.evses.first { !$0.faults.isEmpty } ?? station.evses.first { $0.session != nil }
      ?? station.evses.first
  }

  private static func detail(_ station: Station, _ evse: EVSE, _ status: ConnectorStatus) -> String
  {
    if let fault = evse.faults.first { return fault.code.word }
    guard let session = evse.session else { return status == .available ? "Plug in" : "" }
    guard session.isPermitted else { return session.isAuthorized ? "Plug in" : "Show your card" }
    return decimal(evse.drawnMilliwattHours(session) / 10_000, scale: 2) + " kWh"
  }

  /// A number with so many of its digits behind the separator.
  static func decimal(_ units: Int64, scale: Int, separator: Character = ".") -> String {
    var writer = JSONWriter(capacityBytes: 16)
    writer.decimal(units, scale: scale)
    let text = String(decoding: writer.bytes, as: UTF8.self)
    return separator == "." ? text : String(text.map { $0 == "." ? separator : $0 })
  }
}

extension Station {
  /// The status of an EVSE: that of the connector with the session, otherwise of the first.
  func status(_ evse: EVSE) -> ConnectorStatus {
    let connector = evse.sessionConnector ?? evse.connectors.first
    return connector.map { status(evse, $0) } ?? .unavailable
  }
}

extension EVSE {
  /// What the session has drawn so far, in milliwatt-hours.
  func drawnMilliwattHours(_ session: Session) -> Int64 {
    meter.reading.registerMilliwattHours - session.startRegisterMilliwattHours
  }
}

extension ConnectorStatus {
  /// The word for people and the API (OCPP 1.6 §7.6 spells them the same).
  public var word: String { self == .unspecified ? "Unavailable" : ocpp16.rawValue }
}

extension FaultCode {
  /// The word for people and the API (OCPP 1.6 §7.5).
  public var word: String { ocpp16.rawValue }

  /// The code of a word; `nil` for any other word.
  public init?(word: String) {
    guard let code = Self.allCases.first(where: { $0.word == word && $0 != .none }) else {
      return nil
    }
    self = code
  }
}

extension Registration {
  /// The word for the API (OCPP 1.6 §7.37).
  public var word: String {
    switch self {
    case .none: "None"
    case .accepted: "Accepted"
    case .pending: "Pending"
    case .rejected: "Rejected"
    }
  }
}
