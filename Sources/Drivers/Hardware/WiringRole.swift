/// A value of a station's wiring: what the configuration has a key for, whoever finds it wrong.
///
/// Drivers name roles and not keys, so that they need not know how a configuration is written.
public enum WiringRole: Hashable, Sendable {
  case gpioChip
  case emergencyStop
  case doorContact
  case residualCurrentMonitor
  case lineVoltage
  /// An entry of the plan's temperatures.
  case temperature(index: Int)
  case connector(evse: UInt32, connector: UInt32, ConnectorRole)
  /// An entry of the plan's readers.
  case reader(index: Int, ReaderRole)
  case display(DisplayRole)
  case lamps(LampRole)
}

/// A value of a connector's wiring.
public enum ConnectorRole: Hashable, Sendable, CaseIterable {
  case relay
  case relayFeedback
  case meter
  /// The pin that selects the meter's chip.
  case meterSelectPin
  case meterBus
  /// The kernel's chip select.
  case meterChipSelect
  case shunt
  case divider
  case plugSense
  case lock
  case lockFeedback
  case maximumCurrent
}

/// A value of a card reader's wiring.
public enum ReaderRole: Hashable, Sendable, CaseIterable {
  case resetPin
  case interruptPin
  case spiBus
  case chipSelect
  case i2cBus
  case address
  case evses
}

/// A value of the display's wiring.
public enum DisplayRole: Hashable, Sendable, CaseIterable {
  case bus
  case address
}

/// A value of the LED strip's wiring.
public enum LampRole: Hashable, Sendable, CaseIterable {
  case dataPin
  case bus
  case chipSelect
  case length
}
