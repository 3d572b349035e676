/// What a meter measured at one moment, on the station's own register.
public struct Reading: Hashable, Sendable, Listed {
  /// The import register, in milliwatt-hours: never goes backwards, survives restarts.
  public var registerMilliwattHours: Int64 = 0
  /// Active power taken by the car, in milliwatts.
  public var powerMilliwatts: Int64 = 0
  /// Current of each phase, in milliamperes.
  public var currentMilliamperes = PhaseValues()
  /// Voltage of each phase, in millivolts.
  public var voltageMillivolts = PhaseValues()
  /// Mains frequency, in millihertz, when the meter gives it.
  public var frequencyMillihertz: Int64?
  /// Temperature, in thousandths of a degree Celsius, when there is a sensor.
  public var temperatureMillidegrees: Int64?
  /// The car's state of charge, in thousandths, when the car tells it.
  public var stateOfChargePermille: Int64?
  /// Current offered to the car, in milliamperes.
  public var offeredMilliamperes: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "register_milliwatt_hours", &registerMilliwattHours)
    visitor.field(2, "power_milliwatts", &powerMilliwatts)
    visitor.field(3, "current_milliamperes", &currentMilliamperes)
    visitor.field(4, "voltage_millivolts", &voltageMillivolts)
    visitor.field(5, "frequency_millihertz", &frequencyMillihertz)
    visitor.field(6, "temperature_millidegrees", &temperatureMillidegrees)
    visitor.field(7, "state_of_charge_permille", &stateOfChargePermille)
    visitor.field(8, "offered_milliamperes", &offeredMilliamperes)
  }
}

/// A place that a command or an event is about: the station (both zero), an EVSE, or a connector.
public struct Place: Hashable, Sendable, Listed {
  /// EVSE id from 1; 0 for the whole station.
  public var evse: UInt32 = 0
  /// Connector id within the EVSE from 1; 0 for the whole EVSE.
  public var connector: UInt32 = 0
  /// True when a command named a place that this station does not have.
  public var isUnknown = false

  public init() {}
  /// A place.
  public init(evse: UInt32, connector: UInt32 = 0) {
    self.evse = evse
    self.connector = connector
  }

  /// What a command gets when it names a place that is not there.
  public static var unknown: Place { Place { $0.isUnknown = true } }

  /// True for the whole station.
  public var isStation: Bool { evse == 0 && !isUnknown }

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "connector", &connector)
    visitor.field(3, "is_unknown", &isUnknown)
  }
}

/// What a central system says of an identification (OCPP 1.6 §7.27 `IdTagInfo`).
public struct TokenInfo: Hashable, Sendable, Listed {
  /// What it is worth.
  public var status = AuthorizationStatus.unknown
  /// The group that it belongs to (vault id); 0 for none.
  public var group: UInt64 = 0
  /// When it expires, nanoseconds since 1970; 0 for never.
  public var expiresNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "status", &status)
    visitor.field(2, "group", &group)
    visitor.field(3, "expires_nanoseconds", &expiresNanoseconds)
  }
}

/// One OCPP frame, in or out: its exact bytes, with card numbers and secrets cut out.
///
/// The wire's bytes are `text` with each redaction's vault entry put back at its offset.
public struct Frame: Hashable, Sendable, Listed {
  /// The bytes without what was cut out.
  public var text = Bytes()
  /// What was cut out, in ascending order of offsets.
  public var redactions: [Redaction] = []
  /// True when only the beginning of a frame that was too long is kept.
  public var isTruncated = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "text", &text)
    visitor.field(2, "redactions", &redactions)
    visitor.field(3, "is_truncated", &isTruncated)
  }
}

/// A value that stands in the vault instead of the frame.
public struct Redaction: Hashable, Sendable, Listed {
  /// Where it belongs, in bytes of `Frame.text`.
  public var offset: UInt64 = 0
  /// The vault id of an identification; 0 when it is a secret.
  public var token: UInt64 = 0
  /// The vault name of a secret.
  public var secret = ""
  /// The version of that secret.
  public var version: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "offset", &offset)
    visitor.field(2, "token", &token)
    visitor.field(3, "secret", &secret)
    visitor.field(4, "version", &version)
  }
}
