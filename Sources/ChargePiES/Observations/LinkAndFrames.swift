/// The connection to a central system is open, with the sub-protocol that was offered.
public struct LinkOpened: Hashable, Sendable, Listed {
  /// Which central system.
  public var upstream: UInt32 = 0
  /// The connection's number within this process, from 1.
  public var connection: UInt64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
  }
}

/// A connection closed, or an attempt failed.
public struct LinkClosed: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  /// The WebSocket close code (RFC 6455 §7.4); 0 when there was none.
  public var code: UInt32 = 0
  /// Why, for people.
  public var reason = ""
  /// 32 random bits for the pause before the next attempt.
  public var chance: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "code", &code)
    visitor.field(4, "reason", &reason)
    visitor.field(5, "chance", &chance)
  }
}

/// A central system called, and the call could be read.
public struct CallReceived: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  /// The id that the answer must carry, at most 36 characters.
  public var messageId = ""
  public var frame = Frame()
  /// What is asked, in the station's language.
  public var command: Command?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "message_id", &messageId)
    visitor.field(4, "frame", &frame)
    Command.list(&visitor, &command)
  }
}

/// A frame that is no usable call or answer: answered with an error where that is possible.
public struct FrameRefused: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  public var frame = Frame()
  /// The id for the CALLERROR; empty when no answer is possible or due.
  public var messageId = ""
  /// The dialect's error code; empty when no answer is due.
  public var code = ""
  /// What was wrong, for people.
  public var reason = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "frame", &frame)
    visitor.field(4, "message_id", &messageId)
    visitor.field(5, "code", &code)
    visitor.field(6, "reason", &reason)
  }
}

/// The central system answered the call that is open.
public struct AnswerReceived: Hashable, Sendable, Listed {
  public var upstream: UInt32 = 0
  public var connection: UInt64 = 0
  public var frame = Frame()
  /// The event that the answered message tells of, and its class.
  public var source: UInt64 = 0
  public var kind = MessageClass.unspecified
  /// The error, when it was a CALLERROR or an answer that cannot be read; empty otherwise.
  public var errorCode = ""
  /// What came with the error.
  public var errorText = ""
  /// What the central system decided about registration.
  public var registration = Registration.none
  /// Heartbeat or retry interval, in seconds.
  public var intervalSeconds: Int64 = 0
  /// The central system's time, nanoseconds since 1970; 0 when it told none.
  public var wallNanoseconds: Int64 = 0
  /// What it says of the identification in the message.
  public var token: TokenInfo?
  /// The central system's own name of the session.
  public var reference: String?
  /// The id that was answered.
  public var messageId = ""

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "upstream", &upstream)
    visitor.field(2, "connection", &connection)
    visitor.field(3, "frame", &frame)
    visitor.field(4, "source", &source)
    visitor.field(5, "kind", &kind)
    visitor.field(6, "error_code", &errorCode)
    visitor.field(7, "error_text", &errorText)
    visitor.field(8, "registration", &registration)
    visitor.field(9, "interval_seconds", &intervalSeconds)
    visitor.field(10, "wall_nanoseconds", &wallNanoseconds)
    visitor.field(11, "token", &token)
    visitor.field(12, "reference", &reference)
    visitor.field(13, "message_id", &messageId)
  }
}

/// What an operator wants, over the API.
public enum Wish: UInt32, Enumeration {
  case unspecified = 0
  /// Close the connection and keep it closed.
  case linkDown = 1
  /// Connect at once.
  case linkUp = 2
  /// Queue a parked group again.
  case retryParked = 3
  /// Take a parked group out of the queue for good (it stays in the journal).
  case releaseParked = 4

  public init() { self = .unspecified }
}

/// An operator's wish.
public struct OperatorAsked: Hashable, Sendable, Listed {
  public var wish = Wish.unspecified
  /// The central system that it is about.
  public var upstream: UInt32 = 0
  /// The session whose parked messages it is about.
  public var session = SessionID()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "wish", &wish)
    visitor.field(2, "upstream", &upstream)
    visitor.field(3, "session", &session)
  }
}
