import ChargePiES

/// One lamp per connector, by its status.
public enum Lamps {
  /// What each connector's lamp shows, connectors in order of their flat numbers.
  public static func lamps(_ station: Station) -> [Lamp] {
    let percent = Int(clamping: station.integer(.lightIntensity))
    return station.evses.flatMap { evse in
      evse.connectors.map { connector in
        let status = station.status(evse, connector)
        let pattern = station.process.isReady ? pattern(status) : .slowBlink
        return Lamp(dimmed(colour(status), percent), pattern)
      }
    }
  }

  /// Their colours as `#rrggbb`, for the API.
  public static func colours(_ station: Station) -> [String] {
    lamps(station).map { lamp in
      let parts = [lamp.colour.red, lamp.colour.green, lamp.colour.blue]
      return "#" + parts.map { hexadecimal(UInt64($0), digits: 2) }.joined()
    }
  }

  /// `LightIntensity` of a full colour (OCPP 1.6 §9.1.11).
  private static func dimmed(_ colour: Colour, _ percent: Int) -> Colour {
    func dim(_ part: UInt8) -> UInt8 { UInt8(clamping: Int(part) * percent / 100) }
    return Colour(red: dim(colour.red), green: dim(colour.green), blue: dim(colour.blue))
  }

  private static func colour(_ status: ConnectorStatus) -> Colour {
    switch status {
    case .available: Colour(red: 0x00, green: 0xFF, blue: 0x00)
    case .preparing: Colour(red: 0xFF, green: 0xFF, blue: 0x00)
    case .charging: Colour(red: 0x00, green: 0x00, blue: 0xFF)
    case .suspendedEV, .suspendedEVSE: Colour(red: 0x00, green: 0xFF, blue: 0xFF)
    case .finishing: Colour(red: 0xFF, green: 0x80, blue: 0x00)
    case .reserved: Colour(red: 0xFF, green: 0x00, blue: 0xFF)
    case .unavailable: Colour(red: 0x40, green: 0x40, blue: 0x40)
    case .faulted: Colour(red: 0xFF, green: 0x00, blue: 0x00)
    case .unspecified: .black
    }
  }

  /// What rests is steady; slowly blinks what waits for somebody, fast what is broken.
  private static func pattern(_ status: ConnectorStatus) -> LampPattern {
    switch status {
    case .available, .charging, .finishing, .reserved, .unavailable: .steady
    case .preparing, .suspendedEV, .suspendedEVSE: .slowBlink
    case .faulted: .fastBlink
    case .unspecified: .off
    }
  }
}
