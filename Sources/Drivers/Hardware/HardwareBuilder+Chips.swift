import ChargePiES

// Meters, readers, display, lamps, temperatures.
extension HardwareBuilder {
  func addMeters(
    _ evse: EVSEPlan, _ joined: EVSEMeters, _ relays: ConnectorRelays,
    _ calibrations: [String: MeterCalibration], _ buses: inout BusTasks
  ) throws(WiringFault) {
    for (index, connector) in evse.connectors.enumerated() {
      func role(_ part: ConnectorRole) -> WiringRole {
        .connector(evse: evse.id, connector: connector.id, part)
      }
      guard let meter = connector.meter else { throw WiringFault(role(.meter), .noMeter) }
      let scale = try scale(meter, connector, calibrations, role(.shunt))
      if let pin = meter.place.selectPin {
        // Asked for alone first, and given back: what is wrong with it has a key of its own.
        _ = try output(pin, true, "chargepi-meter", role(.meterSelectPin))
      }
      let device = try spi(meter.place, "chargepi-meter-\(meter.name)", role(.meterBus))
      let select = role(meter.place.selectPin == nil ? .meterChipSelect : .meterSelectPin)
      buses.chips.append(
        ExpectedChip(role: select) { () throws(BusError) in
          try MeterIdentity(asking: device).isThere
        })
      var settings = CS5460A.Settings(scale: scale)
      settings.isInverted = meter.isInverted
      let task = self.meter(
        device, settings, joined, relays, place: (index, connector.id))
      buses.add(task, to: "spi\(meter.place.bus)")
    }
  }

  private func meter(
    _ device: any SPIDevice, _ settings: CS5460A.Settings, _ joined: EVSEMeters,
    _ relays: ConnectorRelays, place: (index: Int, connector: UInt32)
  ) -> CS5460A {
    let (box, watch, evse) = (mailbox, watch, joined.evse)
    return CS5460A(
      device: device, clock: provider.clock, settings: settings,
      onSample: { sample in
        let cycle = joined.add(sample, at: place.index)
        // A chip that repeats itself gives no sign of life, and none gives one for another
        // connector's: the meter of the connector whose turn it is must speak itself.
        let isChosen = relays.choice == place.index
        if isChosen, !sample.quality.contains(.stale) { watch.note(evse: evse, cycle) }
        box.post(.sampled(joined))
      },
      onState: { state in
        if case .failed = state { joined.fail(at: place.index) }
        box.post(.meter(evse: evse, connector: place.connector, state))
      })
  }

  /// The calibration of a meter, or what its wiring says, checked against what it must measure.
  private func scale(
    _ meter: MeterPlan, _ connector: ConnectorPlan, _ calibrations: [String: MeterCalibration],
    _ role: WiringRole
  ) throws(WiringFault) -> MeterScale {
    do throws(MeterCalibrationError) {
      let wired = try MeterCalibration(meter)
      let calibration = calibrations[meter.name] ?? wired
      return try MeterScale(calibration, for: plan.demand(of: connector))
    } catch {
      throw WiringFault(role, .calibration(error))
    }
  }

  func addReaders(_ buses: inout BusTasks) throws(WiringFault) {
    for (index, reader) in plan.readers.enumerated() {
      func role(_ part: ReaderRole) -> WiringRole { .reader(index: index, part) }
      let reset = try reader.resetPin.map { pin throws(WiringFault) in
        // Both chips' reset lines are active when low.
        try output(pin, true, "chargepi-reader-reset", role(.resetPin))
      }
      let interrupt = try reader.interruptPin.map { pin throws(WiringFault) in
        let plan = InputPlan(pin: pin, isActiveLow: true)
        return try input(plan, "chargepi-reader-irq", role(.interruptPin))
      }
      var rules = CardRules()
      rules.acceptsRandomUIDs = reader.acceptsRandomUID
      let reports = reports(of: index)
      switch reader.chip {
      case .mfrc522(let place):
        let device = try spi(place, "chargepi-reader", role(.spiBus))
        buses.chips.append(
          ExpectedChip(role: role(.chipSelect)) { () throws(BusError) in
            try MFRC522.isThere(at: device)
          })
        let task = MFRC522(
          device: device, reset: reset, interrupt: interrupt, clock: provider.clock, rules: rules,
          reports: reports)
        buses.add(task, to: "spi\(place.bus)")
      case .pn532(let place):
        let device = try i2c(place, role(.i2cBus))
        buses.chips.append(.i2c(device, role(.address)))
        let task = PN532(
          device: device, reset: reset, interrupt: interrupt, clock: provider.clock, rules: rules,
          reports: reports)
        buses.add(task, to: "i2c\(place.bus)")
      }
    }
  }

  private func reports(of index: Int) -> ReaderReports {
    let box = mailbox
    return ReaderReports(
      onCard: { box.post(.card($0, reader: index)) },
      onRefusal: { box.post(.refused($0, reader: index)) },
      onState: { box.post(.reader(index, $0)) })
  }

  func addDisplay(_ buses: inout BusTasks) throws(WiringFault) -> HD44780? {
    guard let display = plan.display else { return nil }
    let size = HD44780Size(columns: display.columns, rows: display.rows) ?? .columns16Rows2
    let device = try i2c(display.place, .display(.bus))
    buses.chips.append(.i2c(device, .display(.address)))
    let box = mailbox
    let task = HD44780(
      device: device, clock: provider.clock, size: size,
      onState: { box.post(.accessory(.display, $0.map { "\($0)" })) })
    buses.add(task, to: "i2c\(display.place.bus)")
    return task
  }

  func addStrip(_ buses: inout BusTasks) throws(WiringFault) -> WS281xStrip? {
    guard let lamps = plan.lamps else { return nil }
    let output: any WS281xOutput
    do throws(BusError) {
      output = try provider.strip(lamps)
    } catch {
      throw WiringFault(.lamps(.bus), .refused(error))
    }
    let connectors = plan.evses.map(\.connectors.count).reduce(0, +)
    let box = mailbox
    let task = WS281xStrip(
      output: output, clock: provider.clock,
      segments: [Int](repeating: lamps.ledsPerConnector, count: connectors),
      power: WS281xPower(budgetMilliamperes: lamps.budgetMilliamperes),
      onState: { box.post(.accessory(.lamps, $0.map { "\($0)" })) })
    buses.add(task, to: lamps.threadName)
    return task
  }

  /// On a thread of their own: a 1-wire sensor may take a second.
  func addTemperatures(_ buses: inout BusTasks) {
    let box = mailbox
    for (index, temperature) in plan.temperatures.enumerated() {
      let file: TemperatureFile =
        switch temperature.kind {
        case .thermalZone: .thermalZone(path: temperature.path)
        case .w1Slave: .oneWire(path: temperature.path)
        }
      buses.add(
        TemperatureTask(file) { box.post(.temperature(index: index, $0)) }, to: "temperature")
    }
  }

  // MARK: Buses

  private func spi(
    _ place: SPIPlace, _ name: String, _ role: WiringRole
  ) throws(WiringFault) -> any SPIDevice {
    do throws(BusError) {
      return try provider.spi(place, consumer: name)
    } catch {
      throw WiringFault(role, .refused(error))
    }
  }

  private func i2c(_ place: I2CPlace, _ role: WiringRole) throws(WiringFault) -> any I2CDevice {
    do throws(BusError) {
      return try provider.i2c(place)
    } catch {
      throw WiringFault(role, .refused(error))
    }
  }
}

extension ExpectedChip {
  /// A chip of I2C acknowledges its address.
  static func i2c(_ device: any I2CDevice, _ role: WiringRole) -> ExpectedChip {
    ExpectedChip(role: role) { () throws(BusError) in
      _ = try device.read(1)
      return true
    }
  }
}

extension LampPlan {
  /// The thread that sends its frames: a bus's, or one of the library's own.
  var threadName: String {
    switch output {
    case .spi(let place): "spi\(place.bus)"
    case .library: "ws2811"
    }
  }
}
