/// Wiring that works, with something to know about it.
public struct WiringWarning: Hashable, Sendable {
  /// Whose value it is.
  public var role: WiringRole
  /// What to know.
  public var remark: WiringRemark

  public init(_ role: WiringRole, _ remark: WiringRemark) {
    self.role = role
    self.remark = remark
  }
}

/// What there can be to know about wiring.
public enum WiringRemark: Hashable, Sendable {
  /// Until the program runs, this pin's pull closes the relay.
  case pullCloses(pin: Int, isActiveLow: Bool)
  /// The firmware reads a HAT's memory through this pin at boot.
  case identificationPin(Int)
  /// The serial console is here, where it is enabled.
  case serialPin(Int)
  /// The kernel holds this pin too, unless the overlay with one chip select is chosen.
  case secondSelectPin(Int)
  /// 1-wire sensors are here, unless their overlay was given another pin.
  case oneWirePin(Int)
  /// An over-current of a quarter is more than the meter can measure.
  case littleCurrentRoom(MeterRange, milliamperes: Int64)
  /// The auxiliary SPI has no DMA: a gap in a frame makes the strip flicker.
  case auxiliaryBus(Int)
}

extension HardwarePlan {
  /// What to know about a plan without faults, in a stable order.
  public var warnings: [WiringWarning] {
    (usesHeader ? relayWarnings + pinWarnings + stripWarnings : []) + scaleWarnings
  }

  /// HARDWARE §6.2: an active-high relay on a pin that is pulled up, or the other way round.
  private var relayWarnings: [WiringWarning] {
    connectors.compactMap { evse, connector in
      guard let relay = connector.relay,
        RaspberryPiHeader.pulledUp.contains(relay.pin) != relay.isActiveLow
      else { return nil }
      return WiringWarning(
        .connector(evse: evse, connector: connector.id, .relay),
        .pullCloses(pin: relay.pin, isActiveLow: relay.isActiveLow))
    }
  }

  private var pinWarnings: [WiringWarning] {
    let usesFirstBus = spiUses.contains { $0.place.bus == 0 }
    let usesOneWire = temperatures.contains { $0.kind == .w1Slave }
    return pinUses.compactMap { use in
      let remark: WiringRemark
      switch use.pin {
      case RaspberryPiHeader.identification: remark = .identificationPin(use.pin)
      case RaspberryPiHeader.oneWire where usesOneWire: remark = .oneWirePin(use.pin)
      case 7 where usesFirstBus: remark = .secondSelectPin(use.pin)
      case RaspberryPiHeader.serial: remark = .serialPin(use.pin)
      default: return nil
      }
      return WiringWarning(use.role, remark)
    }
  }

  private var stripWarnings: [WiringWarning] {
    guard case .spi(let place) = lamps?.output, place.bus == 1 else { return [] }
    return [WiringWarning(.lamps(.bus), .auxiliaryBus(place.bus))]
  }

  /// A quarter above the limit is the over-current that opens after two seconds.
  private var scaleWarnings: [WiringWarning] {
    connectors.compactMap { evse, connector in
      let most = connector.maximumMilliamperes
      guard let current = connector.meter?.currentRange, current.rms < most * 5 / 4 else {
        return nil
      }
      return WiringWarning(
        .connector(evse: evse, connector: connector.id, .shunt),
        .littleCurrentRoom(current, milliamperes: most))
    }
  }
}
