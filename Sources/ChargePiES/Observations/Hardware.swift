/// A plug sensor changed.
public struct CableSensed: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  /// Where the cable is now.
  public var cable = CableState.out

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "connector", &connector)
    visitor.field(3, "cable", &cable)
  }
}

/// A card was read.
public struct CardRead: Hashable, Sendable, Listed {
  /// Its vault id (of the first spelling, so equal cards are equal numbers).
  public var token: UInt64 = 0
  /// EVSEs that this reader may choose from; empty for all.
  public var evses: [UInt32] = []

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "token", &token)
    visitor.field(2, "evses", &evses)
  }
}

/// A meter was read.
public struct MeterRead: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  /// The meter's own counter, in milliwatt-hours, within its epoch.
  public var counterMilliwattHours: Int64 = 0
  /// Active power, in milliwatts.
  public var powerMilliwatts: Int64 = 0
  /// Current of each phase, in milliamperes.
  public var currentMilliamperes = PhaseValues()
  /// Voltage of each phase, in millivolts.
  public var voltageMillivolts = PhaseValues()
  /// Mains frequency, in millihertz.
  public var frequencyMillihertz: Int64?
  /// Temperature, in thousandths of a degree Celsius.
  public var temperatureMillidegrees: Int64?
  /// State of charge, in thousandths.
  public var stateOfChargePermille: Int64?
  /// Set by a person (simulation): to be shown at once.
  public var isUrgent = false
  /// How far the values can be trusted: 0 for in full, otherwise the sum of 1 (cycles were
  /// estimated), 2 (a gap: energy is missing), 4 (out of the meter's range), 8 (stale), 16 (below
  /// the starting current), 32 (implausible), 64 (noisy).
  public var quality: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "counter_milliwatt_hours", &counterMilliwattHours)
    visitor.field(3, "power_milliwatts", &powerMilliwatts)
    visitor.field(4, "current_milliamperes", &currentMilliamperes)
    visitor.field(5, "voltage_millivolts", &voltageMillivolts)
    visitor.field(6, "frequency_millihertz", &frequencyMillihertz)
    visitor.field(7, "temperature_millidegrees", &temperatureMillidegrees)
    visitor.field(8, "state_of_charge_permille", &stateOfChargePermille)
    visitor.field(9, "is_urgent", &isUrgent)
    visitor.field(10, "quality", &quality)
  }
}

/// A contactor's contacts, by feedback input or deduction.
public struct ContactorSensed: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var isClosed = false
  /// When a commanded closing will follow at the latest, nanoseconds of this boot, where the
  /// contactor must rest before; 0 for at once.
  public var deferredUntilNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "is_closed", &isClosed)
    visitor.field(3, "deferred_until_nanoseconds", &deferredUntilNanoseconds)
  }
}

/// A lock has moved, or has tried to.
public struct LockSensed: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  /// Where it is now.
  public var isLocked = false
  /// True when it did not get where it was told to go.
  public var hasFailed = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "connector", &connector)
    visitor.field(3, "is_locked", &isLocked)
    visitor.field(4, "has_failed", &hasFailed)
  }
}

/// A fault appeared or went.
public struct FaultSensed: Hashable, Sendable, Listed {
  /// The EVSE that has it; 0 for the station.
  public var evse: UInt32 = 0
  public var code = FaultCode.none
  /// The vendor's own word for it, at most 50 characters.
  public var vendorCode = ""
  /// More, for people, at most 50 characters.
  public var info = ""
  public var isActive = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "code", &code)
    visitor.field(3, "vendor_code", &vendorCode)
    visitor.field(4, "info", &info)
    visitor.field(5, "is_active", &isActive)
  }
}

/// A driver's own thread opened a contactor, without asking.
public struct TripReported: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var code = FaultCode.none
  /// What tripped, for people.
  public var info = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "code", &code)
    visitor.field(3, "info", &info)
  }
}
