import Drivers

/// Where a configuration's hardware is; nil where none is even modelled.
func hardwareProvider(_ configuration: Configuration) -> (any HardwareProvider)? {
  switch configuration.backend {
  case .simulated: nil
  case .raspberryPi: LinuxHardware(gpioChip: configuration.hardware.gpioChip)
  case .simulatedChips: modelledHardware(configuration)
  }
}

/// Models of the chips, with a resistive load behind each contactor, on a clock that runs at the
/// simulation's speed: a calibration of minutes can be tried in seconds.
private func modelledHardware(_ configuration: Configuration) -> SimulatedHardware {
  let models = SimulatedHardware(
    plan: configuration.hardware, layout: configuration.evses,
    settings: configuration.simulation, scalesTime: true)
  for evse in configuration.hardware.evses {
    let most = evse.connectors.map(\.maximumMilliamperes).min() ?? 0
    // The world was made of the same configuration, so it has the place.
    try? models.setMeter(
      evse: evse.id, counterMilliwattHours: nil, milliamperes: most / 2, millivolts: nil,
      nowNanoseconds: models.clock.nowNanoseconds)
  }
  return models
}

/// Asks the kernel for something, and says in a sentence what it has refused.
func opening<Handle>(
  _ what: String, _ open: () throws(BusError) -> Handle
) throws(CommandFailure) -> Handle {
  do throws(BusError) {
    return try open()
  } catch {
    throw .hardware("\(what): \(error.words)")
  }
}

/// The hardware of a station that is not running, for commands that talk with its chips.
struct HardwareAccess {
  let configuration: Configuration
  let provider: any HardwareProvider
  let bench: Workbench
  /// Every meter's chip, by its name: a chip whose select line nobody drives would take part in the
  /// talk with the others of its bus.
  private var meters: [String: Result<any SPIDevice, BusError>] = [:]

  var plan: HardwarePlan { configuration.hardware }

  /// Refuses where there are no chips, and while a station has them: two that talk with one chip
  /// would understand neither it nor each other.
  init(_ configuration: Configuration) throws(CommandFailure) {
    guard let provider = hardwareProvider(configuration) else {
      throw .configuration(
        "\(WiringKeys.hardware).backend: the board is simulated: there are no chips to talk with")
    }
    self.configuration = configuration
    self.provider = provider
    bench = Workbench(clock: provider.clock)
    if configuration.backend == .raspberryPi { try Self.refuseStation(configuration.hardware) }
    for meter in configuration.hardware.evses.flatMap(\.connectors).compactMap(\.meter) {
      meters[meter.name] = Result { () throws(BusError) in
        try provider.spi(meter.place, consumer: "chargepi-test-\(meter.name)")
      }
    }
  }

  private static func refuseStation(_ plan: HardwarePlan) throws(CommandFailure) {
    guard let (relay, holder) = Contactors.holders(of: plan.relayLines).first else { return }
    throw .hardware(
      "relay \(relay.name) (GPIO \(relay.line.offset)) is busy" + LineHolder.words(holder)
        + (LineHolder.isStation(holder) ? "; stop it first (systemctl stop chargepi)" : ""))
  }

  /// A meter's chip; throws what the kernel said when it was opened.
  func device(_ meter: MeterPlan) throws(BusError) -> any SPIDevice {
    guard let device = meters[meter.name] else { throw .gone }
    return try device.get()
  }

  /// A connector by its name, or the only one; with what it must have.
  func connector(
    _ name: String?, _ what: String
  ) throws(CommandFailure) -> (name: String, plan: ConnectorPlan) {
    let all = plan.evses.flatMap { evse in
      evse.connectors.map { ("\(evse.id).\($0.id)", $0) }
    }
    let names = all.map(\.0).joined(separator: ", ")
    guard let name else {
      guard all.count == 1, let only = all.first else {
        throw .usage("which \(what)? One of \(names)")
      }
      return only
    }
    guard let found = all.first(where: { $0.0 == name }) else {
      throw .usage("there is no \(what) \"\(name)\"; there are \(names)")
    }
    return found
  }

  /// A connector's meter, run by itself, with the calibration that the station would use.
  func meter(
    _ connector: ConnectorPlan, _ calibration: MeterCalibration? = nil
  ) throws(CommandFailure) -> MeterBench {
    guard let plan = connector.meter else { throw .configuration("there is no meter") }
    let scale: MeterScale
    do throws(MeterCalibrationError) {
      let wired = try MeterCalibration(plan)
      let used = calibration ?? configuration.calibrations[plan.name] ?? wired
      scale = try MeterScale(used, for: self.plan.demand(of: connector))
    } catch {
      throw .configuration("meter \(plan.name): \(error)")
    }
    let device = try opening("meter \(plan.name)") { () throws(BusError) in
      try self.device(plan)
    }
    var settings = CS5460A.Settings(scale: scale)
    settings.isInverted = plan.isInverted
    return MeterBench(
      name: plan.name, device: device, settings: settings, bench: bench,
      inspection: MeterInspection(device: device, clock: provider.clock, settings: settings))
  }
}
