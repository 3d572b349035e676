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
