/// The whole state: one value, written by `apply` alone.
public struct Station: Hashable, Sendable, Listed {
  /// The version of this state's encoding; a checkpoint of another one is not read.
  public static let stateVersion: UInt32 = 1

  /// The number of the last applied event.
  public var position: UInt64 = 0
  /// The stamp of the last applied event.
  public var now = Stamp()
  public var process = Process()
  public var clock = Clock()
  public var identity = Identity()
  public var policy = Policy()
  public var evses: [EVSE] = []
  /// Settings that differ from their defaults, ascending by variable.
  public var settings: [Setting] = []
  /// Remembered authorizations, ascending by token.
  public var cache: [CacheEntry] = []
  public var upstreams: [Upstream] = []
  /// Faults of the station itself.
  public var faults: [Fault] = []
  /// What was last told about the station as a whole (OCPP 1.6 connector 0).
  public var reported = ReportedStatus()
  /// Whether the station as a whole is operative.
  public var isInoperative = false
  /// Free bytes on the journal's disk; nil while unknown.
  public var freeBytes: Int64?
  /// When the next clock-aligned samples are due, nanoseconds since 1970; 0 for never.
  public var alignedDueNanoseconds: Int64 = 0
  /// Identifications that wait for an answer.
  public var authorizations: [PendingAuthorization] = []

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "position", &position)
    visitor.field(2, "now", &now)
    visitor.field(3, "process", &process)
    visitor.field(4, "clock", &clock)
    visitor.field(5, "identity", &identity)
    visitor.field(6, "policy", &policy)
    visitor.field(7, "evses", &evses)
    visitor.field(8, "settings", &settings)
    visitor.field(9, "cache", &cache)
    visitor.field(10, "upstreams", &upstreams)
    visitor.field(11, "faults", &faults)
    visitor.field(12, "reported", &reported)
    visitor.field(13, "is_inoperative", &isInoperative)
    visitor.field(14, "free_bytes", &freeBytes)
    visitor.field(15, "aligned_due_nanoseconds", &alignedDueNanoseconds)
    visitor.field(16, "authorizations", &authorizations)
  }
}

/// The running process.
public struct Process: Hashable, Sendable, Listed {
  /// Random bits of this start.
  public var nonce: UInt64 = 0
  public var bootIdHigh: UInt64 = 0
  public var bootIdLow: UInt64 = 0
  /// The board's boot count.
  public var boot: UInt32 = 0
  /// When it started, nanoseconds of this boot.
  public var startedNanoseconds: Int64 = 0
  /// Whether every sensor has reported since.
  public var isReady = false
  /// Whether it was asked to stop; a start without that was preceded by a kill or a power cut.
  public var isStopping = false
  /// Whether the process before was asked to stop.
  public var wasAsked = false
  /// A restart that a central system asked for.
  public var restart = RestartKind.none
  /// When that restart happens at the latest.
  public var restartDueNanoseconds: Int64 = 0
  /// SHA-256 of the configuration that it was started with.
  public var fingerprint = Bytes()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "nonce", &nonce)
    visitor.field(2, "boot_id_high", &bootIdHigh)
    visitor.field(3, "boot_id_low", &bootIdLow)
    visitor.field(4, "boot", &boot)
    visitor.field(5, "started_nanoseconds", &startedNanoseconds)
    visitor.field(6, "is_ready", &isReady)
    visitor.field(7, "is_stopping", &isStopping)
    visitor.field(8, "restart", &restart)
    visitor.field(9, "restart_due_nanoseconds", &restartDueNanoseconds)
    visitor.field(10, "was_asked", &wasAsked)
    visitor.field(11, "fingerprint", &fingerprint)
  }
}

/// A setting with a value of its own.
public struct Setting: Hashable, Sendable, Listed {
  public var variable = Variable.unspecified
  /// The canonical value.
  public var value = ""
  /// What the file said last; nil when no file names it.
  public var fileValue: String?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "variable", &variable)
    visitor.field(2, "value", &value)
    visitor.field(3, "file_value", &fileValue)
  }
}

/// What the authorization cache knows of an identification.
public struct CacheEntry: Hashable, Sendable, Listed {
  public var token: UInt64 = 0
  public var info = TokenInfo()
  /// The event that renewed it.
  public var event: UInt64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "token", &token)
    visitor.field(2, "info", &info)
    visitor.field(3, "event", &event)
  }
}

/// An identification that waits for the central system's word.
public struct PendingAuthorization: Hashable, Sendable, Listed {
  /// The event of its request.
  public var event: UInt64 = 0
  public var token: UInt64 = 0
  public var evses: [UInt32] = []
  /// The session that waits, when one is chosen already.
  public var session = SessionID()
  /// When it is decided without an answer, nanoseconds of this boot.
  public var dueNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "event", &event)
    visitor.field(2, "token", &token)
    visitor.field(3, "evses", &evses)
    visitor.field(4, "session", &session)
    visitor.field(5, "due_nanoseconds", &dueNanoseconds)
  }
}
