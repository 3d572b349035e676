/// A connector's status, as it is told to others.
public struct StatusChanged: Hashable, Sendable, Listed {
  /// The EVSE; 0 for the station itself.
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  public var status = ConnectorStatus.unspecified
  public var code = FaultCode.none
  public var info = ""
  public var vendorCode = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "connector", &connector)
    visitor.field(3, "status", &status)
    visitor.field(4, "code", &code)
    visitor.field(5, "info", &info)
    visitor.field(6, "vendor_code", &vendorCode)
  }
}

/// A contactor shall be open or closed from now on.
public struct ContactorCommanded: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var isClosed = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "is_closed", &isClosed)
  }
}

/// A lock shall be locked or open from now on.
public struct LockCommanded: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  public var isLocked = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "connector", &connector)
    visitor.field(3, "is_locked", &isLocked)
  }
}

/// A lock shall open for a central system's call, which is answered when it has moved.
public struct UnlockRequested: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  public var messageId = ""
  public var place = Place()
  /// When it counts as failed, nanoseconds of this boot's clock.
  public var dueNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "message_id", &messageId)
    visitor.field(4, "place", &place)
    visitor.field(5, "due_nanoseconds", &dueNanoseconds)
  }
}

/// A place became operative or inoperative, or will when its session is over.
public struct AvailabilityChanged: Hashable, Sendable, Listed {
  public var place = Place()
  public var isOperative = false
  public var isScheduled = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "place", &place)
    visitor.field(2, "is_operative", &isOperative)
    visitor.field(3, "is_scheduled", &isScheduled)
  }
}

/// A fault is there.
public struct FaultRaised: Hashable, Sendable, Listed {
  /// The EVSE that has it; 0 for the station.
  public var evse: UInt32 = 0
  public var code = FaultCode.none
  public var vendorCode = ""
  public var info = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "code", &code)
    visitor.field(3, "vendor_code", &vendorCode)
    visitor.field(4, "info", &info)
  }
}

/// A fault is gone.
public struct FaultCleared: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var code = FaultCode.none
  public var vendorCode = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "code", &code)
    visitor.field(3, "vendor_code", &vendorCode)
  }
}

/// A stretch that the meter cannot vouch for: it is not counted as energy.
public struct MeterGap: Hashable, Sendable, Listed {
  public var evse: UInt32 = 0
  public var cause = GapCause.unspecified
  /// The counter before, in milliwatt-hours.
  public var beforeMilliwattHours: Int64 = 0
  /// The counter after.
  public var afterMilliwattHours: Int64 = 0
  /// True when the register follows the counter's jump (nothing was connected: no energy of
  /// anybody's is in it).
  public var isAdopted = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "evse", &evse)
    visitor.field(2, "cause", &cause)
    visitor.field(3, "before_milliwatt_hours", &beforeMilliwattHours)
    visitor.field(4, "after_milliwatt_hours", &afterMilliwattHours)
    visitor.field(5, "is_adopted", &isAdopted)
  }
}

/// What the wall clock is from now on, for this boot's past too.
public struct ClockCorrected: Hashable, Sendable, Listed {
  /// Nanoseconds since 1970 when the board started.
  public var offsetNanoseconds: Int64 = 0
  public var quality = ClockQuality.unknown

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "offset_nanoseconds", &offsetNanoseconds)
    visitor.field(2, "quality", &quality)
  }
}

/// A setting has a new value.
public struct SettingChanged: Hashable, Sendable, Listed {
  public var variable = Variable.unspecified
  public var value = ""
  /// True when a file said it: remembered, so that only an edited file says it again.
  public var isFromFile = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "variable", &variable)
    visitor.field(2, "value", &value)
    visitor.field(3, "is_from_file", &isFromFile)
  }
}

/// The process shall end and start again.
public struct RestartRequested: Hashable, Sendable, Listed {
  public var kind = RestartKind.none
  /// When at the latest, nanoseconds of this boot's clock.
  public var dueNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "kind", &kind)
    visitor.field(2, "due_nanoseconds", &dueNanoseconds)
  }
}

/// Something that a person should know of and that no message carries.
public struct AlertRaised: Hashable, Sendable, Listed {
  /// A sentence.
  public var text = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "text", &text)
  }
}
