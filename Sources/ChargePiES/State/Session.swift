/// A session that has not ended: from its first fact (cable or identification) on.
public struct Session: Hashable, Sendable, Listed {
  public var id = SessionID()
  public var connector: UInt32 = 0
  public var beganAt = Stamp()
  /// The station chose the connector; the plug may choose another.
  public var isMovable = false
  /// Who may charge; 0 while nobody was identified.
  public var token: UInt64 = 0
  public var group: UInt64 = 0
  public var source = AuthorizationSource.unspecified
  /// When the identification was accepted, nanoseconds of this boot.
  public var authorizedNanoseconds: Int64 = 0
  /// The event of `TransferPermitted`; 0 before.
  public var permittedEvent: UInt64 = 0
  public var permittedAt = Stamp()
  public var startRegisterMilliwattHours: Int64 = 0
  public var flow = Flow.none
  /// Whether the car has ever taken energy.
  public var hasDrawn = false
  /// The central system refused the identification, and the session was kept.
  public var isDeauthorized = false
  /// The register at which energy stops; 0 for no limit.
  public var registerLimitMilliwattHours: Int64 = 0
  /// When the next sample is due, nanoseconds of this boot; 0 for never.
  public var sampleDueNanoseconds: Int64 = 0
  /// The register at the last sample.
  public var sampledRegisterMilliwattHours: Int64 = 0
  /// Samples for the receipt, by event.
  public var samples: [UInt64] = []
  /// It ran when the process ended; the next start settles it.
  public var isUnsettled = false

  /// What its longest charging time counts from, nanoseconds of this boot.
  public var countedFromNanoseconds: Int64 = 0
  /// The last durable reading before it was interrupted.
  public var interruptedAt = Stamp()
  /// How long it had lasted then, in nanoseconds.
  public var lastedNanoseconds: Int64 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "id", &id)
    visitor.field(2, "connector", &connector)
    visitor.field(3, "began_at", &beganAt)
    visitor.field(4, "is_movable", &isMovable)
    visitor.field(5, "token", &token)
    visitor.field(6, "group", &group)
    visitor.field(7, "source", &source)
    visitor.field(8, "authorized_nanoseconds", &authorizedNanoseconds)
    visitor.field(9, "permitted_event", &permittedEvent)
    visitor.field(10, "permitted_at", &permittedAt)
    visitor.field(11, "start_register_milliwatt_hours", &startRegisterMilliwattHours)
    visitor.field(12, "flow", &flow)
    visitor.field(13, "has_drawn", &hasDrawn)
    visitor.field(14, "is_deauthorized", &isDeauthorized)
    visitor.field(15, "register_limit_milliwatt_hours", &registerLimitMilliwattHours)
    visitor.field(16, "sample_due_nanoseconds", &sampleDueNanoseconds)
    visitor.field(17, "sampled_register_milliwatt_hours", &sampledRegisterMilliwattHours)
    visitor.field(18, "samples", &samples)
    visitor.field(19, "is_unsettled", &isUnsettled)
    visitor.field(20, "counted_from_nanoseconds", &countedFromNanoseconds)
    visitor.field(21, "interrupted_at", &interruptedAt)
    visitor.field(22, "lasted_nanoseconds", &lastedNanoseconds)
  }

  /// The process that served it has ended; a second cut before it was settled changes nothing.
  mutating func interrupt(at readAt: Stamp) {
    guard !isUnsettled else { return }
    isUnsettled = true
    interruptedAt = readAt
    lastedNanoseconds = max(0, readAt.monotonicNanoseconds - countedFromNanoseconds)
  }

  /// Whether somebody was identified and accepted.
  public var isAuthorized: Bool { token != 0 }
  /// Whether energy was ever permitted: there is something to bill.
  public var isPermitted: Bool { permittedEvent != 0 }
}
