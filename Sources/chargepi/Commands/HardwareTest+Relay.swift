import Drivers

extension HardwareTest {
  /// How long the relay is closed at most: a cycle of its meter, and a little more.
  static let closedNanoseconds: Int64 = 1_100_000_000

  /// Closes a relay for a second between two looks at its meter.
  func testRelay() throws(CommandFailure) {
    let (name, connector) = try access.connector(name, "relay")
    guard let plan = connector.relay else { throw .configuration("relay \(name): none") }
    guard isAgreed || Terminal.isInteractive else {
      throw .usage("hw test relay asks before it closes: run it at a terminal, or with --yes")
    }
    try refuseCable(name, connector)
    let relay = try GuardedRelay(name, plan, access.plan, access.provider)
    defer { relay.open() }
    let contact = try feedback(plan)
    let meter = try access.meter(connector)
    Terminal.say("relay \(name) (GPIO \(plan.pin)) is open")
    try show("before", meter, contact)
    if !isAgreed {
      let question = "Connector \(name) will have voltage for a second. Is nothing connected to it?"
      guard try access.bench.isAgreed(question) else { return Terminal.say("not closed") }
    }
    try closeForASecond(relay, meter, contact)
    // The cycle in which it opened says neither.
    _ = try meter.sample()
    try show("after", meter, contact)
  }

  /// Closes at the end of a cycle, so that the next one is the closed contactor's alone.
  private func closeForASecond(
    _ relay: GuardedRelay, _ meter: MeterBench, _ contact: (any DigitalInput)?
  ) throws(CommandFailure) {
    access.bench.guardian = relay
    defer { access.bench.guardian = nil }
    _ = try meter.sample()
    try relay.close()
    var sample: MeterSample?
    try access.bench.run(meter.inspection, forNanoseconds: Self.closedNanoseconds) {
      sample = meter.inspection.take().last?.sample
      return sample != nil
    }
    let word = try contact.map { input throws(CommandFailure) in try position(input) }
    relay.open()
    Terminal.say("  while closed: " + line(sample, word))
  }

  private func show(
    _ when: String, _ meter: MeterBench, _ contact: (any DigitalInput)?
  ) throws(CommandFailure) {
    let sample = try meter.sample()
    let word = try contact.map { input throws(CommandFailure) in try position(input) }
    Terminal.say("  \(when): " + line(sample, word))
  }

  private func line(_ sample: MeterSample?, _ contact: String?) -> String {
    (sample?.words ?? "no cycle of the meter") + (contact.map { "; auxiliary contact \($0)" } ?? "")
  }

  private func feedback(_ plan: RelayPlan) throws(CommandFailure) -> (any DigitalInput)? {
    guard let input = plan.feedback else { return nil }
    return try opening("auxiliary contact") { () throws(BusError) in
      try access.provider.input(input, restsActive: false, consumer: "chargepi-test-contact")
    }
  }

  private func position(_ input: any DigitalInput) throws(CommandFailure) -> String {
    try opening("auxiliary contact") { () throws(BusError) in
      try input.get() ? "closed" : "open"
    }
  }

  /// A car is not switched on for a second.
  private func refuseCable(
    _ name: String, _ connector: ConnectorPlan
  ) throws(CommandFailure) {
    guard let plug = connector.plugSense else { return }
    let isIn = try opening("plug sensor") { () throws(BusError) in
      let input = try access.provider.input(
        plug, restsActive: false, consumer: "chargepi-test-plug")
      return try input.get()
    }
    if isIn { throw .hardware("connector \(name): a cable is in; take it out first") }
  }
}
