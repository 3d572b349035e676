import ChargePiES

/// The hardware of a plan without any: models of its chips at simulated buses, and the cars, cards
/// and people of the simulated board before them. The real drivers run against it.
///
/// Everything that models touch is touched under the world's lock: drivers' threads read chips
/// while the loop moves cars.
///
/// `@unchecked Sendable`: see above; what is set up in `init` does not change.
public final class SimulatedHardware: HardwareProvider, SimulatedScene, ControlPilot,
  @unchecked Sendable
{
  public let clock: any DeviceClock
  let plan: HardwarePlan
  let settings: SimulationSettings
  let world = SimulatedWorld()
  /// Under the world's lock.
  var evses: [SimulatedEVSE]
  /// Relay by EVSE and connector: whether its coil has current. Under the world's lock.
  var relays: [[Bool]]
  /// By the meters' names. Under the world's lock.
  var meters: [String: SimulatedCS5460A] = [:]
  /// By the plan's order. Under the world's lock.
  var readers: [Int: any SimulatedReader] = [:]
  /// Each chip at its bus, with the names by which the API knows both.
  var devices: [(bus: String, chip: String, device: any SimulatedDevice)] = []
  /// By the configuration's keys.
  var safetyPins: [String: SimulatedPin] = [:]
  private var buses: [String: BusLock] = [:]
  private let people = SimulatedPeople()
  private let thread: BusThread

  public var pilot: (any ControlPilot)? { self }

  /// The hardware of a plan, as a station's configuration has its EVSEs.
  ///
  /// - Parameter scalesTime: whether time itself runs at the settings' speed: for commands, which
  ///   nothing else in the world waits for. A station's time stays what it is.
  public init(
    plan: HardwarePlan, layout: [EVSELayout], settings: SimulationSettings,
    scalesTime: Bool = false
  ) {
    clock = scalesTime ? ScaledClock(factor: settings.speed) : LinuxDeviceClock()
    self.plan = plan
    self.settings = settings
    evses = layout.map { evse in
      let state = EVSE {
        $0.id = evse.id
        $0.connectors = evse.connectors.map { layout in Connector { $0.layout = layout } }
      }
      return SimulatedEVSE(state, layout: evse, voltageMillivolts: settings.voltageMillivolts)
    }
    relays = plan.evses.map { $0.connectors.map { _ in false } }
    thread = BusThread(name: "people", tasks: [people])
  }

  /// Cars stay where the journal last saw them: a process that dies does not move one.
  public func restore(_ station: Station, nowNanoseconds now: Int64) {
    world.withLock {
      for (index, evse) in station.evses.enumerated() where index < evses.count {
        for (position, connector) in evse.connectors.enumerated()
        where position < evses[index].cars.count && connector.cable == .connected {
          evses[index].cables[position] = .connected
          evses[index].cars[position] = SimulatedCar(
            settings: settings.car, pluggedNanoseconds: now)
        }
      }
    }
  }

  public func offer(evse: UInt32, milliamperes: Int64) {
    let now = clock.nowNanoseconds
    world.withLock {
      guard let index = evses.firstIndex(where: { $0.layout.id == evse }),
        evses[index].offeredMilliamperes != milliamperes
      else { return }
      advance(index, now)
      evses[index].offeredMilliamperes = milliamperes
    }
  }

  // MARK: The physics, under the world's lock

  /// Lets time pass up to a moment, before something changes at an EVSE.
  func advance(_ index: Int, _ now: Int64) {
    for connector in plan.evses[index].connectors {
      guard let name = connector.meter?.name else { continue }
      meters[name]?.advance(to: now)
    }
  }

  /// What flows through a connector at a moment.
  func load(_ index: Int, _ position: Int, _ now: Int64) -> SimulatedLoad {
    pull(index, now)
    let isActive = evses[index].active == position
    // Only what goes through this connector's contacts goes through its meter.
    let current =
      isActive || evses[index].forcedMilliamperes != nil
      ? evses[index].current(now: now) : 0
    evses[index].meter.milliamperes = evses[index].current(now: now)
    evses[index].advance(to: now, speed: settings.speed)
    let isTapLive = plan.evses[index].connectors[position].meter?.tapsLoadSide != true
    let isLive = isTapLive || evses[index].isClosed
    return SimulatedLoad(
      millivolts: isLive ? evses[index].meter.voltageMillivolts : 0, milliamperes: current)
  }

  /// A car whose time has come leaves.
  private func pull(_ index: Int, _ now: Int64) {
    for position in evses[index].cars.indices {
      guard let due = evses[index].cars[position]?.unplugNanoseconds, due <= now else { continue }
      evses[index].cars[position] = nil
      evses[index].cables[position] = .out
    }
  }

  /// A relay's coil gets or loses its current.
  func switched(_ index: Int, _ position: Int, _ isClosed: Bool) {
    advance(index, clock.nowNanoseconds)
    relays[index][position] = isClosed
    evses[index].isCommandedClosed = relays[index].contains(true)
  }

  // MARK: Cards

  public func present(card text: String, nowNanoseconds now: Int64) throws(SimulationError) -> Bool
  {
    guard let reader = readers[0] else { return false }
    guard let uid = CardUID(text: text) else {
      throw .impossible("a card's number has 4, 7 or 10 bytes in hexadecimal")
    }
    world.withLock {
      reader.field.clear()
      reader.field.put(SimulatedCard(uid))
    }
    people.later(now + Self.presentationNanoseconds) { [weak self] in self?.takeCardsAway() }
    thread.wake(people)
    return true
  }

  private func takeCardsAway() { world.withLock { readers[0]?.field.clear() } }

  /// How long a card is held to a reader.
  private static let presentationNanoseconds: Int64 = 1_000_000_000

  /// Starts what people do later. Throws what the kernel says when it has no thread.
  public func start() throws(BusError) { try thread.start() }

  // MARK: Buses

  func bus(_ name: String) -> BusLock {
    let bus = buses[name] ?? BusLock()
    buses[name] = bus
    return bus
  }
}
