/// A part of the station that charges one car at a time.
public struct EVSE: Hashable, Sendable, Listed {
  public var id: UInt32 = 0
  public var connectors: [Connector] = []
  /// The session that has not ended; nil when there is none.
  public var session: Session?
  public var meter = Meter()
  public var faults: [Fault] = []
  /// Whether the contactor shall be closed.
  public var isClosed = false
  /// When that was decided, nanoseconds of this boot.
  public var commandedNanoseconds: Int64 = 0
  /// What its feedback says; nil while it has said nothing in this process.
  public var sensedClosed: Bool?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "id", &id)
    visitor.field(2, "connectors", &connectors)
    visitor.field(3, "session", &session)
    visitor.field(4, "meter", &meter)
    visitor.field(5, "faults", &faults)
    visitor.field(6, "is_closed", &isClosed)
    visitor.field(7, "commanded_nanoseconds", &commandedNanoseconds)
    visitor.field(8, "sensed_closed", &sensedClosed)
  }
}

/// A socket or a fixed cable.
public struct Connector: Hashable, Sendable, Listed {
  public var layout = ConnectorLayout()
  public var cable = CableState.out
  public var isInoperative = false
  /// What it becomes when its session is over.
  public var scheduledOperative: Bool?
  /// What was last told about it.
  public var reported = ReportedStatus()
  /// A session has ended and the cable is still in.
  public var isFinishing = false
  /// Who charged in it last; may have the cable unlocked.
  public var lastToken: UInt64 = 0
  public var isLocked = false
  /// Whether it shall be locked.
  public var lockCommanded = false
  /// Whether this process has commanded the lock: what an earlier one knew is not trusted.
  public var isLockKnown = false
  /// The event of the last lock command: a driver acts on each.
  public var lockOrder: UInt64 = 0
  /// The car left, and the cable stays locked until somebody asks (a setting).
  public var keepsLocked = false
  /// A central system's call that waits for the lock.
  public var pendingUnlock: PendingUnlock?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "layout", &layout)
    visitor.field(2, "cable", &cable)
    visitor.field(3, "is_inoperative", &isInoperative)
    visitor.field(4, "scheduled_operative", &scheduledOperative)
    visitor.field(5, "reported", &reported)
    visitor.field(6, "is_finishing", &isFinishing)
    visitor.field(7, "last_token", &lastToken)
    visitor.field(8, "is_locked", &isLocked)
    visitor.field(9, "lock_commanded", &lockCommanded)
    visitor.field(10, "lock_order", &lockOrder)
    visitor.field(11, "keeps_locked", &keepsLocked)
    visitor.field(12, "pending_unlock", &pendingUnlock)
    visitor.field(13, "is_lock_known", &isLockKnown)
  }
}

/// An unlock call that waits for the lock to move.
public struct PendingUnlock: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  public var messageId = ""
  /// When it is answered as failed, nanoseconds of this boot.
  public var dueNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "message_id", &messageId)
    visitor.field(4, "due_nanoseconds", &dueNanoseconds)
  }
}

/// A status as it was recorded for telling.
public struct ReportedStatus: Hashable, Sendable, Listed {
  public var status = ConnectorStatus.unspecified
  public var code = FaultCode.none
  public var info = ""
  public var vendorCode = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "status", &status)
    visitor.field(2, "code", &code)
    visitor.field(3, "info", &info)
    visitor.field(4, "vendor_code", &vendorCode)
  }
}

/// Something that is broken now.
public struct Fault: Hashable, Sendable, Listed {
  public var code = FaultCode.none
  public var vendorCode = ""
  public var info = ""
  /// When it was raised, nanoseconds of this boot.
  public var raisedNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "code", &code)
    visitor.field(2, "vendor_code", &vendorCode)
    visitor.field(3, "info", &info)
    visitor.field(4, "raised_nanoseconds", &raisedNanoseconds)
  }
}

/// An EVSE's meter: the station's register over the meter's counter.
public struct Meter: Hashable, Sendable, Listed {
  /// The last reading; its register never goes backwards.
  public var reading = Reading()
  /// The meter's counter at that reading, in milliwatt-hours.
  public var counterMilliwattHours: Int64 = 0
  /// When it was read.
  public var readAt = Stamp()
  /// Whether this process has read it: only then are counters comparable.
  public var isFresh = false
  /// Since when power has been below the smallest power; 0 while it is not.
  public var lowSinceNanoseconds: Int64 = 0
  /// Readings in a row with current through an open contactor.
  public var leakReadings: UInt32 = 0
  /// Since when a phase has drawn more than a tenth above the limit; 0 while none does.
  public var overSinceNanoseconds: Int64 = 0
  /// Since when a phase has drawn more than a quarter above the limit; 0 while none does.
  public var farOverSinceNanoseconds: Int64 = 0
  /// What the last reading added to the register, in milliwatt-hours.
  public var advanceMilliwattHours: Int64 = 0
  /// The register at the last clock-aligned sample, in milliwatt-hours.
  public var alignedRegisterMilliwattHours: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "reading", &reading)
    visitor.field(2, "counter_milliwatt_hours", &counterMilliwattHours)
    visitor.field(3, "read_at", &readAt)
    visitor.field(4, "is_fresh", &isFresh)
    visitor.field(5, "low_since_nanoseconds", &lowSinceNanoseconds)
    visitor.field(6, "leak_readings", &leakReadings)
    visitor.field(7, "over_since_nanoseconds", &overSinceNanoseconds)
    visitor.field(8, "far_over_since_nanoseconds", &farOverSinceNanoseconds)
    visitor.field(9, "advance_milliwatt_hours", &advanceMilliwattHours)
    visitor.field(10, "aligned_register_milliwatt_hours", &alignedRegisterMilliwattHours)
  }
}
