import ChargePiES

/// Something that cannot be done to the simulated world.
public enum SimulationError: Error, Equatable {
  /// No such EVSE or connector.
  case unknownPlace
  /// It is impossible now; the text says why.
  case impossible(String)
}

/// What the simulated world is like from the start.
public struct SimulationSettings: Hashable, Sendable {
  /// The car that comes when nothing else is said.
  public var car = CarSettings()
  /// Mains voltage, in millivolts.
  public var voltageMillivolts: Int64 = 230_000
  /// Whether a meter begins at zero with each plug.
  public var metersResetOnPlug = false
  /// How fast batteries and meters run against the clock.
  public var speed: Int64 = 1

  /// The usual world.
  public init() {}
}

/// A station's hardware without any: cars, cables, locks, contactors, meters.
///
/// It lives on the loop's thread and on the loop's clock. After a restart the cables are where the
/// journal last saw them: a process that dies does not move a car.
public final class SimulatedBoard: Board, SimulatedScene {
  let settings: SimulationSettings
  var evses: [SimulatedEVSE] = []
  var found: [Observation] = []

  /// A world in which the board will stand.
  public init(settings: SimulationSettings) {
    self.settings = settings
  }

  /// Its sensors speak at once.
  public var isReady: Bool { true }

  /// Its cards are read elsewhere: a swipe is an observation of its own.
  public func takeCards() -> [CardFound] { [] }

  /// There are no chips at buses.
  public func setFaults(_ faults: ChipFaults, at name: String) throws(SimulationError) {
    throw .impossible("this simulation has no buses: its backend is not simulated-chips")
  }

  /// There are no inputs.
  public func setInput(_ name: String, isActive: Bool) throws(SimulationError) {
    throw .impossible("this simulation has no inputs: its backend is not simulated-chips")
  }

  /// As `setFaults`.
  public func brownOut(at name: String) throws(SimulationError) {
    try setFaults(ChipFaults(), at: name)
  }

  /// There is no reader to hold it to.
  public func present(card text: String, nowNanoseconds: Int64) throws(SimulationError) -> Bool {
    false
  }

  /// Nobody stands before it; the API shows the same from the state.
  public func show(_ picture: Picture) {}

  /// Its contacts are where they are said to be.
  public func resetContactor(evse: UInt32) {}

  /// There is nothing to let go.
  public func stop() {}

  public func start(_ station: Station, nowNanoseconds now: Int64) -> [Observation] {
    evses = station.evses.map { evse in
      let layout = EVSELayout {
        $0.id = evse.id
        $0.connectors = evse.connectors.map(\.layout)
      }
      var simulated = SimulatedEVSE(
        evse, layout: layout, voltageMillivolts: settings.voltageMillivolts)
      for index in evse.connectors.indices {
        let connector = evse.connectors[index]
        let isThere =
          connector.layout.hasPlugSense
          ? connector.cable == .connected
          : evse.session?.connector == connector.layout.id && evse.session?.isPermitted == true
        if isThere {
          simulated.cars[index] = SimulatedCar(settings: settings.car, pluggedNanoseconds: now)
        }
      }
      return simulated
    }
    found = []
    for index in evses.indices { reportAll(index, now) }
    return drain()
  }

  private func reportAll(_ index: Int, _ now: Int64) {
    let evse = evses[index]
    for (position, connector) in evse.layout.connectors.enumerated() where connector.hasPlugSense {
      reportCable(index, position)
    }
    evses[index].reportedClosed = nil
    reportContactor(index)
    _ = evses[index].meter.advance(to: now, speed: settings.speed)
    reportMeter(index, now)
  }

  public func reconcile(_ outputs: Outputs, nowNanoseconds now: Int64) {
    for (index, wanted) in outputs.evses.enumerated() where index < evses.count {
      let isSame =
        evses[index].isCommandedClosed == wanted.isClosed
        && evses[index].offeredMilliamperes == wanted.limitMilliamperes
      if !isSame {
        evses[index].advance(to: now, speed: settings.speed)
        evses[index].isCommandedClosed = wanted.isClosed
        evses[index].offeredMilliamperes = wanted.limitMilliamperes
        reportContactor(index)
        follow(index, now)
      }
      for (position, lock) in wanted.locks.enumerated() where position < evses[index].locked.count {
        move(lock, index, position)
      }
    }
  }

  private func move(_ lock: LockOutput, _ index: Int, _ position: Int) {
    guard evses[index].lockOrders[position] != lock.order else { return }
    evses[index].lockOrders[position] = lock.order
    let fails = evses[index].lockMode == (lock.isLocked ? .failLock : .failUnlock)
    // A lock that will not open is found closed, whatever it was thought to be.
    evses[index].locked[position] = fails ? !lock.isLocked : lock.isLocked
    let isLocked = evses[index].locked[position]
    let connector = evses[index].layout.connectors[position]
    guard connector.hasLock else { return }
    found.append(
      .lockSensed(
        LockSensed {
          $0.evse = evses[index].layout.id
          $0.connector = connector.id
          $0.isLocked = isLocked
          $0.hasFailed = fails
        }))
  }

  public func take(nowNanoseconds now: Int64) -> [Observation] {
    for index in evses.indices {
      for position in evses[index].cars.indices {
        if let due = evses[index].cars[position]?.unplugNanoseconds, due <= now {
          pull(index, position, side: .out, now)
        }
      }
      follow(index, now)
      if evses[index].isClosed, evses[index].meter.readDueNanoseconds <= now {
        evses[index].advance(to: now, speed: settings.speed)
        reportMeter(index, now)
      }
    }
    return drain()
  }

  public func readMeters(nowNanoseconds now: Int64) -> [Observation] {
    for index in evses.indices where evses[index].meter.milliamperes > 0 {
      evses[index].advance(to: now, speed: settings.speed)
      reportMeter(index, now)
    }
    return drain()
  }

  public var dueNanoseconds: Int64? {
    guard found.isEmpty else { return 0 }
    return evses.compactMap { evse in
      let reading = evse.isClosed ? evse.meter.readDueNanoseconds : Int64.max
      let change = evse.nextChange(after: evse.lastLookNanoseconds) ?? .max
      let due = min(reading, change)
      return due == .max ? nil : due
    }.min()
  }

  /// Lets the car's draw take effect; a change is read at once.
  func follow(_ index: Int, _ now: Int64) {
    evses[index].lastLookNanoseconds = now
    let current = evses[index].current(now: now)
    guard
      current != evses[index].meter.milliamperes || evses[index].phases != evses[index].meter.phases
    else { return }
    evses[index].advance(to: now, speed: settings.speed)
    evses[index].meter.milliamperes = current
    evses[index].meter.phases = evses[index].phases
    reportMeter(index, now)
  }

  private func drain() -> [Observation] {
    let observations = found
    found = []
    return observations
  }
}
