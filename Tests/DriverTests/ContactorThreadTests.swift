import Glibc
import Synchronization
import Testing

@testable import Drivers

@Suite("the contactors' thread, in real time")
struct ContactorThreadTests {
  /// A relay, a stop, and a loop that may hang.
  final class Station: Sendable {
    let world = SimulatedWorld()
    let relay: SimulatedPin
    let stop: SimulatedPin
    let meters = MeterWatch()
    let reports = Monitor([GuardReport]())
    let thread: ContactorThread

    init(limits: (inout GuardLimits) -> Void = { _ in }) {
      let relay = SimulatedPin(world: world)
      let stop = SimulatedPin(world: world)
      let reports = self.reports
      (self.relay, self.stop) = (relay, stop)
      var bounds = GuardLimits()
      bounds.minimumOpenNanoseconds = 0
      limits(&bounds)
      thread = ContactorThread(
        wiring: StationWiring(
          contactors: [ContactorWiring(evse: 1, relay: relay, maximumMilliamperes: 16_000)],
          safety: [SafetyWiring(.emergencyStop, input: stop)]),
        limits: bounds, meters: meters,
        report: { report in
          reports.update { $0.append(report) }
          return true
        }, ask: {})
    }

    /// False when the relay did not get there within the time.
    func waits(for isActive: Bool, milliseconds: Int64) -> Bool {
      let clock = LinuxDeviceClock()
      let end = clock.nowNanoseconds + milliseconds * 1_000_000
      while relay.isActive != isActive {
        guard clock.nowNanoseconds < end else { return false }
        clock.sleep(nanoseconds: 500_000)
      }
      return true
    }

    func waits(forTrip isIt: (TripReason) -> Bool) -> Bool {
      reports.wait(untilNanoseconds: LinuxDeviceClock.now() + 5_000_000_000) { reports in
        reports.trips.contains(where: isIt) ? true : nil
      } ?? false
    }
  }

  @Test("it closes on command, opens on command, and stops with everything open")
  func commands() throws {
    let station = Station()
    try station.thread.start()
    station.thread.command(evse: 1, isClosed: true)
    station.thread.beat()
    let hasClosed = station.waits(for: true, milliseconds: 2_000)
    station.thread.command(evse: 1, isClosed: false)
    let hasOpened = station.waits(for: false, milliseconds: 2_000)
    station.thread.command(evse: 1, isClosed: true)
    let hasClosedAgain = station.waits(for: true, milliseconds: 2_000)
    let hasStopped = station.thread.stop(withinNanoseconds: 2_000_000_000)
    #expect(hasClosed && hasOpened && hasClosedAgain && hasStopped)
    #expect(!station.relay.isActive)
    station.thread.command(evse: 1, isClosed: true)
    #expect(!station.relay.isActive)
  }

  @Test("an emergency stop opens within 100 ms while nobody else does anything")
  func emergency() throws {
    let station = Station()
    try station.thread.start()
    station.thread.command(evse: 1, isClosed: true)
    let hasClosed = station.waits(for: true, milliseconds: 2_000)
    let pressed = LinuxDeviceClock.now()
    station.stop.drive(true)
    let hasOpened = station.waits(for: false, milliseconds: 2_000)
    let took = LinuxDeviceClock.now() - pressed
    let isTold = station.waits { $0 == .safety(.emergencyStop) }
    _ = station.thread.stop(withinNanoseconds: 2_000_000_000)
    #expect(hasClosed && hasOpened && isTold)
    // The bound with room for a machine that is busy with other tests.
    #expect(took < 400_000_000)
  }

  @Test("a loop that hangs does not keep it from opening")
  func hangingLoop() throws {
    let station = Station {
      $0.lifeNanoseconds = 200_000_000
      $0.quietNanoseconds = 50_000_000
    }
    try station.thread.start()
    station.thread.command(evse: 1, isClosed: true)
    let hasClosed = station.waits(for: true, milliseconds: 2_000)
    // Nothing beats from here on.
    let hasOpened = station.waits(for: false, milliseconds: 3_000)
    let isTold = station.waits { if case .loopSilent = $0 { true } else { false } }
    _ = station.thread.stop(withinNanoseconds: 2_000_000_000)
    #expect(hasClosed && hasOpened && isTold)
  }

  @Test("everything can be opened from another thread, and by letting go of the guard")
  func opening() throws {
    let station = Station()
    try station.thread.start()
    station.thread.command(evse: 1, isClosed: true)
    let hasClosed = station.waits(for: true, milliseconds: 2_000)
    let failed = station.thread.openAll()
    #expect(hasClosed)
    #expect(failed.isEmpty)
    #expect(!station.relay.isActive)
    station.relay.error = .gone
    #expect(station.thread.openAll() == [1])
    station.relay.error = nil
    _ = station.thread.stop(withinNanoseconds: 2_000_000_000)
  }

  @Test("what closes while everything is being opened ends open")
  func race() throws {
    for _ in 0..<50 {
      let station = Station()
      try station.thread.start()
      station.thread.command(evse: 1, isClosed: true)
      station.thread.openAll()
      _ = station.thread.stop(withinNanoseconds: 2_000_000_000)
      #expect(!station.relay.isActive)
    }
  }

  @Test("a guard that was never started opens what it was given when it goes")
  func unstarted() throws {
    let relay: SimulatedPin
    do {
      let station = Station()
      relay = station.relay
      try relay.set(true)
    }
    #expect(!relay.isActive)
  }
}

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

@Suite("relays go off without a station")
struct OffTests {
  private static let lines = (17...21).map {
    RelayLine(name: "relay \($0)", line: GPIOLine(offset: UInt32($0), isActiveLow: true))
  }

  @Test("each line is tried, whatever becomes of the others, and told")
  func outcomes() {
    var tried: [UInt32] = []
    let outcomes = Contactors.off(
      lines: Self.lines, holder: { $0.offset == 18 ? "chargepi-relay-1" : nil }
    ) { line throws(BusError) in
      tried.append(line.offset)
      switch line.offset {
      case 18, 19: throw .busy
      case 20: throw .os(ENOENT)
      case 21: throw .os(EACCES)
      default: return
      }
    }
    #expect(tried == [17, 18, 19, 20, 21])
    #expect(
      outcomes.map(\.result) == [
        .off, .busy(holder: "chargepi-relay-1"), .busy(holder: nil), .missing,
        .failed(.os(EACCES)),
      ])
    #expect(outcomes.map(\.relay) == Self.lines)
  }

  @Test("chips that are not there have nothing on")
  func missing() {
    let lines = [
      RelayLine(name: "one", line: GPIOLine(chip: .path("/nowhere/gpiochip0"), offset: 1)),
      RelayLine(name: "two", line: GPIOLine(chip: .label("no such chip"), offset: 2)),
    ]
    #expect(Contactors.off(lines: lines).map(\.result) == [.missing, .missing])
    #expect(Contactors.off(lines: []).isEmpty)
  }
}
