import ChargePiES

/// What the station shows to people, from the state alone.
public enum Display {
  /// Two lines about the EVSE that most wants attention: a fault, then a session, then the rest.
  public static func lines(_ station: Station) -> [String] {
    guard station.process.isReady, let evse = shown(station) else {
      return ["ChargePi", "Starting"]
    }
    let connector = evse.sessionConnector ?? evse.connectors.first
    let status = connector.map { station.status(evse, $0) } ?? .unavailable
    return ["\(status.word) \(evse.id)", detail(evse, status)]
  }

  private static func shown(_ station: Station) -> EVSE? {
    station.evses.first { !$0.faults.isEmpty } ?? station.evses.first { $0.session != nil }
      ?? station.evses.first
  }

  private static func detail(_ evse: EVSE, _ status: ConnectorStatus) -> String {
    if let fault = evse.faults.first { return fault.code.word }
    guard let session = evse.session else { return status == .available ? "Plug in" : "" }
    guard session.isPermitted else { return session.isAuthorized ? "Plug in" : "Show your card" }
    let energy = evse.meter.reading.registerMilliwattHours - session.startRegisterMilliwattHours
    var writer = JSONWriter(capacityBytes: 16)
    writer.decimal(energy / 10_000, scale: 2)
    return String(decoding: writer.bytes, as: UTF8.self) + " kWh"
  }
}

/// One lamp per connector, by its status.
public enum Lamps {
  /// Colours as `#rrggbb`, connectors in order of their flat numbers.
  public static func colours(_ station: Station) -> [String] {
    let percent = UInt64(clamping: station.integer(.lightIntensity))
    return station.evses.flatMap { evse in
      evse.connectors.map { dimmed(colour(station.status(evse, $0)), percent) }
    }
  }

  /// `LightIntensity` of a full colour (OCPP 1.6 §9.1.11).
  private static func dimmed(_ colour: UInt64, _ percent: UInt64) -> String {
    let parts = [colour >> 16, colour >> 8, colour].map { ($0 & 0xFF) * percent / 100 }
    return "#" + parts.map { hexadecimal($0, digits: 2) }.joined()
  }

  private static func colour(_ status: ConnectorStatus) -> UInt64 {
    switch status {
    case .available: 0x00ff00
    case .preparing: 0xffff00
    case .charging: 0x0000ff
    case .suspendedEV, .suspendedEVSE: 0x00ffff
    case .finishing: 0xff8000
    case .reserved: 0xff00ff
    case .unavailable: 0x404040
    case .faulted: 0xff0000
    case .unspecified: 0x000000
    }
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
