import ChargePiES
import Projections
import Testing

@Suite("the order of messages, as Outbox states it")
struct OrderTests {
  private let quiet: [Variable: String] = [
    .allowOfflineTxForUnknownId: "true", .sampledInterval: "0",
  ]

  @Test(
    "before the registration nothing but a boot notification is sent",
    arguments: [
      "Pending", "Rejected",
    ])
  func registrationFirst(status: String) throws {
    let rig = try Rig(settings: quiet)
    try rig.begin(1, "CARD")
    rig.script = { [unowned rig] call in
      guard call.action == "BootNotification" else { return .usual }
      let time = Timestamp.text(nanoseconds: rig.wall)
      let word = rig.calls.count > 2 ? "Accepted" : status
      return .result(#"{"status":"\#(word)","currentTime":"\#(time)","interval":20}"#)
    }
    try rig.connect()
    try rig.swipe("OTHER", at: [2])
    try rig.pass(seconds: 19)
    #expect(rig.actions() == ["BootNotification"])
    try rig.pass(seconds: 1)
    #expect(rig.actions() == ["BootNotification", "BootNotification"])
    try rig.pass(seconds: 20)
    #expect(rig.actions().prefix(3).allSatisfy { $0 == "BootNotification" })
    #expect(rig.actions(from: 3).contains("StartTransaction"))
  }

  @Test("a person at the reader is asked for before the backlog")
  func identificationsNext() throws {
    let rig = try Rig(settings: quiet)
    for _ in 0..<5 {
      try rig.begin(1, "CARD")
      try rig.plug(1, .out)
    }
    rig.script = { $0.action == "StartTransaction" ? .silence : .usual }
    try rig.connect()
    #expect(rig.open?.action == "StartTransaction")
    try rig.swipe("SOMEBODY", at: [2])
    #expect(rig.open?.action == "StartTransaction", "one call at a time")
    try rig.answer(#"{"transactionId":1,"idTagInfo":{"status":"Accepted"}}"#)
    #expect(rig.open?.action == "Authorize")
  }

  @Test("a status does not overtake the session's message before it, nor the other way")
  func eventOrder() throws {
    let rig = try Rig(settings: quiet)
    try rig.connect()
    let first = rig.calls.count
    rig.script = { _ in .silence }
    try rig.plug(1)
    try rig.swipe("CARD", at: [1])
    rig.script = { _ in .usual }
    try rig.serve()
    try rig.pass(seconds: 5)
    try rig.plug(1, .out)
    try rig.serve()
    #expect(
      rig.actions(from: first) == [
        "StatusNotification", "Authorize", "StartTransaction", "StatusNotification",
        "StopTransaction", "StatusNotification",
      ])
    #expect(
      rig.calls[first...].compactMap { $0.payload["status"]?.string } == [
        "Preparing", "Charging", "Available",
      ])
  }

  @Test("a status passes a session's message that waits for its next attempt")
  func passing() throws {
    let rig = try Rig(settings: quiet)
    try rig.connect()
    rig.script = { [unowned rig] call in
      call.action == "StartTransaction" && rig.calls("StartTransaction").count == 1
        ? .error("InternalError") : .usual
    }
    try rig.begin(1, "CARD")
    let first = rig.calls.count
    try rig.pass(seconds: 59)
    #expect(rig.actions(from: first) == ["StatusNotification"])
    #expect(rig.calls.last?.payload["status"]?.string == "Charging")
    try rig.pass(seconds: 1)
    #expect(rig.calls.last?.action == "StartTransaction")
  }

  // The rig itself sees to it that one call is outstanding at a time.
  @Test("statuses and sessions' messages go in the order of their events", arguments: 1...20)
  func randomOrder(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let rig = try Rig(settings: [.sampledInterval: "3", .localPreAuthorize: "true"])
    try rig.connect()
    let first = rig.calls.count
    for _ in 0..<120 {
      let evse = UInt32(1 + random.below(2))
      switch random.below(6) {
      case 0: try rig.plug(evse)
      case 1: try rig.plug(evse, .out)
      case 2, 3: try rig.swipe("CARD\(random.below(3))", at: [evse])
      case 4: try rig.serve()
      default: try rig.pass(seconds: Int64(random.below(4)), serving: false)
      }
    }
    try rig.serve()
    let inOrder = rig.calls[first...].filter {
      $0.sent.kind == .status || $0.sent.kind == .transaction
    }
    #expect(inOrder.count > 20)
    #expect(zip(inOrder, inOrder.dropFirst()).allSatisfy { $0.sent.source < $1.sent.source })
    #expect(rig.upstream.transactions.count == 0)
    #expect(rig.upstream.statuses.isEmpty)
  }

  @Test("a queued start keeps its connector's number when the layout changes before it is sent")
  func reordered() throws {
    let rig = try Rig(settings: [
      .allowOfflineTxForUnknownId: "true", .sampledInterval: "0",
    ])
    try rig.begin(2, "CARD")
    try rig.swipe("CARD", at: [2])
    rig.layout = [rig.layout[0]]
    try rig.restart()
    try rig.connect()
    #expect(rig.calls("StartTransaction").first?.payload["connectorId"]?.integer == 2)
  }
}
