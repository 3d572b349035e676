/// A session has its first fact: a cable, or an identification.
public struct SessionBegan: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  /// True when the connector was chosen for the driver and may still change with the plug.
  public var isMovable = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
    visitor.field(3, "connector", &connector)
    visitor.field(4, "is_movable", &isMovable)
  }
}

/// Somebody may charge: the identification was accepted.
public struct SessionAuthorized: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var evse: UInt32 = 0
  public var token: UInt64 = 0
  /// Its group; 0 for none.
  public var group: UInt64 = 0
  public var source = AuthorizationSource.unspecified

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
    visitor.field(3, "token", &token)
    visitor.field(4, "group", &group)
    visitor.field(5, "source", &source)
  }
}

/// Authorized and connected: energy may flow from here on (OCPP 1.6 starts its transaction here).
public struct TransferPermitted: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  public var token: UInt64 = 0
  /// What the meter said.
  public var reading = Reading()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
    visitor.field(3, "connector", &connector)
    visitor.field(4, "token", &token)
    visitor.field(5, "reading", &reading)
  }
}

/// A session that ran when the process ended goes on.
public struct SessionResumed: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var evse: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
  }
}

/// Energy began to flow, or stopped, and who stopped it.
public struct FlowChanged: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var evse: UInt32 = 0
  public var flow = Flow.none

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
    visitor.field(3, "flow", &flow)
  }
}

/// The identification of a running session was refused afterwards, and the session goes on
/// without energy (or with as much as `MaxEnergyOnInvalidId` allows).
public struct SessionDeauthorized: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var evse: UInt32 = 0
  public var status = AuthorizationStatus.unknown
  /// The register at which energy must stop, in milliwatt-hours.
  public var registerLimitMilliwattHours: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
    visitor.field(3, "status", &status)
    visitor.field(4, "register_limit_milliwatt_hours", &registerLimitMilliwattHours)
  }
}

/// A session is over. This is its receipt: it can be billed from this event alone.
public struct SessionEnded: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  public var reason = EndReason.unspecified
  /// Who charged; 0 when nobody was identified.
  public var token: UInt64 = 0
  /// Who ended it, when that was somebody else with the right to; 0 otherwise.
  public var stopToken: UInt64 = 0
  /// False when energy was never permitted: there is nothing to bill.
  public var wasPermitted = false
  /// When energy was permitted.
  public var permittedAt = Stamp()
  /// The register then, in milliwatt-hours.
  public var startRegisterMilliwattHours: Int64 = 0
  /// When it ended, where that is not this turn's time (the last durable reading before a cut).
  public var endedAt: Stamp?
  /// What the meter said at the end.
  public var reading = Reading()
  /// The event of `TransferPermitted`.
  public var permittedEvent: UInt64 = 0
  /// The events of the samples that belong to the receipt.
  public var samples: [UInt64] = []

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
    visitor.field(3, "connector", &connector)
    visitor.field(4, "reason", &reason)
    visitor.field(5, "token", &token)
    visitor.field(6, "stop_token", &stopToken)
    visitor.field(7, "was_permitted", &wasPermitted)
    visitor.field(8, "permitted_at", &permittedAt)
    visitor.field(9, "start_register_milliwatt_hours", &startRegisterMilliwattHours)
    visitor.field(10, "ended_at", &endedAt)
    visitor.field(11, "reading", &reading)
    visitor.field(12, "permitted_event", &permittedEvent)
    visitor.field(13, "samples", &samples)
  }
}

/// A reading was taken for somebody: in a session, or by the clock.
public struct SampleTaken: Hashable, Sendable, Listed {
  /// None when no session was running.
  public var session = SessionID()
  public var evse: UInt32 = 0
  public var connector: UInt32 = 0
  public var context = SampleContext.unspecified
  public var reading = Reading()
  /// Energy since the sample before, in milliwatt-hours.
  public var intervalMilliwattHours: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "evse", &evse)
    visitor.field(3, "connector", &connector)
    visitor.field(4, "context", &context)
    visitor.field(5, "reading", &reading)
    visitor.field(6, "interval_milliwatt_hours", &intervalMilliwattHours)
  }
}

/// An identification must be asked for upstream before anything follows from it.
public struct AuthorizationRequested: Hashable, Sendable, Listed {
  public var token: UInt64 = 0
  /// EVSEs that the answer may be used for; empty for all.
  public var evses: [UInt32] = []
  /// The session that waits for it; none when a card was read and nothing is chosen yet.
  public var session = SessionID()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "token", &token)
    visitor.field(2, "evses", &evses)
    visitor.field(3, "session", &session)
  }
}

/// What became of an identification.
public struct AuthorizationSettled: Hashable, Sendable, Listed {
  public var token: UInt64 = 0
  public var status = AuthorizationStatus.unknown
  public var source = AuthorizationSource.unspecified
  /// The event of its request; 0 when none was needed.
  public var request: UInt64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "token", &token)
    visitor.field(2, "status", &status)
    visitor.field(3, "source", &source)
    visitor.field(4, "request", &request)
  }
}

/// The authorization cache learnt, or forgot.
public struct CacheChanged: Hashable, Sendable, Listed {
  /// The identification; 0 when everything was forgotten.
  public var token: UInt64 = 0
  public var info = TokenInfo()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "token", &token)
    visitor.field(2, "info", &info)
  }
}
