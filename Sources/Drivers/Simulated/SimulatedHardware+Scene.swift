import ChargePiES

// What people and faults do.
extension SimulatedHardware {
  public func plug(
    evse: UInt32, connector: UInt32, car: CarSettings?, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, position) = try place(evse, connector)
    let isFree = world.withLock {
      guard evses[index].cars[position] == nil else { return false }
      advance(index, now)
      evses[index].cars[position] = SimulatedCar(
        settings: car ?? settings.car, pluggedNanoseconds: now)
      evses[index].cables[position] = .connected
      return true
    }
    guard isFree else { throw .impossible("a car is connected already") }
  }

  public func unplug(
    evse: UInt32, connector: UInt32, carSideOnly: Bool, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, position) = try place(evse, connector)
    world.withLock {
      advance(index, now)
      evses[index].cars[position] = nil
      evses[index].cables[position] =
        carSideOnly && evses[index].layout.connectors[position].hasLock ? .socketOnly : .out
    }
  }

  public func demand(
    evse: UInt32, _ demand: CarDemand, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    let hasCar = world.withLock {
      guard let active = evses[index].active else { return false }
      advance(index, now)
      evses[index].cars[active]?.demand = demand
      return true
    }
    guard hasCar else { throw .impossible("no car is connected") }
  }

  public func setLock(evse: UInt32, _ mode: LockMode) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    world.withLock { evses[index].lockMode = mode }
  }

  public func setContactor(
    evse: UInt32, _ mode: ContactorMode, nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    world.withLock {
      advance(index, now)
      evses[index].contactorMode = mode
    }
  }

  public func setMeter(
    evse: UInt32, counterMilliwattHours: Int64?, milliamperes: Int64?, millivolts: Int64?,
    nowNanoseconds now: Int64
  ) throws(SimulationError) {
    let (index, _) = try place(evse, 1)
    guard counterMilliwattHours == nil else {
      throw .impossible("a CS5460A has no counter that could be set")
    }
    world.withLock {
      advance(index, now)
      if let millivolts { evses[index].meter.voltageMillivolts = millivolts }
      if let milliamperes { evses[index].forcedMilliamperes = milliamperes }
    }
  }

  public func setFaults(_ faults: ChipFaults, at name: String) throws(SimulationError) {
    for device in try devices(at: name) { device.faults = faults }
  }

  public func brownOut(at name: String) throws(SimulationError) {
    for device in try devices(at: name) { device.brownOut() }
  }

  public func setInput(_ name: String, isActive: Bool) throws(SimulationError) {
    guard let pin = safetyPins[name] else {
      let names = safetyPins.keys.sorted().joined(separator: ", ")
      throw .impossible("there is no input \(name); there are \(names)")
    }
    pin.drive(isActive)
  }

  /// The chips of a bus, or the one of a name.
  private func devices(at name: String) throws(SimulationError) -> [any SimulatedDevice] {
    let found = devices.filter { $0.bus == name || $0.chip == name }
    guard found.isEmpty else { return found.map(\.device) }
    let names = Set(devices.flatMap { [$0.bus, $0.chip] }).sorted().joined(separator: ", ")
    throw .impossible("there is no bus or chip \(name); there are \(names)")
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
