/// One central system, and what it has yet to hear.
public struct Upstream: Hashable, Sendable, Listed {
  /// From 1; the first is the authority.
  public var id: UInt32 = 0
  /// The open connection's number; 0 while there is none.
  public var connection: UInt64 = 0
  /// An attempt to connect is under way.
  public var isConnecting = false
  /// When the next attempt begins, nanoseconds of this boot; 0 for never.
  public var connectDueNanoseconds: Int64 = 0
  /// Attempts that failed in a row.
  public var failures: UInt32 = 0
  public var registration = Registration.none
  /// When to register (again), nanoseconds of this boot.
  public var registrationDueNanoseconds: Int64 = 0
  /// When a call was last sent, nanoseconds of this boot.
  public var sentNanoseconds: Int64 = 0
  /// Calls in a row that got no answer.
  public var unanswered: UInt32 = 0
  /// The call that waits for its answer.
  public var open: OpenCall?
  public var transactions = TransactionLane()
  /// Statuses to tell, in order.
  public var statuses: [PendingStatus] = []
  /// What was last told and answered, per connector.
  public var told: [ToldStatus] = []
  /// The central system's names of sessions whose messages are not all delivered.
  public var references: [SessionReference] = []
  /// Sessions whose messages were put aside.
  public var parked: [ParkedGroup] = []
  /// Identifications to ask for, by the event of their request.
  public var authorizations: [UInt64] = []
  /// An operator keeps the connection down.
  public var isHeldDown = false
  /// Ids of the last calls on this connection: a repeated one changes nothing.
  public var recentCalls: [String] = []
  /// When it was last asked for the time, nanoseconds of this boot.
  public var askedTimeNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "id", &id)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "is_connecting", &isConnecting)
    visitor.field(4, "connect_due_nanoseconds", &connectDueNanoseconds)
    visitor.field(5, "failures", &failures)
    visitor.field(6, "registration", &registration)
    visitor.field(7, "registration_due_nanoseconds", &registrationDueNanoseconds)
    visitor.field(8, "sent_nanoseconds", &sentNanoseconds)
    visitor.field(9, "unanswered", &unanswered)
    visitor.field(10, "open", &open)
    visitor.field(11, "transactions", &transactions)
    visitor.field(12, "statuses", &statuses)
    visitor.field(13, "told", &told)
    visitor.field(14, "references", &references)
    visitor.field(15, "parked", &parked)
    visitor.field(16, "authorizations", &authorizations)
    visitor.field(17, "is_held_down", &isHeldDown)
    visitor.field(18, "recent_calls", &recentCalls)
    visitor.field(19, "asked_time_nanoseconds", &askedTimeNanoseconds)
  }

  /// Whether messages may go: connected and accepted.
  public var isOnline: Bool { connection != 0 && registration == .accepted }
  /// Messages that are parked.
  public var parkedCount: Int { parked.reduce(0) { $0 + $1.messages.count } }

  /// The attempts of the message that is being sent; nil before its first.
  public var attempts: EarlierAttempts? {
    transactions.current.map { current in
      EarlierAttempts {
        $0.messageId = current.messageId
        $0.firstSent = current.firstSent
        $0.attempts = current.attempt
        $0.sends = current.sends
      }
    }
  }
}

/// The call that waits for its answer: at most one per upstream (OCPP-J 1.6 §4.1.1).
public struct OpenCall: Hashable, Sendable, Listed {
  public var kind = MessageClass.unspecified
  public var source: UInt64 = 0
  public var session = SessionID()
  public var flatNumber: UInt32 = 0
  public var messageId = ""
  public var attempt: UInt32 = 0
  /// When it counts as unanswered, nanoseconds of this boot.
  public var dueNanoseconds: Int64 = 0
  /// What it is within its session.
  public var role = MessageRole.unspecified

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "kind", &kind)
    visitor.field(2, "source", &source)
    visitor.field(3, "session", &session)
    visitor.field(4, "flat_number", &flatNumber)
    visitor.field(5, "message_id", &messageId)
    visitor.field(6, "attempt", &attempt)
    visitor.field(7, "due_nanoseconds", &dueNanoseconds)
    visitor.field(8, "role", &role)
  }
}

/// The queue of sessions' messages: a cursor over the journal.
public struct TransactionLane: Hashable, Sendable, Listed {
  /// Messages that are queued and neither answered nor parked.
  public var count: UInt64 = 0
  /// The last `MessageQueued` event that is done with; the next one lies behind it.
  public var cursor: UInt64 = 0
  /// The first message of the queue once it has been sent.
  public var current: CurrentMessage?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "count", &count)
    visitor.field(2, "cursor", &cursor)
    visitor.field(3, "current", &current)
  }
}

/// A session's message that has been sent at least once: its payload never changes again.
public struct CurrentMessage: Hashable, Sendable, Listed {
  /// The event of its `MessageQueued`.
  public var queued: UInt64 = 0
  public var source: UInt64 = 0
  public var session = SessionID()
  /// The id of its first attempt.
  public var messageId = ""
  /// The event of its first `MessageSent`, which has its bytes.
  public var firstSent: UInt64 = 0
  /// Attempts so far that count.
  public var attempt: UInt32 = 0
  /// Times it went out before.
  public var sends: UInt32 = 0
  /// When it may go out again, nanoseconds of this boot.
  public var retryNanoseconds: Int64 = 0
  /// The last attempt failed on a live connection (the next one counts up).
  public var hasFailed = false
  public var error = ""
  /// What it is within its session.
  public var role = MessageRole.unspecified
  /// The identification whose worth its answer may tell; 0 for none.
  public var token: UInt64 = 0
  public var flatNumber: UInt32 = 0
  /// Attempts before it was parked: they do not count again.
  public var attemptsBefore: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "queued", &queued)
    visitor.field(2, "source", &source)
    visitor.field(3, "session", &session)
    visitor.field(4, "message_id", &messageId)
    visitor.field(5, "first_sent", &firstSent)
    visitor.field(6, "attempt", &attempt)
    visitor.field(7, "sends", &sends)
    visitor.field(8, "retry_nanoseconds", &retryNanoseconds)
    visitor.field(9, "has_failed", &hasFailed)
    visitor.field(10, "error", &error)
    visitor.field(11, "role", &role)
    visitor.field(12, "token", &token)
    visitor.field(13, "flat_number", &flatNumber)
    visitor.field(14, "attempts_before", &attemptsBefore)
  }
}

/// A connector's status that waits to be told.
public struct PendingStatus: Hashable, Sendable, Listed {
  public var flatNumber: UInt32 = 0
  /// The event of its `StatusChanged`.
  public var source: UInt64 = 0
  public var reported = ReportedStatus()
  /// When it has lasted long enough, nanoseconds of this boot.
  public var dueNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "flat_number", &flatNumber)
    visitor.field(2, "source", &source)
    visitor.field(3, "reported", &reported)
    visitor.field(4, "due_nanoseconds", &dueNanoseconds)
  }
}

/// What the central system knows of a connector.
public struct ToldStatus: Hashable, Sendable, Listed {
  public var flatNumber: UInt32 = 0
  public var reported = ReportedStatus()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "flat_number", &flatNumber)
    visitor.field(2, "reported", &reported)
  }
}

/// The central system's own name of a session (an OCPP 1.6 `transactionId`).
public struct SessionReference: Hashable, Sendable, Listed {
  public var session = SessionID()
  public var reference = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "reference", &reference)
  }
}

/// A session whose messages were put aside together.
public struct ParkedGroup: Hashable, Sendable, Listed {
  public var session = SessionID()
  /// The parked messages, in order.
  public var messages: [ParkedMessage] = []
  /// What the central system said last.
  public var error = ""
  /// The start is among them: what follows of this session is parked too.
  public var holdsStart = false

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "session", &session)
    visitor.field(2, "messages", &messages)
    visitor.field(3, "error", &error)
    visitor.field(4, "holds_start", &holdsStart)
  }
}

/// A message that was put aside.
public struct ParkedMessage: Hashable, Sendable, Listed {
  /// The event that it tells of.
  public var source: UInt64 = 0
  public var role = MessageRole.unspecified
  public var token: UInt64 = 0
  public var flatNumber: UInt32 = 0
  /// Its attempts; nil when it was never sent.
  public var earlier: EarlierAttempts?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "source", &source)
    visitor.field(2, "role", &role)
    visitor.field(3, "token", &token)
    visitor.field(4, "flat_number", &flatNumber)
    visitor.field(5, "earlier", &earlier)
  }
}
