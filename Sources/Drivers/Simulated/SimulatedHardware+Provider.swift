import ChargePiES

// The chips and pins that the plan names, by where they are.
extension SimulatedHardware {
  /// Every pin that is asked for is there.
  public func checkPins() throws(BusError) {}

  public func spi(_ place: SPIPlace, consumer: String) throws(BusError) -> any SPIDevice {
    guard let (chip, what) = spiChip(place) else { throw .gone }
    let name = "spi\(place.bus)"
    let device = SimulatedSPIDevice(chip: chip, clock: clock, world: world, bus: bus(name))
    devices.append((name, what, device))
    return device
  }

  private func spiChip(_ place: SPIPlace) -> (chip: any SPIChip, name: String)? {
    for (index, evse) in plan.evses.enumerated() {
      for (position, connector) in evse.connectors.enumerated()
      where connector.meter?.place == place {
        return connector.meter.flatMap { plan in
          meter(plan, index, position).map { ($0, "meter \(plan.name)") }
        }
      }
    }
    guard let index = plan.readers.firstIndex(where: { $0.chip == .mfrc522(place) }) else {
      return nil
    }
    let chip = SimulatedMFRC522()
    readers[index] = chip
    return (chip, "reader \(index + 1)")
  }

  private func meter(_ plan: MeterPlan, _ index: Int, _ position: Int) -> SimulatedCS5460A? {
    guard let wiring = try? MeterCalibration(plan) else { return nil }
    let chip = SimulatedCS5460A(
      fullScaleMicrovolts: wiring.fullScaleMicrovolts,
      fullScaleMicroamperes: wiring.fullScaleMicroamperes
    ) { [unowned self] now in
      // Chips are only used while their hardware is: it holds them. The world is locked.
      load(index, position, now)
    }
    meters[plan.name] = chip
    return chip
  }

  public func i2c(_ place: I2CPlace) throws(BusError) -> any I2CDevice {
    let chip: any I2CChip
    let what: String
    if let display = plan.display, display.place == place {
      chip = SimulatedHD44780(
        columns: display.columns, rows: display.rows, nowNanoseconds: clock.nowNanoseconds)
      what = "display"
    } else if let index = plan.readers.firstIndex(where: { $0.chip == .pn532(place) }) {
      let reader = SimulatedPN532()
      readers[index] = reader
      chip = reader
      what = "reader \(index + 1)"
    } else {
      throw .nack
    }
    let name = "i2c\(place.bus)"
    let device = SimulatedI2CDevice(chip: chip, clock: clock, world: world, bus: bus(name))
    devices.append((name, what, device))
    return device
  }

  public func strip(_ plan: LampPlan) throws(BusError) -> any WS281xOutput {
    let order = WS281xOrder(rawValue: plan.order) ?? .grb
    let count = plan.ledsPerConnector * evses.map(\.cars.count).reduce(0, +)
    let chip = SimulatedWS281x(count: count, order: order, isInverted: plan.isInverted)
    let device = SimulatedSPIDevice(chip: chip, clock: clock, world: world)
    devices.append(("lamps", "lamps", device))
    return WS281xSPI(device: device, order: order, isInverted: plan.isInverted)
  }

  public func output(
    pin: Int, isActiveLow: Bool, consumer: String
  ) throws(BusError) -> any DigitalOutput {
    for (index, evse) in plan.evses.enumerated() {
      for (position, connector) in evse.connectors.enumerated() {
        if connector.relay?.pin == pin {
          return SimulatedPin(world: world) { [unowned self] in switched(index, position, $0) }
        }
        if connector.lock?.pin == pin {
          return SimulatedPin(world: world) { [unowned self] in moved(index, position, $0) }
        }
      }
    }
    if let index = plan.readers.firstIndex(where: { $0.resetPin == pin }) {
      return SimulatedPin(world: world) { [unowned self] in
        readers[index]?.holdReset($0, nowNanoseconds: clock.nowNanoseconds)
      }
    }
    return SimulatedPin(world: world)
  }

  /// A lock goes where it is told to, or does not.
  private func moved(_ index: Int, _ position: Int, _ isLocked: Bool) {
    let fails = evses[index].lockMode == (isLocked ? .failLock : .failUnlock)
    evses[index].locked[position] = fails ? !isLocked : isLocked
  }

  public func input(
    _ plan: InputPlan, restsActive: Bool, consumer: String
  ) throws(BusError) -> any DigitalInput {
    for (index, evse) in self.plan.evses.enumerated() {
      for (position, connector) in evse.connectors.enumerated() {
        if connector.plugSense == plan {
          return SimulatedPin(
            world: world, reading: { [unowned self] in evses[index].cables[position] != .out })
        }
        if connector.relay?.feedback == plan {
          return SimulatedPin(
            world: world, reading: { [unowned self] in isContactClosed(index, position) })
        }
        if connector.lock?.feedback == plan {
          return SimulatedPin(
            world: world, reading: { [unowned self] in evses[index].locked[position] })
        }
      }
    }
    if let index = self.plan.readers.firstIndex(where: { $0.interruptPin == plan.pin }) {
      return SimulatedPin(
        world: world,
        reading: { [unowned self] in
          readers[index]?.isInterrupting(nowNanoseconds: clock.nowNanoseconds) ?? false
        })
    }
    // Emergency stop, door, residual current: nothing is wrong until somebody says so.
    let pin = SimulatedPin(world: world)
    let safety = [
      ("emergency_stop", self.plan.emergencyStop), ("door_contact", self.plan.doorContact),
      ("residual_current_monitor", self.plan.residualCurrentMonitor),
    ]
    for (name, wired) in safety where wired == plan { safetyPins[name] = pin }
    return pin
  }

  private func isContactClosed(_ index: Int, _ position: Int) -> Bool {
    switch evses[index].contactorMode {
    case .ok: relays[index][position]
    case .welded: true
    case .stuckOpen: false
    }
  }
}

/// A reader's chip, whichever it is.
protocol SimulatedReader: AnyObject {
  var field: SimulatedField { get }
  func holdReset(_ isHeld: Bool, nowNanoseconds: Int64)
  func isInterrupting(nowNanoseconds: Int64) -> Bool
}

extension SimulatedMFRC522: SimulatedReader {}
extension SimulatedPN532: SimulatedReader {}
