import ChargePiES
import Projections
import Testing

@Suite("billing records are parked, never dropped")
struct ParkingTests {
  private func rig(
    _ more: [Variable: String] = [:], script: @escaping (SentCall) -> Rig.Reply
  ) throws -> Rig {
    let usual: [Variable: String] = [
      .sampledInterval: "10", .localPreAuthorize: "true", .messageAttemptInterval: "1",
      .messageAttempts: "2",
    ]
    let rig = try Rig(settings: usual.merging(more) { $1 })
    try rig.connect()
    rig.script = script
    return rig
  }

  private func charge(_ rig: Rig, _ evse: UInt32 = 1, seconds: Int64 = 25) throws -> SessionID {
    try rig.begin(evse, "CARD\(evse)")
    let session = try rig.session(evse)
    try rig.pass(seconds: seconds)
    try rig.swipe("CARD\(evse)", at: [evse])
    try rig.serve()
    try rig.plug(evse, .out)
    try rig.serve()
    return session
  }

  @Test("a parked start takes its readings and its stop with it, as one group")
  func group() throws {
    let rig = try rig { $0.action == "StartTransaction" ? .error("InternalError") : .usual }
    let session = try charge(rig)
    let group = try #require(rig.upstream.parked.first)
    #expect(rig.upstream.parked.count == 1)
    #expect(group.session == session)
    #expect(group.messages.map(\.role) == [.start, .update, .update, .end])
    #expect(group.holdsStart)
    #expect(group.error == "InternalError: ")
    #expect(rig.calls("StartTransaction").count == 2)
    #expect(rig.calls("MeterValues").isEmpty)
    #expect(rig.calls("StopTransaction").isEmpty)
    #expect(rig.upstream.transactions.count == 0)
    #expect(rig.upstream.parkedCount == 4)
  }

  @Test("the next session goes on behind a parked one")
  func nextSession() throws {
    let rig = try rig { call in
      call.action == "StartTransaction" && call.payload["idTag"]?.string == "CARD1"
        ? .error("InternalError") : .usual
    }
    _ = try charge(rig, 1)
    _ = try charge(rig, 2)
    #expect(rig.upstream.parked.count == 1)
    #expect(rig.calls("StopTransaction").count == 1)
    #expect(rig.calls("StopTransaction").last?.payload["transactionId"]?.integer == 1)
    #expect(rig.calls("MeterValues").allSatisfy { $0.payload["connectorId"]?.integer == 2 })
  }

  @Test("an alert says that something was parked, once for each message that was tried out")
  func alert() throws {
    let rig = try rig { $0.action == "StartTransaction" ? .error("InternalError") : .usual }
    _ = try charge(rig)
    let alerts = rig.store.events.filter {
      if case .decision(.alertRaised) = $0.body { true } else { false }
    }
    #expect(alerts.count == 1)
  }

  @Test("retried, a parked group goes in its order, with the reference that it gets then")
  func retry() throws {
    let rig = try rig { $0.action == "StartTransaction" ? .error("InternalError") : .usual }
    let session = try charge(rig)
    let first = rig.calls.count
    rig.script = { _ in .usual }
    rig.lastTransaction = 40
    try rig.wish(.retryParked, session)
    try rig.serve()
    #expect(
      rig.actions(from: first)
        == ["StartTransaction", "MeterValues", "MeterValues", "StopTransaction"])
    #expect(
      rig.calls[(first + 1)...].allSatisfy { $0.payload["transactionId"]?.integer == 41 })
    #expect(rig.upstream.parked.isEmpty)
    #expect(rig.upstream.references.isEmpty)
  }

  @Test("retried in vain, a group is parked again, whole")
  func retryInVain() throws {
    let rig = try rig { $0.action == "StartTransaction" ? .error("InternalError") : .usual }
    let session = try charge(rig)
    let before = try #require(rig.upstream.parked.first)
    try rig.wish(.retryParked, session)
    try rig.serve()
    try rig.pass(seconds: 10)
    let after = try #require(rig.upstream.parked.first)
    #expect(rig.upstream.parked.count == 1)
    #expect(after.messages.map(\.source) == before.messages.map(\.source))
    #expect(after.messages.map(\.role) == before.messages.map(\.role))
    #expect(after.holdsStart)
    #expect(rig.calls("StartTransaction").count == 4, "as many attempts as the first time")
  }

  @Test("a reading that is refused is parked alone; the stop goes on")
  func reading() throws {
    let rig = try rig { $0.action == "MeterValues" ? .error("NotSupported") : .usual }
    _ = try charge(rig)
    #expect(rig.calls("StopTransaction").count == 1)
    let group = try #require(rig.upstream.parked.first)
    #expect(group.messages.allSatisfy { $0.role == .update })
    #expect(!group.holdsStart)
    #expect(rig.upstream.transactions.count == 0)
  }

  @Test("a late answer to a parked start that refuses the card ends the session")
  func refusedLate() throws {
    let rig = try rig { $0.action == "StartTransaction" ? .silence : .usual }
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 300)
    let parked = try #require(rig.upstream.parked.first?.messages.first?.earlier)
    #expect(rig.station.evse(1)?.isClosed == true)
    try rig.receive(
      "[3,\"\(parked.messageId)\",{\"transactionId\":9,\"idTagInfo\":{\"status\":\"Invalid\"}}]")
    #expect(rig.station.evse(1)?.isClosed == false)
    #expect(rig.station.evse(1)?.session == nil)
    rig.script = { _ in .usual }
    try rig.pass(seconds: 60)
    #expect(rig.calls("StopTransaction").last?.payload["transactionId"]?.integer == 9)
  }

  @Test("a stop that is refused is parked, and goes when it is retried")
  func stop() throws {
    let rig = try rig { $0.action == "StopTransaction" ? .error("InternalError") : .usual }
    let session = try charge(rig)
    try rig.pass(seconds: 5)
    #expect(rig.upstream.parked.first?.messages.map(\.role) == [.end])
    rig.script = { _ in .usual }
    try rig.wish(.retryParked, session)
    try rig.serve()
    #expect(rig.calls("StopTransaction").last?.payload["transactionId"]?.integer == 1)
    #expect(rig.upstream.parked.isEmpty)
    #expect(rig.upstream.references.isEmpty)
  }

  @Test("parked groups survive a restart, and a released one is gone for good")
  func restart() throws {
    let rig = try rig { $0.action == "StartTransaction" ? .error("InternalError") : .usual }
    let session = try charge(rig)
    let parked = rig.upstream.parked
    try rig.restart()
    #expect(rig.upstream.parked == parked)
    try rig.wish(.releaseParked, session)
    #expect(rig.upstream.parked.isEmpty)
    let first = rig.calls.count
    rig.script = { _ in .usual }
    try rig.connect()
    #expect(!rig.actions(from: first).contains("StartTransaction"))
  }

  @Test("a wish about a session that has nothing parked changes nothing")
  func nothingParked() throws {
    let rig = try rig { _ in .usual }
    let session = try charge(rig)
    let before = rig.station.upstreams
    try rig.wish(.retryParked, session)
    try rig.wish(.releaseParked, session)
    #expect(rig.station.upstreams == before)
  }

  @Test("a parked message that is retried has the payload of its first attempt")
  func frozenOverParking() throws {
    let rig = try rig { $0.action == "StartTransaction" ? .error("InternalError") : .usual }
    try rig.begin(1, "CARD")
    let session = try rig.session(1)
    try rig.pass(seconds: 5)
    #expect(rig.upstream.parkedCount == 1)
    try rig.observe(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = rig.wall + 3_600_000_000_000
          $0.quality = .ntp
        }))
    rig.script = { _ in .usual }
    try rig.wish(.retryParked, session)
    try rig.serve()
    #expect(Set(rig.calls("StartTransaction").map(\.text)).count == 1)
  }
}
