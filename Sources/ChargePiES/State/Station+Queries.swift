extension Station {
  /// An EVSE by id.
  public func evse(_ id: UInt32) -> EVSE? {
    id >= 1 && Int(id) <= evses.count ? evses[Int(id) - 1] : nil
  }

  /// A connector by place.
  public func connector(_ place: Place) -> Connector? {
    evse(place.evse)?.connector(place.connector)
  }

  /// The authority: the first central system.
  public var authority: Upstream? { upstreams.first }

  /// Whether the authority can be asked now.
  public var isOnline: Bool { authority?.isOnline ?? false }

  /// The place of a flat number (OCPP 1.6 `connectorId`); 0 is the station.
  public func place(flatNumber: UInt32) -> Place? {
    if flatNumber == 0 { return Place() }
    for evse in evses {
      for connector in evse.connectors
      where connector.layout.flatNumber == flatNumber && !connector.layout.isRemoved {
        return Place(evse: evse.id, connector: connector.layout.id)
      }
    }
    return nil
  }

  /// What is recorded as told about a flat number.
  func reportedStatus(flatNumber: UInt32) -> ReportedStatus {
    guard let place = place(flatNumber: flatNumber), !place.isStation else { return reported }
    return connector(place)?.reported ?? ReportedStatus()
  }

  /// Faults of an EVSE and of the station that stop or forbid charging there.
  public func blockingFault(_ evse: EVSE) -> Fault? {
    evse.faults.first(where: \.blocks) ?? faults.first(where: \.blocks)
  }

  /// Whether the disk has room for one more session, to its end.
  var hasRoomForSession: Bool {
    freeBytes.map { $0 >= 2 * Limits.sessionReserveBytes } ?? true
  }

  /// Whether a new session may begin on a connector.
  func canBegin(_ evse: EVSE, _ connector: Connector) -> Bool {
    hasRoomForSession && evse.session == nil && isUsable(evse, connector)
  }

  /// Whether a connector is in working order and meant to be used.
  func isUsable(_ evse: EVSE, _ connector: Connector) -> Bool {
    process.restart == .none && !process.isStopping && blockingFault(evse) == nil
      && !isInoperative && !connector.isInoperative && !connector.layout.isRemoved
  }

  /// The status of a connector, from the state alone (OCPP 1.6 §4.9).
  public func status(_ evse: EVSE, _ connector: Connector) -> ConnectorStatus {
    if blockingFault(evse) != nil { return .faulted }
    let isHere = evse.session?.connector == connector.layout.id
    if isHere, evse.session?.isPermitted == true {
      switch evse.session?.flow {
      case .charging: return .charging
      case .suspendedEVSE: return .suspendedEVSE
      case .suspendedEV: return .suspendedEV
      case .none?, nil: return .preparing
      }
    }
    if isInoperative || connector.isInoperative { return .unavailable }
    guard evse.session == nil else { return isHere ? .preparing : .unavailable }
    guard hasRoomForSession else { return .unavailable }
    return connector.isFinishing ? .finishing : .available
  }

  /// The whole of what there is to tell about a connector.
  func statusReport(_ evse: EVSE, _ connector: Connector) -> ReportedStatus {
    let fault = blockingFault(evse) ?? evse.faults.first ?? faults.first
    return ReportedStatus {
      $0.status = status(evse, connector)
      $0.code = fault?.code ?? .none
      $0.info = fault?.info ?? ""
      $0.vendorCode = fault?.vendorCode ?? ""
    }
  }

  /// The whole of what there is to tell about the station (OCPP 1.6 connector 0: available,
  /// unavailable or faulted).
  func stationReport() -> ReportedStatus {
    let blocking = faults.first { !$0.code.isWarning }
    let fault = blocking ?? faults.first
    return ReportedStatus {
      $0.status = blocking != nil ? .faulted : isInoperative ? .unavailable : .available
      $0.code = fault?.code ?? .none
      $0.info = fault?.info ?? ""
      $0.vendorCode = fault?.vendorCode ?? ""
    }
  }

  /// What differs from what is recorded as told, the station first.
  func untoldStatuses() -> [(place: Place, status: ReportedStatus)] {
    var untold: [(place: Place, status: ReportedStatus)] = []
    let whole = stationReport()
    if whole != reported { untold.append((Place(), whole)) }
    for index in evses.indices {
      for position in evses[index].connectors.indices
      where !evses[index].connectors[position].layout.isRemoved {
        let now = statusReport(evses[index], evses[index].connectors[position])
        guard now != evses[index].connectors[position].reported else { continue }
        let connector = evses[index].connectors[position].layout.id
        untold.append((Place(evse: evses[index].id, connector: connector), now))
      }
    }
    return untold
  }

  /// The best knowledge of when an event of this or an earlier boot happened.
  public func wallTime(of stamp: Stamp) -> WallTime? {
    clock.wallTime(of: stamp, nowNanoseconds: now.monotonicNanoseconds)
  }

  /// Now on the wall, nanoseconds since 1970; nil while unknown.
  public var wallNanoseconds: Int64? { clock.current.wall(now.monotonicNanoseconds) }

  /// An EVSE's reading as of now, with what is offered.
  func reading(_ evse: EVSE) -> Reading {
    var reading = evse.meter.reading
    reading.offeredMilliamperes = evse.isClosed ? limitMilliamperes(evse) : 0
    return reading
  }

  /// What a car on this EVSE is offered, in milliamperes.
  public func limitMilliamperes(_ evse: EVSE) -> Int64 {
    let connector = evse.connector(evse.session?.connector ?? 1) ?? evse.connectors.first
    return connector?.layout.maximumMilliamperes ?? 0
  }
}

extension EVSE {
  /// A connector by id.
  public func connector(_ id: UInt32) -> Connector? {
    id >= 1 && Int(id) <= connectors.count ? connectors[Int(id) - 1] : nil
  }

  /// The connector of the running session.
  public var sessionConnector: Connector? { session.flatMap { connector($0.connector) } }

  /// Whether the meter was read since the contactor closed, or had rested enough to: what was
  /// measured before says nothing about what flows now.
  var isMeasuredClosed: Bool {
    isClosed && meter.readAt.monotonicNanoseconds > commandedNanoseconds
  }
}

extension Connector {
  /// Whether a car is known, or must be taken, to be connected.
  var hasCar: Bool { layout.hasPlugSense ? cable == .connected : !layout.isRemoved }
}

extension Fault {
  /// Whether it stops or forbids charging.
  var blocks: Bool { !code.isWarning && !isAboutStorage }
  /// The disk is full: what runs may finish.
  var isAboutStorage: Bool { vendorCode == Fault.storageWord }
  /// The vendor code of a full disk.
  static let storageWord = "StorageFull"
}
