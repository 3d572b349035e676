/// The next attempt to connect is planned, or begins.
public struct ConnectionPlanned: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  /// When, nanoseconds of this boot's clock; 0 for never (an operator keeps the link down).
  public var dueNanoseconds: Int64 = 0
  /// How many attempts have failed in a row.
  public var failures: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "due_nanoseconds", &dueNanoseconds)
    visitor.field(3, "failures", &failures)
  }
}

/// An attempt to connect begins now.
public struct ConnectionStarted: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
  }
}

/// The station gives a connection up.
public struct ConnectionDropped: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  /// Its number; 0 for one that is still being made.
  public var connection: UInt64 = 0
  /// Why, for people.
  public var reason = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "reason", &reason)
  }
}

/// The central system has decided about the station.
public struct RegistrationChanged: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var registration = Registration.none
  /// Pause until the next try when it was not accepted, in seconds.
  public var retrySeconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "registration", &registration)
    visitor.field(3, "retry_seconds", &retrySeconds)
  }
}

/// What a call of the central system is answered with, before the dialect words it.
public struct CallAnswered: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  public var messageId = ""
  public var outcome = Outcome.unspecified

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "message_id", &messageId)
    visitor.field(4, "outcome", &outcome)
  }
}

/// The answer to a call, as it goes over the wire.
public struct AnswerSent: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  public var messageId = ""
  public var frame = Frame()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "message_id", &messageId)
    visitor.field(4, "frame", &frame)
  }
}

/// A message waits to be sent: the dialect will word it from the event `source`.
public struct MessageQueued: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var kind = MessageClass.unspecified
  /// The event that it tells of.
  public var source: UInt64 = 0
  /// The session that it belongs to.
  public var session = SessionID()
  /// The connector that it tells of, by its flat number of then; 0 for the station.
  public var flatNumber: UInt32 = 0
  /// What it is within its session.
  public var role = MessageRole.unspecified
  /// The identification whose worth an answer may tell; 0 for none.
  public var token: UInt64 = 0
  /// Whether the upstream could not be told at once.
  public var isOffline = false
  /// Its attempts before it was parked and queued again.
  public var earlier: EarlierAttempts?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "kind", &kind)
    visitor.field(3, "source", &source)
    visitor.field(4, "session", &session)
    visitor.field(5, "flat_number", &flatNumber)
    visitor.field(6, "role", &role)
    visitor.field(7, "token", &token)
    visitor.field(8, "is_offline", &isOffline)
    visitor.field(9, "earlier", &earlier)
  }
}

/// What a message that was parked has behind it: it keeps its bytes and its id.
public struct EarlierAttempts: Hashable, Sendable, Listed {
  /// The id of its first attempt.
  public var messageId = ""
  /// The event of its first `MessageSent`.
  public var firstSent: UInt64 = 0
  /// Attempts that counted.
  public var attempts: UInt32 = 0
  /// Times it went out.
  public var sends: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "message_id", &messageId)
    visitor.field(2, "first_sent", &firstSent)
    visitor.field(3, "attempts", &attempts)
    visitor.field(4, "sends", &sends)
  }
}

/// A message goes over the wire, once more where `attempt` is above 1.
public struct MessageSent: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  public var kind = MessageClass.unspecified
  public var source: UInt64 = 0
  public var session = SessionID()
  public var flatNumber: UInt32 = 0
  /// Counts what counts as an attempt: losing the connection does not.
  public var attempt: UInt32 = 0
  /// How often it has gone out before, for whatever reason: above 0 marks a resend.
  public var resends: UInt32 = 0
  /// The id on the wire.
  public var messageId = ""
  /// The event of its `MessageQueued`; 0 for what is never kept.
  public var queued: UInt64 = 0
  public var frame = Frame()
  /// What it is within its session.
  public var role = MessageRole.unspecified
  /// See `MessageQueued.token`.
  public var token: UInt64 = 0
  /// See `MessageQueued.earlier`.
  public var earlier: EarlierAttempts?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "kind", &kind)
    visitor.field(4, "source", &source)
    visitor.field(5, "session", &session)
    visitor.field(6, "flat_number", &flatNumber)
    visitor.field(7, "attempt", &attempt)
    visitor.field(8, "resends", &resends)
    visitor.field(9, "message_id", &messageId)
    visitor.field(10, "queued", &queued)
    visitor.field(11, "frame", &frame)
    visitor.field(12, "role", &role)
    visitor.field(13, "token", &token)
    visitor.field(14, "earlier", &earlier)
  }
}

/// A message is done with: answered, superseded by a newer one, or pointless by now.
public struct MessageSettled: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var kind = MessageClass.unspecified
  public var source: UInt64 = 0
  /// False when it was dropped without an answer (never for a session's messages).
  public var isAnswered = false
  /// The central system's name for the session, learnt from the answer.
  public var reference: String?
  public var session = SessionID()
  /// What it is within its session.
  public var role = MessageRole.unspecified
  /// The event of its `MessageQueued`, for one that was never sent.
  public var queued: UInt64 = 0
  /// It had been parked: the answer came after all.
  public var wasParked = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "kind", &kind)
    visitor.field(3, "source", &source)
    visitor.field(4, "is_answered", &isAnswered)
    visitor.field(5, "reference", &reference)
    visitor.field(6, "session", &session)
    visitor.field(7, "role", &role)
    visitor.field(8, "queued", &queued)
    visitor.field(9, "was_parked", &wasParked)
  }
}

/// An attempt failed on a live connection: an error, or no answer in time.
public struct MessageFailed: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var kind = MessageClass.unspecified
  public var source: UInt64 = 0
  /// What came back.
  public var error = ""
  /// When it is tried again, nanoseconds of this boot's clock.
  public var retryNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "kind", &kind)
    visitor.field(3, "source", &source)
    visitor.field(4, "error", &error)
    visitor.field(5, "retry_nanoseconds", &retryNanoseconds)
  }
}

/// A session's message was put aside after its last attempt, or because its start was.
public struct MessageParked: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var source: UInt64 = 0
  public var session = SessionID()
  public var error = ""
  /// What it is within its session.
  public var role = MessageRole.unspecified
  /// The event of its `MessageQueued`.
  public var queued = UInt64(0)
  /// The identification whose worth an answer may tell; 0 for none.
  public var token: UInt64 = 0
  public var flatNumber: UInt32 = 0
  /// Its attempts; nil when it was never sent.
  public var earlier: EarlierAttempts?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "source", &source)
    visitor.field(3, "session", &session)
    visitor.field(4, "error", &error)
    visitor.field(5, "role", &role)
    visitor.field(6, "queued", &queued)
    visitor.field(7, "token", &token)
    visitor.field(8, "flat_number", &flatNumber)
    visitor.field(9, "earlier", &earlier)
  }
}

/// An operator took a parked group out of the parking place: queued again, or released for good.
public struct GroupUnparked: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var session = SessionID()
  public var isReleased = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "session", &session)
    visitor.field(3, "is_released", &isReleased)
  }
}
