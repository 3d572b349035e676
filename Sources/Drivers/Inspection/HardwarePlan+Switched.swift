// What a plan switches, for commands that open it, or look who holds it.
extension HardwarePlan {
  /// Every relay's line, by its connector: `1.1`.
  public var relayLines: [RelayLine] { switched { $0.relay.map { ($0.pin, $0.isActiveLow) } } }

  /// Every lock's line, by its connector.
  public var lockLines: [RelayLine] { switched { $0.lock.map { ($0.pin, $0.isActiveLow) } } }

  private func switched(_ wiring: (ConnectorPlan) -> (pin: Int, isActiveLow: Bool)?) -> [RelayLine]
  {
    let chip = GPIOChip(configured: gpioChip)
    return connectors.compactMap { evse, connector in
      guard let wired = wiring(connector) else { return nil }
      let line = GPIOLine(
        chip: chip, offset: UInt32(wired.pin), isActiveLow: wired.isActiveLow)
      return RelayLine(name: "\(evse).\(connector.id)", line: line)
    }
  }
}

extension Contactors {
  /// Who holds these lines now: empty while no station runs. Nothing is requested or changed.
  public static func holders(of lines: [RelayLine]) -> [(relay: RelayLine, holder: String)] {
    lines.compactMap { relay in holder(relay.line).map { (relay, $0) } }
  }
}
