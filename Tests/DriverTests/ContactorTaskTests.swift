import Testing

@testable import Drivers

@Suite("the hands of the guard")
struct ContactorTaskTests {
  /// One contactor with a relay that can be watched, and as an input one more.
  private func task(
    relay: WatchedRelay, input: WatchedRelay, control: GuardControl
  ) -> ContactorTask {
    var contactor = ContactorWiring(evse: 1, relay: relay, maximumMilliamperes: 16_000)
    contactor.feedback = input
    var limits = GuardLimits()
    limits.minimumOpenNanoseconds = 0
    return ContactorTask(
      wiring: StationWiring(contactors: [contactor]), limits: limits, meters: MeterWatch(),
      control: control, outlets: .init(report: { _ in true }, ask: {}), nowNanoseconds: 0)
  }

  @Test("what closes in the moment in which everything is opened ends open")
  func closingWhileOpening() {
    let relay = WatchedRelay()
    let control = GuardControl()
    let task = task(relay: relay, input: WatchedRelay(), control: control)
    // All of `openAll` happens while the relay is about to close.
    relay.beforeSet = { if $0 { control.holdOpen() } }
    control.change(1) { _ = $0.command(true) }
    _ = task.run(nowNanoseconds: 0)
    #expect(relay.calls.contains("set true"))
    #expect(!relay.isOn)
  }

  @Test("what shall open does not wait for inputs")
  func openingFirst() {
    let relay = WatchedRelay()
    let control = GuardControl()
    let task = task(relay: relay, input: relay, control: control)
    control.change(1) { _ = $0.command(true) }
    _ = task.run(nowNanoseconds: 0)
    #expect(relay.isOn)
    control.change(1) { _ = $0.command(false) }
    relay.calls = []
    _ = task.run(nowNanoseconds: 20_000_000)
    #expect(relay.calls.first == "set false")
  }

  @Test("a relay that says it could not close is opened in the same breath")
  func failingToClose() {
    let relay = WatchedRelay()
    relay.failsToClose = true
    let control = GuardControl()
    let task = task(relay: relay, input: WatchedRelay(), control: control)
    control.change(1) { _ = $0.command(true) }
    _ = task.run(nowNanoseconds: 0)
    #expect(relay.calls.contains("set true"))
    #expect(!relay.isOn)
    // And it is not tried again by itself.
    relay.calls = []
    for step in 1...100 { _ = task.run(nowNanoseconds: Int64(step) * 20_000_000) }
    #expect(!relay.calls.contains("set true"))
  }
}

/// A relay that tells somebody of every call, before it obeys.
final class WatchedRelay: DigitalOutput, DigitalInput {
  private(set) var isOn = false
  var calls: [String] = []
  var beforeSet: (Bool) -> Void = { _ in }
  /// Closes, and says that it could not.
  var failsToClose = false

  func set(_ isActive: Bool) throws(BusError) {
    calls.append("set \(isActive)")
    beforeSet(isActive)
    isOn = isActive
    if isActive && failsToClose { throw .timeout }
  }

  func get() -> Bool {
    calls.append("get")
    return isOn
  }
}
