import Drivers

/// `chargepi hw report`: the evidence that only a real board can give, as text for a bug report.
///
/// No card's number is in it: readers are looked at for what they say of themselves, and cards that
/// come by are counted.
struct HardwareReport {
  /// Computation cycles of each meter, and one more for the first one's beginning.
  private static let cycles = 11
  /// How long each reader is watched.
  private static let readerNanoseconds: Int64 = 3_000_000_000
  /// How often each I2C chip is read.
  private static let reads = 100

  let access: HardwareAccess
  private var test: HardwareTest { HardwareTest(access: access, name: nil, isAgreed: false) }

  init(_ access: HardwareAccess) { self.access = access }

  static func showMachine() {
    Terminal.say("chargepi \(programVersion)")
    Terminal.say("kernel: \(Machine.kernel)")
    Terminal.say("model: \(Machine.model ?? "no Raspberry Pi that says so")")
    Terminal.say("system: \(Machine.system ?? "unknown")")
    Terminal.say("user: \(Machine.user)")
    HardwareScan.showMachine()
  }

  /// How many parts do not work.
  func showParts() throws(CommandFailure) -> Int {
    var failures = 0
    for connector in access.plan.evses.flatMap(\.connectors) where connector.meter != nil {
      failures += try section { () throws(CommandFailure) in try show(connector) }
    }
    for (index, plan) in access.plan.readers.enumerated() {
      failures += try section { () throws(CommandFailure) in
        try show(index + 1, plan)
      }
    }
    if let plan = access.plan.display {
      failures += try section { () throws(CommandFailure) in try show(plan) }
    }
    if let plan = access.plan.lamps {
      failures += try section { () throws(CommandFailure) in try show(plan) }
    }
    for place in access.plan.i2cPlaces { showErrors(place) }
    showSPIErrors()
    return failures
  }

  /// 1 when a part does not work, which is said; only a signal ends the report.
  private func section(
    _ show: () throws(CommandFailure) -> Void
  ) throws(CommandFailure) -> Int {
    do throws(CommandFailure) {
      try show()
      return 0
    } catch  where error.exitCode == ExitCode.hardware || error.exitCode == ExitCode.configuration {
      Terminal.say("  FAILS: \(error.text)")
      return 1
    }
  }

  // MARK: Parts

  private func show(_ connector: ConnectorPlan) throws(CommandFailure) {
    guard let plan = connector.meter else { return }
    Terminal.say(
      "meter \(plan.name): CS5460A at \(plan.place.words), shunt \(plan.shuntMicroohms) uOhm, "
        + "divider \(decimalWords(plan.dividerPermille, scale: 3)), "
        + "gain \(plan.hasHighGain ? 50 : 10), "
        + (access.configuration.calibrations[plan.name] == nil ? "not calibrated" : "calibrated"))
    let meter = try access.meter(connector)
    try identify(meter)
    Terminal.say("  " + MeterTable.head)
    try meter.cycles(Self.cycles) { Terminal.say("  " + MeterTable.row($0, meter)) }
    Terminal.say("  " + MeterTable.crystal(meter.inspection.timing))
    try identify(meter)
    let statistics = meter.inspection.statistics
    Terminal.say(
      "  transactions \(statistics.transactions), bus errors \(statistics.busErrors), "
        + "set up \(statistics.resets), synchronised \(statistics.synchronisations), "
        + "read again \(statistics.repeatedReadings)")
    if let fault = meter.inspection.fault { throw .hardware("\(fault)") }
  }

  private func identify(_ meter: MeterBench) throws(CommandFailure) {
    let identity = try opening("meter \(meter.name)") { () throws(BusError) in
      try MeterIdentity(asking: meter.device)
    }
    Terminal.say("  " + identity.words)
  }

  private func show(_ number: Int, _ plan: ReaderPlan) throws(CommandFailure) {
    func words(_ pin: Int?) -> String { pin.map { "GPIO \($0)" } ?? "not wired" }
    Terminal.say(
      "reader \(number): \(plan.model), reset \(words(plan.resetPin)), "
        + "IRQ \(words(plan.interruptPin))")
    let found = ReaderFindings()
    let reader = try ReaderBench(number, plan, access, found)
    defer { reader.task.end() }
    try access.bench.run(reader.task, forNanoseconds: Self.readerNanoseconds)
    let state = reader.state
    Terminal.say("  \(state.words)")
    let counts = state.counts
    Terminal.say(
      "  looks \(counts.looks), failures \(counts.failures), garbled \(counts.garbledFrames), "
        + "silent resets \(counts.silentResets), starts \(counts.starts), cards \(found.cards)")
    if state.condition != .working { throw .hardware(state.words) }
  }

  private func show(_ plan: DisplayPlan) throws(CommandFailure) {
    Terminal.say(
      "display: \(plan.columns)x\(plan.rows) at /dev/i2c-\(plan.place.bus), "
        + "address \(hexadecimal(plan.place.address))")
    let failure = HardwareTest.Failure()
    let display = try test.display(plan, failure)
    display.show(["ChargePi", programVersion])
    try access.bench.run(display, forNanoseconds: HardwareTest.pictureNanoseconds / 2)
    if let words = failure.words { throw .hardware(words) }
    Terminal.say("  takes what is written")
  }

  private func show(_ plan: LampPlan) throws(CommandFailure) {
    Terminal.say("strip: \(plan.output.words), order \(plan.order)")
    let failure = HardwareTest.Failure()
    let strip = try test.strip(plan, failure)
    try access.bench.run(strip, forNanoseconds: HardwareTest.pictureNanoseconds / 2)
    strip.end()
    if let words = failure.words { throw .hardware(words) }
    Terminal.say("  its frames were taken")
  }

  // MARK: Counters

  private func showErrors(_ place: I2CPlace) {
    var failures: [String: Int] = [:]
    let probe = AddressProbe(place, access.provider)
    _ = probe.lastingFailure()
    for _ in 0..<Self.reads {
      if let words = probe.failure() { failures[words, default: 0] += 1 }
    }
    let words = failures.sorted { $0.key < $1.key }.map { "\($0.value) times \($0.key)" }
    Terminal.say(
      "/dev/i2c-\(place.bus) \(hexadecimal(place.address)): \(Self.reads) reads, "
        + (words.isEmpty ? "no error" : words.joined(separator: ", ")))
  }

  /// What the kernel has counted since it started (Documentation/ABI/testing/sysfs-class-spi).
  private func showSPIErrors() {
    for bus in Set(access.plan.evses.flatMap(\.connectors).compactMap(\.meter?.place.bus)).sorted()
    {
      let folder = "/sys/class/spi_master/spi\(bus)/statistics/"
      let counters = ["messages", "errors", "timedout"].compactMap { name in
        Machine.line(folder + name).map { "\(name) \($0)" }
      }
      if !counters.isEmpty {
        Terminal.say("SPI\(bus), by the kernel: " + counters.joined(separator: ", "))
      }
    }
  }
}

extension LampPlan.Output {
  /// `/dev/spidev6.0`.
  fileprivate var words: String {
    switch self {
    case .spi(let place): place.words
    case .library(let pin): "libws2811.so at GPIO \(pin)"
    }
  }
}
