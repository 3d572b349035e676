/// What a connector is doing, neutral between versions (OCPP 1.6 §4.9 has the same nine; OCPP 2.0.1
/// splits them into connector status and charging state).
public enum ConnectorStatus: UInt32, Enumeration {
  case unspecified = 0
  case available = 1
  case preparing = 2
  case charging = 3
  case suspendedEV = 4
  case suspendedEVSE = 5
  case finishing = 6
  case reserved = 7
  case unavailable = 8
  case faulted = 9

  public init() { self = .unspecified }
}

/// Where a charging cable is.
public enum CableState: UInt32, Enumeration {
  /// Nothing is in the socket (or the fixed cable hangs on its holder).
  case out = 0
  /// The cable is in the socket, but no car is at its other end.
  case socketOnly = 1
  /// Socket and car are connected.
  case connected = 2

  public init() { self = .out }
}

/// Why a session ended.
public enum EndReason: UInt32, Enumeration {
  case unspecified = 0
  /// The driver ended it here.
  case local = 1
  /// A central system ended it.
  case remote = 2
  /// The car was disconnected.
  case evDisconnected = 3
  /// The board lost power, or the process was killed.
  case powerLoss = 4
  /// The daemon was asked to stop.
  case reboot = 5
  /// A central system asked for an orderly reset.
  case softReset = 6
  /// A central system asked for an immediate reset.
  case hardReset = 7
  /// The identification was refused afterwards.
  case deauthorized = 8
  /// A central system unlocked the connector.
  case unlockCommand = 9
  /// The emergency stop was pressed.
  case emergencyStop = 10
  /// The longest charging time was reached.
  case timeLimit = 11
  /// The car stayed below the smallest power.
  case belowMinimumPower = 12
  /// Something broke.
  case fault = 13
  /// It never came to charging: time ran out, the card came again, the cable went.
  case cancelled = 14

  public init() { self = .unspecified }
}

/// What is broken. Numbers up to 15 are OCPP 1.6 §7.7's `ChargePointErrorCode`.
public enum FaultCode: UInt32, Enumeration {
  case none = 0
  case connectorLockFailure = 1
  case evCommunicationError = 2
  case groundFailure = 3
  case highTemperature = 4
  case internalError = 5
  case localListConflict = 6
  case otherError = 7
  case overCurrentFailure = 8
  case overVoltage = 9
  case powerMeterFailure = 10
  case powerSwitchFailure = 11
  case readerFailure = 12
  case resetFailure = 13
  case underVoltage = 14
  case weakSignal = 15
  /// Display or lamps: nobody is endangered, and the station charges without them.
  case accessoryFailure = 16

  public init() { self = .none }

  /// Whether charging goes on: the code is told, the connector stays usable (OCPP 1.6 §4.9: a
  /// status other than `Faulted` may carry an error code).
  public var isWarning: Bool {
    switch self {
    case .localListConflict, .weakSignal, .readerFailure, .evCommunicationError,
      .resetFailure, .accessoryFailure:
      return true
    // A code that a newer program knows is not taken lightly.
    case .none, .connectorLockFailure, .groundFailure, .highTemperature, .internalError,
      .otherError,
      .overCurrentFailure, .overVoltage, .powerMeterFailure, .powerSwitchFailure, .underVoltage:
      return false
    }
  }
}

/// Whether a central system has accepted the station.
public enum Registration: UInt32, Enumeration {
  case none = 0
  case accepted = 1
  case pending = 2
  case rejected = 3

  public init() { self = .none }
}

/// What an identification is worth.
public enum AuthorizationStatus: UInt32, Enumeration {
  case unknown = 0
  case accepted = 1
  case blocked = 2
  case expired = 3
  case invalid = 4
  /// Valid, but already charging elsewhere.
  case concurrentTransaction = 5

  public init() { self = .unknown }
}

/// Who or what vouched for an identification.
public enum AuthorizationSource: UInt32, Enumeration {
  case unspecified = 0
  /// A central system, just now.
  case csms = 1
  /// The authorization cache.
  case cache = 2
  /// Nobody: the offline policy allows unknown ones.
  case offlinePolicy = 3
  /// A remote start that needs no authorization.
  case remoteStart = 4

  public init() { self = .unspecified }
}

/// Why a sample was taken (OCPP 1.6 §7.44 `ReadingContext`).
public enum SampleContext: UInt32, Enumeration {
  case unspecified = 0
  case periodic = 1
  case clock = 2
  case transactionBegin = 3
  case transactionEnd = 4
  case interruptionBegin = 5
  case interruptionEnd = 6
  case trigger = 7

  public init() { self = .unspecified }
}

/// How a charging session flows right now (OCPP 2.0.1 `ChargingStateEnumType`, without `Idle`).
public enum Flow: UInt32, Enumeration {
  /// Not yet permitted to charge.
  case none = 0
  case charging = 1
  case suspendedEV = 2
  case suspendedEVSE = 3

  public init() { self = .none }
}

/// What kind of message an outbox item is; it decides order and persistence.
public enum MessageClass: UInt32, Enumeration {
  case unspecified = 0
  /// Boot notification: before everything else, never kept.
  case registration = 1
  /// An identification is asked for: next in line, never kept.
  case authorization = 2
  /// A connector's status: kept while the newest of its connector.
  case status = 3
  /// A session's start, reading or end: kept until it is answered, or parked.
  case transaction = 4
  /// A sign of life: when nothing else was sent, never kept.
  case heartbeat = 5
  /// Anything else that is sent once.
  case notification = 6

  public init() { self = .unspecified }
}

/// How a central system wants the station restarted.
public enum RestartKind: UInt32, Enumeration {
  case none = 0
  case soft = 1
  case hard = 2

  public init() { self = .none }
}

/// How a command or a wish was answered.
public enum Outcome: UInt32, Enumeration {
  case unspecified = 0
  case accepted = 1
  case rejected = 2
  /// Accepted, takes effect after the running session.
  case scheduled = 3
  case notSupported = 4
  case rebootRequired = 5
  case unlocked = 6
  case unlockFailed = 7
  case unknownVendor = 8
  case unknownMessage = 9

  public init() { self = .unspecified }
}

/// What the station thinks of a stretch of metering (a reading's quality).
public enum GapCause: UInt32, Enumeration {
  case unspecified = 0
  /// The counter went backwards: the meter was reset or replaced.
  case reset = 1
  /// The counter advanced by more than the connector can draw.
  case implausible = 2
  /// A new process or meter driver counts from its own beginning.
  case restarted = 3

  public init() { self = .unspecified }
}

/// What a session's message is within its session.
public enum MessageRole: UInt32, Enumeration {
  case unspecified = 0
  /// It opens the session upstream: everything else of the session waits for its answer.
  case start = 1
  /// A reading in between.
  case update = 2
  /// It closes the session upstream.
  case end = 3

  public init() { self = .unspecified }
}
