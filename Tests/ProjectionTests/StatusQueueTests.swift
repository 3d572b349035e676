import ChargePiES
import Projections
import Testing

@Suite("stale statuses are superseded, the last one always arrives")
struct StatusQueueTests {
  private func fault(_ rig: Rig, _ isActive: Bool) throws {
    try rig.observe(
      .faultSensed(
        FaultSensed {
          $0.evse = 1
          $0.code = .groundFailure
          $0.isActive = isActive
        }))
  }

  private func statuses(_ rig: Rig, from first: Int = 0) -> [String] {
    rig.calls[first...].compactMap { call in
      guard let status = call.payload["status"]?.string else { return nil }
      return "\(call.payload["connectorId"]?.integer ?? -1) \(status)"
    }
  }

  @Test("without a connection only the newest status of a connector is kept")
  func offline() throws {
    let rig = try Rig()
    try rig.connect()
    let first = rig.calls.count
    try rig.disconnect()
    try rig.plug(1)
    try fault(rig, true)
    try rig.plug(1, .out)
    try rig.plug(2)
    let changed = rig.wall
    try rig.pass(seconds: 500)
    try rig.connect()
    #expect(statuses(rig, from: first) == ["1 Faulted", "2 Preparing"])
    #expect(
      rig.calls.last?.payload["timestamp"]?.string == Timestamp.text(nanoseconds: changed),
      "told with the time of the change")
  }

  @Test("what is again as it was told is not told")
  func asBefore() throws {
    let rig = try Rig()
    try rig.connect()
    let first = rig.calls.count
    try rig.disconnect()
    for _ in 0..<3 {
      try rig.plug(1)
      try rig.plug(1, .out)
    }
    try rig.connect()
    #expect(statuses(rig, from: first) == [])
    #expect(rig.upstream.statuses.isEmpty)
  }

  @Test("a new process tells everything anew")
  func anew() throws {
    let rig = try Rig()
    try rig.connect()
    try rig.plug(1)
    try rig.serve()
    let first = rig.calls.count
    try rig.restart()
    try rig.connect()
    #expect(rig.calls[first].action == "BootNotification")
    #expect(statuses(rig, from: first) == ["0 Available", "1 Preparing", "2 Available"])
  }

  @Test("a status that was perhaps not heard is taken back, also by what was told before it")
  func perhapsHeard() throws {
    let rig = try Rig(settings: [.minimumStatusDuration: "1"])
    try rig.connect()
    try rig.pass(seconds: 5)
    let first = rig.calls.count
    rig.script = { _ in .silence }
    try fault(rig, true)
    try rig.pass(seconds: 2)
    try fault(rig, false)
    rig.script = { _ in .usual }
    try rig.pass(seconds: 120)
    #expect(statuses(rig, from: first) == ["1 Faulted", "1 Available"])
  }

  @Test("a status that got no answer is not told again after a later one", arguments: [40, 10])
  func overtaken(seconds: Int64) throws {
    let rig = try Rig()
    try rig.connect()
    let first = rig.calls.count
    rig.script = { _ in .silence }
    try fault(rig, true)
    // The answer is missed before, or after, the fault has gone.
    try rig.pass(seconds: seconds)
    rig.script = { _ in .usual }
    try fault(rig, false)
    try rig.pass(seconds: 300)
    #expect(statuses(rig, from: first) == ["1 Faulted", "1 Available"])
  }

  @Test("a status that got no answer goes out again under another id on the same connection")
  func unanswered() throws {
    let rig = try Rig()
    try rig.connect()
    let first = rig.calls.count
    rig.script = { _ in .silence }
    try rig.plug(1)
    rig.script = { _ in .usual }
    try rig.pass(seconds: 120)
    #expect(statuses(rig, from: first) == ["1 Preparing", "1 Preparing"])
    // OCPP-J 1.6 §4.1.4: an id is never used twice on one connection.
    #expect(Set(rig.calls.map(\.id)).count == rig.calls.count)
  }

  @Test("what does not last MinimumStatusDuration is not told")
  func minimumDuration() throws {
    let rig = try Rig(settings: [.minimumStatusDuration: "10"])
    try rig.connect()
    try rig.pass(seconds: 10)
    let first = rig.calls.count
    try fault(rig, true)
    try rig.pass(seconds: 9)
    try fault(rig, false)
    try rig.pass(seconds: 100)
    #expect(statuses(rig, from: first) == [])
    try fault(rig, true)
    let changed = rig.wall
    try rig.pass(seconds: 9)
    #expect(statuses(rig, from: first) == [])
    try rig.pass(seconds: 1)
    #expect(statuses(rig, from: first) == ["1 Faulted"])
    #expect(rig.calls.last?.payload["timestamp"]?.string == Timestamp.text(nanoseconds: changed))
  }

  @Test("statuses that wait for a slow answer are bounded, and end with the last")
  func bounded() throws {
    let rig = try Rig()
    try rig.connect()
    let first = rig.calls.count
    rig.script = { _ in .silence }
    for turn in 0..<51 { try fault(rig, turn % 2 == 0) }
    #expect(rig.upstream.statuses.count <= Limits.pendingStatusesPerConnector)
    rig.script = { _ in .usual }
    try rig.serve()
    #expect(statuses(rig, from: first).last == "1 Faulted")
    #expect(rig.upstream.statuses.isEmpty)
  }

  @Test("a fault of an EVSE is told of each of its connectors")
  func everyConnector() throws {
    var layout = Rig.sockets(1)
    var second = layout[0].connectors[0]
    second.id = 2
    second.flatNumber = 2
    layout[0].connectors.append(second)
    let rig = try Rig(layout: layout)
    try rig.connect()
    try rig.observe(
      .faultSensed(
        FaultSensed {
          $0.evse = 1
          $0.code = .groundFailure
          $0.isActive = true
        }))
    try rig.serve()
    let faulted = rig.calls("StatusNotification").map(\.payload).filter {
      $0["status"]?.string == "Faulted"
    }
    #expect(faulted.map { $0["connectorId"]?.integer } == [1, 2])
  }

  @Test("a status that is refused is not repeated; the next change is told")
  func refused() throws {
    let rig = try Rig()
    try rig.connect()
    rig.script = { _ in .error("InternalError") }
    try rig.plug(1)
    try rig.serve()
    let first = rig.calls.count
    rig.script = { _ in .usual }
    try rig.pass(seconds: 200)
    #expect(statuses(rig, from: first) == [])
    try rig.plug(1, .out)
    try rig.serve()
    // Whoever refused it may have noted it all the same.
    #expect(statuses(rig, from: first) == ["1 Available"])
    try fault(rig, true)
    try rig.serve()
    #expect(statuses(rig, from: first) == ["1 Available", "1 Faulted"])
  }

  @Test("whatever was lost on the way, the last status told is the true one", arguments: 1...20)
  func alwaysTrue(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) &* 31)
    let rig = try Rig(settings: [.localPreAuthorize: "true", .sampledInterval: "0"])
    try rig.connect()
    for _ in 0..<100 {
      let evse = UInt32(1 + random.below(2))
      switch random.below(9) {
      case 0: try rig.plug(evse)
      case 1: try rig.plug(evse, .out)
      case 2: try rig.swipe("CARD", at: [evse])
      case 3: try fault(rig, random.below(2) == 0)
      case 4: try rig.upstream.connection == 0 ? rig.connect(serving: false) : rig.disconnect()
      case 5: try rig.pass(seconds: 1, serving: false)
      default: if rig.upstream.connection != 0 { try rig.serve() }
      }
    }
    if rig.upstream.connection == 0 { try rig.connect() }
    try rig.serve()
    try rig.pass(seconds: 4)
    for number in 1...2 {
      let told = rig.calls("StatusNotification").last {
        $0.payload["connectorId"]?.integer == Int64(number)
      }
      let evse = try #require(rig.station.evse(UInt32(number)))
      let actual = rig.station.status(evse, evse.connectors[0])
      #expect(told?.payload["status"]?.string == actual.word)
    }
  }
}
