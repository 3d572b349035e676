import ChargePiES
import Projections
import Testing

@Suite("nothing holds the queue up for good")
struct UnstuckTests {
  private let usual: [Variable: String] = [
    .sampledInterval: "10", .localPreAuthorize: "true", .messageAttemptInterval: "1",
    .messageAttempts: "2",
  ]

  @Test("a group that is released while its session runs lets the other sessions' bills go")
  func releasedWhileRunning() throws {
    let rig = try Rig(settings: usual)
    try rig.connect()
    rig.script = { call in
      call.payload["idTag"]?.string == "CARD1" && call.action == "StartTransaction"
        ? .error("InternalError") : .usual
    }
    try rig.begin(1, "CARD1")
    try rig.pass(seconds: 5)
    try rig.wish(.releaseParked, try rig.session(1))
    try rig.pass(seconds: 30)
    try rig.begin(2, "CARD2")
    try rig.pass(seconds: 5)
    try rig.swipe("CARD2", at: [2])
    try rig.serve()
    #expect(rig.calls("StopTransaction").count == 1)
    #expect(rig.upstream.transactions.count == 0)
  }

  @Test(
    "a measurand that the hardware does not give holds up nothing",
    arguments: [
      "Frequency", "Temperature",
    ])
  func absentMeasurand(name: String) throws {
    let rig = try Rig(settings: usual.merging([.sampledMeasurands: name]) { $1 })
    try rig.connect()
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 25)
    try rig.swipe("CARD", at: [1])
    try rig.serve()
    #expect(rig.calls("StopTransaction").count == 1)
  }

  @Test("measurands that are unset while readings wait hold up nothing")
  func unsetMeasurands() throws {
    let rig = try Rig(settings: [
      .allowOfflineTxForUnknownId: "true", .sampledInterval: "10",
    ])
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 25)
    try rig.swipe("CARD", at: [1])
    rig.script = { $0.action == "StartTransaction" ? .silence : .usual }
    try rig.connect()
    try rig.ask("ChangeConfiguration", #"{"key":"MeterValuesSampledData","value":""}"#)
    rig.script = { _ in .usual }
    try rig.serve()
    #expect(rig.calls("StopTransaction").count == 1)
  }

  @Test("a parked reading that is retried after the stop goes or is parked again, blocking nobody")
  func readingAfterStop() throws {
    let rig = try Rig(settings: usual)
    try rig.connect()
    rig.script = { $0.action == "MeterValues" ? .error("InternalError") : .usual }
    try rig.begin(1, "CARD1")
    let session = try rig.session(1)
    try rig.pass(seconds: 15)
    try rig.swipe("CARD1", at: [1])
    try rig.serve()
    rig.script = { _ in .usual }
    try rig.wish(.retryParked, session)
    try rig.serve()
    try rig.begin(2, "CARD2")
    try rig.swipe("CARD2", at: [2])
    try rig.serve()
    #expect(rig.calls("StopTransaction").count == 2)
    #expect(rig.upstream.transactions.count == 0)
  }

  @Test("an identification that was forgotten parks its start, and the next session goes on")
  func forgotten() throws {
    let rig = try Rig(settings: [.allowOfflineTxForUnknownId: "true", .sampledInterval: "0"])
    for (evse, card) in [(UInt32(1), "CARD1"), (2, "CARD2")] {
      try rig.begin(evse, card)
      try rig.swipe(card, at: [evse])
    }
    rig.names.forgotten = [1]
    try rig.connect()
    #expect(rig.upstream.parked.first?.messages.map(\.role) == [.start, .end])
    #expect(rig.calls("StopTransaction").count == 1)
    #expect(rig.upstream.transactions.count == 0)
  }

  @Test("retried while its stop still waits in the queue, a group goes in order")
  func retryBeforeStop() throws {
    let rig = try Rig(settings: [
      .allowOfflineTxForUnknownId: "true", .sampledInterval: "0", .messageAttempts: "1",
      .messageAttemptInterval: "0",
    ])
    try rig.begin(1, "CARD1")
    let session = try rig.session(1)
    try rig.begin(2, "CARD2")
    try rig.swipe("CARD1", at: [1])
    try rig.swipe("CARD2", at: [2])
    rig.script = { call in
      guard call.action == "StartTransaction" else { return .usual }
      return call.payload["idTag"]?.string == "CARD1" ? .error("InternalError") : .silence
    }
    try rig.connect()
    #expect(rig.upstream.parkedCount == 1)
    try rig.wish(.retryParked, session)
    rig.script = { _ in .usual }
    try rig.serve()
    #expect(rig.calls("StopTransaction").count == 2)
    #expect(rig.upstream.transactions.count == 0)
    #expect(rig.upstream.parkedCount == 0)
  }
}
