/// One observation and the decisions that it caused: the unit of atomicity.
///
/// A turn applies its observation, decides what follows from it, and lets the station's rules come
/// to rest. Every decision is applied as it is made, so the next one sees its effect; nothing
/// outside is touched.
public struct Turn {
  /// The state after what has been decided so far.
  public private(set) var station: Station
  /// The observation and the decisions, in order.
  public private(set) var events: [Event] = []
  private let stamp: Stamp

  /// Takes the turn of one observation to its end.
  public init(_ station: consuming Station, _ observation: Observation, at stamp: Stamp) {
    self.station = station
    self.stamp = stamp
    let cable = Self.cableBefore(observation, self.station)
    let gap = Self.gap(observation, self.station, stamp)
    append(.observation(observation))
    if let gap { emit(.meterGap(gap)) }
    decide(observation, cableBefore: cable)
    comeToRest()
  }

  /// What follows from an observation in a state, without keeping anything.
  ///
  /// - Returns: the decisions, in order; refusing is a decision too.
  public static func decide(
    _ station: Station, _ observation: Observation, at stamp: Stamp
  ) -> [Decision] {
    Turn(station, observation, at: stamp).events.compactMap {
      if case .decision(let decision) = $0.body { decision } else { nil }
    }
  }

  /// Records a decision and lets it count at once.
  public mutating func emit(_ decision: Decision) {
    append(.decision(decision))
  }

  /// The number that the next event will have.
  public var nextNumber: UInt64 { station.position + 1 }

  /// This moment, nanoseconds of this boot.
  var moment: Int64 { stamp.monotonicNanoseconds }

  private mutating func append(_ body: Event.Body) {
    let event = Event(number: nextNumber, stamp: stamp, body: body)
    station.apply(event)
    #if DEBUG
      station.checkInvariants()
    #endif
    events.append(event)
  }

  private static func cableBefore(_ observation: Observation, _ station: Station) -> CableState {
    guard case .cableSensed(let event) = observation else { return .out }
    return station.connector(Place(evse: event.evse, connector: event.connector))?.cable ?? .out
  }

  /// A stretch that the meter cannot vouch for, seen against the reading before. The register
  /// follows a jump only while nothing can have drawn energy.
  private static func gap(
    _ observation: Observation, _ station: Station, _ stamp: Stamp
  ) -> MeterGap? {
    guard case .meterRead(let event) = observation, let evse = station.evse(event.evse),
      let cause = evse.gap(of: event, at: stamp)
    else { return nil }
    return MeterGap {
      $0.evse = event.evse
      $0.cause = cause
      $0.beforeMilliwattHours = evse.meter.counterMilliwattHours
      $0.afterMilliwattHours = event.counterMilliwattHours
      $0.isAdopted = cause == .implausible && evse.session == nil
    }
  }

  private mutating func decide(_ observation: Observation, cableBefore: CableState) {
    switch observation {
    case .started(let event): started(event)
    case .boardReady: boardReady()
    case .clockRead(let event): clockRead(event)
    case .cableSensed(let event): cableSensed(event, before: cableBefore)
    case .cardRead(let event): cardRead(event)
    case .meterRead(let event): meterRead(event)
    case .contactorSensed(let event): contactorSensed(event)
    case .lockSensed(let event): lockSensed(event)
    case .faultSensed(let event): faultSensed(event)
    case .tripReported(let event): tripReported(event)
    case .linkClosed(let event): linkClosed(event)
    case .callReceived(let event): callReceived(event)
    case .answerReceived(let event): answerReceived(event)
    case .operatorAsked(let event): operatorAsked(event)
    case .storageRead: storageRead()
    case .linkOpened(let event): linkOpened(event)
    case .stopping, .timeReached, .frameRefused:
      break  // The rules see the new state.
    }
  }

  /// Applies the rules until none has anything to say.
  private mutating func comeToRest() {
    guard station.process.nonce != 0 else { return }
    for _ in 0..<Limits.roundsPerTurn {
      let before = events.count
      timers()
      sessions()
      equipment()
      if events.count == before { return }
    }
    preconditionFailure("the station's rules contradict each other after event \(station.position)")
  }
}
