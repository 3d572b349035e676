import ChargePiES

/// One session as a bill sees it.
public struct LedgerEntry: Hashable, Sendable {
  /// The station's own id of it.
  public var session: SessionID
  /// Where it was.
  public var place: Place
  /// Who charged, by vault id; 0 while nobody was identified.
  public var token: UInt64 = 0
  /// When energy was permitted; nil when it never was.
  public var permittedAt: Stamp?
  /// When it ended; nil while it runs.
  public var endedAt: Stamp?
  /// Why it ended.
  public var reason = EndReason.unspecified
  /// The register at the beginning, in milliwatt-hours.
  public var startRegisterMilliwattHours: Int64 = 0
  /// The register at the end, or the last one that is known.
  public var endRegisterMilliwattHours: Int64 = 0
  /// The central system's name of it.
  public var reference: String?
  /// What became of its messages.
  public var delivery = Delivery.queued

  /// What became of a session's messages.
  public enum Delivery: String, Hashable, Sendable {
    /// Not all are answered yet.
    case queued
    /// Its end is answered.
    case delivered
    /// Some were put aside.
    case parked
  }

  /// What was delivered to the car, in milliwatt-hours.
  public var energyMilliwattHours: Int64 { endRegisterMilliwattHours - startRegisterMilliwattHours }
}

/// Every session of a journal that was permitted to charge, in order of their beginnings.
public struct SessionLedger: Sendable {
  /// The sessions.
  public private(set) var entries: [LedgerEntry] = []
  /// The best knowledge of every boot's wall clock.
  public private(set) var clock = Clock()

  /// Reads events in order.
  public init(reading events: ((Event) -> Void) throws -> Void) rethrows {
    var station = Station()
    var open: [SessionID: Int] = [:]
    var list: [LedgerEntry] = []
    try events { event in
      // Where a journal was pruned, its first checkpoint knows the clock and who is charging.
      if station.position == 0, case .checkpoint(let saved) = event.body {
        station = saved.station ?? station
      }
      station.apply(event)
      Self.take(event, &list, &open)
    }
    for evse in station.evses {
      guard let session = evse.session, let index = open[session.id] else { continue }
      list[index].endRegisterMilliwattHours = evse.meter.reading.registerMilliwattHours
    }
    entries = list
    clock = station.clock
  }

  private static func take(
    _ event: Event, _ list: inout [LedgerEntry], _ open: inout [SessionID: Int]
  ) {
    guard case .decision(let decision) = event.body else { return }
    switch decision {
    case .transferPermitted(let permitted):
      var entry = LedgerEntry(
        session: permitted.session,
        place: Place(evse: permitted.evse, connector: permitted.connector))
      entry.token = permitted.token
      entry.permittedAt = event.stamp
      entry.startRegisterMilliwattHours = permitted.reading.registerMilliwattHours
      entry.endRegisterMilliwattHours = entry.startRegisterMilliwattHours
      open[permitted.session] = list.count
      list.append(entry)
    case .sessionEnded(let ended):
      guard let index = open[ended.session] else { return }
      list[index].endedAt = ended.endedAt ?? event.stamp
      list[index].reason = ended.reason
      list[index].endRegisterMilliwattHours = ended.reading.registerMilliwattHours
    case .messageSettled(let settled) where settled.kind == .transaction:
      guard let index = open[settled.session] else { return }
      if let reference = settled.reference { list[index].reference = reference }
      guard settled.role == .end else { return }
      list[index].delivery = .delivered
      open[settled.session] = nil
    case .messageParked(let parked):
      if let index = open[parked.session] { list[index].delivery = .parked }
    case .groupUnparked(let group) where !group.isReleased:
      if let index = open[group.session] { list[index].delivery = .queued }
    default: break  // Nothing else is on a bill.
    }
  }
}
