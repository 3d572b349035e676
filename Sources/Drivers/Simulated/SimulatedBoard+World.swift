import ChargePiES

/// What people and faults do to the simulated world.
extension SimulatedBoard {
  /// Puts a cable in, with a car at its end.
  public func plug(
    evse: UInt32, connector: UInt32, car: CarSettings?, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, position) = try place(evse, connector)
    guard evses[index].cars[position] == nil else {
      throw .impossible("a car is connected already")
    }
    evses[index].cars[position] = SimulatedCar(
      settings: car ?? settings.car, pluggedNanoseconds: now)
    evses[index].cables[position] = .connected
    if settings.metersResetOnPlug {
      evses[index].advance(to: now, speed: settings.speed)
      evses[index].meter.counterMilliwattHours = 0
      reportMeter(index, now, isUrgent: true)
    }
    if evses[index].layout.connectors[position].hasPlugSense { reportCable(index, position) }
    follow(index, now)
  }

  /// Pulls a cable out: at the car only, or altogether. What is out already stays out.
  public func unplug(
    evse: UInt32, connector: UInt32, carSideOnly: Bool, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, position) = try place(evse, connector)
    let hasSocket = evses[index].layout.connectors[position].hasLock
    pull(index, position, side: carSideOnly && hasSocket ? .socketOnly : .out, now)
  }

  func pull(_ index: Int, _ position: Int, side: CableState, _ now: Int64) {
    let isThere = evses[index].cars[position] != nil || evses[index].cables[position] != .out
    guard isThere, evses[index].cables[position] != side || evses[index].cars[position] != nil
    else { return }
    evses[index].advance(to: now, speed: settings.speed)
    evses[index].cars[position] = nil
    evses[index].cables[position] = side
    follow(index, now)
    if evses[index].layout.connectors[position].hasPlugSense { reportCable(index, position) }
  }

  /// The car changes its mind.
  public func demand(
    evse: UInt32, _ demand: CarDemand, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    guard let active = evses[index].active else { throw .impossible("no car is connected") }
    evses[index].cars[active]?.demand = demand
    follow(index, now)
  }

  /// What an EVSE's locks do from now on.
  public func setLock(evse: UInt32, _ mode: LockMode) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    evses[index].lockMode = mode
  }

  /// What a relay's contacts do from now on.
  public func setContactor(
    evse: UInt32, _ mode: ContactorMode, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    evses[index].advance(to: now, speed: settings.speed)
    evses[index].contactorMode = mode
    if mode == .ok { evses[index].reportedClosed = nil }
    reportContactor(index)
    follow(index, now)
  }

  /// Sets a meter: counter in milliwatt-hours, current per phase in milliamperes (until a plug),
  /// voltage in millivolts.
  public func setMeter(
    evse: UInt32, counterMilliwattHours: Int64?, milliamperes: Int64?, millivolts: Int64?,
    nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    evses[index].advance(to: now, speed: settings.speed)
    if let counterMilliwattHours {
      evses[index].meter.counterMilliwattHours = counterMilliwattHours
    }
    if let millivolts { evses[index].meter.voltageMillivolts = millivolts }
    if let milliamperes { evses[index].forcedMilliamperes = milliamperes }
    evses[index].meter.milliamperes = evses[index].current(now: now)
    reportMeter(index, now, isUrgent: true)
  }

  private func place(
    _ evse: UInt32, _ connector: UInt32
  ) throws(SimulationError) -> (Int, Int) {
    guard let index = evses.firstIndex(where: { $0.layout.id == evse }),
      let position = evses[index].layout.connectors.firstIndex(where: { $0.id == connector })
    else { throw .unknownPlace }
    return (index, position)
  }
}
