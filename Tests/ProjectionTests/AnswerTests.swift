import ChargePiES
import Projections
import Testing

@Suite("answers find their message, or nothing")
struct AnswerTests {
  private let start = #"{"transactionId":77,"idTagInfo":{"status":"Accepted"}}"#

  /// A start that was sent and not answered.
  private func rig(_ more: [Variable: String] = [:]) throws -> (Rig, SentCall) {
    let quiet: [Variable: String] = [
      .sampledInterval: "0", .localPreAuthorize: "true", .messageAttemptInterval: "10",
      .messageAttempts: "5",
    ]
    let rig = try Rig(settings: quiet.merging(more) { $1 })
    try rig.connect()
    rig.script = { $0.action == "StartTransaction" ? .silence : .usual }
    try rig.begin(1, "CARD")
    return (rig, try #require(rig.open))
  }

  @Test("a late answer to an earlier attempt settles the message")
  func lateAnswer() throws {
    let (rig, first) = try rig()
    try rig.pass(seconds: 40)
    let second = try #require(rig.open)
    #expect(second.id == first.id + ".2")
    try rig.receive("[3,\"\(first.id)\",\(start)]")
    #expect(rig.upstream.transactions.count == 0)
    #expect(rig.upstream.references.map(\.reference) == ["77"])
    #expect(rig.open?.id == second.id, "the later attempt is still on the wire")
    try rig.receive("[3,\"\(second.id)\",\(start.replacing("77", with: "78"))]")
    #expect(rig.upstream.open == nil || rig.open?.action != "StartTransaction")
    #expect(rig.upstream.references.map(\.reference) == ["77"], "it has nothing to settle any more")
    try rig.swipe("CARD", at: [1])
    #expect(rig.calls("StopTransaction").last?.payload["transactionId"]?.integer == 77)
  }

  @Test("an answer in the pause before the next attempt settles the message, once")
  func duringPause() throws {
    let (rig, first) = try rig()
    try rig.pass(seconds: 30)
    #expect(rig.upstream.open?.kind != .transaction)
    try rig.receive("[3,\"\(first.id)\",\(start)]")
    #expect(rig.upstream.transactions.count == 0)
    try rig.pass(seconds: 60)
    #expect(rig.calls("StartTransaction").count == 1)
  }

  @Test("an answer over a new connection settles the message of the old one")
  func overNewConnection() throws {
    let (rig, first) = try rig()
    try rig.disconnect()
    try rig.connect()
    #expect(rig.open?.id == first.id)
    try rig.answer(start)
    #expect(rig.upstream.transactions.count == 0)
  }

  @Test(
    "an answer that breaks its schema counts as a failed attempt",
    arguments: [
      "{}", #"{"transactionId":"x","idTagInfo":{"status":"Accepted"}}"#, "[]", "null",
      #"{"transactionId":1,"idTagInfo":{"status":"Perhaps"}}"#,
    ])
  func unreadable(payload: String) throws {
    let (rig, first) = try rig()
    try rig.answer(payload)
    #expect(rig.upstream.transactions.count == 1)
    #expect(rig.upstream.transactions.current?.hasFailed == true)
    try rig.pass(seconds: 10)
    #expect(rig.open?.id == first.id + ".2")
  }

  @Test(
    "an answer to nothing is recorded and changes nothing",
    arguments: [
      #"[3,"nobody",{}]"#, #"[3,"",{}]"#, #"[4,"nobody","GenericError","",{}]"#,
      #"[4,"nobody","GenericError"]"#, #"[3,"nobody",{"transactionId":1}]"#,
    ])
  func toNothing(text: String) throws {
    let (rig, _) = try rig()
    var before = rig.station
    let events = try rig.receive(text)
    #expect(events.count == 1)
    guard case .observation(.frameRefused(let refused)) = events[0].body else {
      Issue.record("it is not recorded as a frame that was refused")
      return
    }
    #expect(refused.code.isEmpty)
    #expect(try Concealment.bytes(refused.frame, names: rig.names) == Array(text.utf8))
    before.position = rig.station.position
    before.now = rig.station.now
    #expect(rig.station == before)
  }

  @Test("a call with an id that came before is not done again, within a connection")
  func duplicateCalls() throws {
    let (rig, _) = try rig()
    let call = #"[2,"same","ClearCache",{}]"#
    try rig.receive(call)
    #expect(rig.answers.count == 1)
    let events = try rig.receive(call)
    #expect(events.count == 1)
    #expect(rig.answers.count == 1)
    try rig.receive(#"[2,"same","Reset",{"type":"Hard"}]"#)
    #expect(rig.station.process.restart == .none)
    try rig.disconnect()
    try rig.connect()
    try rig.receive(call)
    #expect(rig.answers.count == 2)
  }

  @Test("the last calls' ids are remembered, in a bounded number")
  func boundedMemory() throws {
    let (rig, _) = try rig()
    for number in 0..<100 { try rig.receive("[2,\"call\(number)\",\"ClearCache\",{}]") }
    #expect(rig.upstream.recentCalls.count == Limits.rememberedCalls)
    let answered = rig.answers.count
    try rig.receive(#"[2,"call99","ClearCache",{}]"#)
    try rig.receive(#"[2,"call68","ClearCache",{}]"#)
    #expect(rig.answers.count == answered)
  }

  @Test(
    "an unlock is answered when the lock has moved, and says where it is",
    arguments: [
      (false, false, "Unlocked"), (true, true, "UnlockFailed"),
    ])
  func unlock(isLocked: Bool, hasFailed: Bool, word: String) throws {
    let rig = try Rig(layout: Rig.sockets(1, hasLock: true))
    try rig.connect()
    try rig.receive(#"[2,"u1","UnlockConnector",{"connectorId":1}]"#)
    #expect(rig.answers.isEmpty)
    try rig.observe(
      .lockSensed(
        LockSensed {
          $0.evse = 1
          $0.connector = 1
          $0.isLocked = isLocked
          $0.hasFailed = hasFailed
        }))
    #expect(rig.answers == [.result(id: "u1", payload: .object([.init("status", .string(word))]))])
  }

  @Test("an unlock whose lock says nothing is answered as failed after five seconds")
  func silentLock() throws {
    let rig = try Rig(layout: Rig.sockets(1, hasLock: true))
    try rig.connect()
    try rig.receive(#"[2,"u1","UnlockConnector",{"connectorId":1}]"#)
    try rig.pass(seconds: 4)
    #expect(rig.answers.isEmpty)
    try rig.pass(seconds: 1)
    #expect(
      rig.answers
        == [.result(id: "u1", payload: .object([.init("status", .string("UnlockFailed"))]))])
  }

  @Test("an unlock that times out in another call's turn is answered as an unlock")
  func unlockInForeignTurn() throws {
    let rig = try Rig(layout: Rig.sockets(1, hasLock: true))
    try rig.connect()
    try rig.receive(#"[2,"u1","UnlockConnector",{"connectorId":1}]"#)
    rig.moment += 5_000_000_000
    try rig.receive(#"[2,"c1","ClearCache",{}]"#)
    let unlock = rig.answers.first { $0.id == "u1" }
    #expect(
      unlock == .result(id: "u1", payload: .object([.init("status", .string("UnlockFailed"))])))
  }

  @Test("two unlock calls are both answered")
  func twoUnlocks() throws {
    let rig = try Rig(layout: Rig.sockets(1, hasLock: true))
    try rig.connect()
    try rig.receive(#"[2,"u1","UnlockConnector",{"connectorId":1}]"#)
    try rig.receive(#"[2,"u2","UnlockConnector",{"connectorId":1}]"#)
    try rig.pass(seconds: 10)
    #expect(Set(rig.answers.map(\.id)) == ["u1", "u2"])
  }

  @Test("an expiry at the beginning of time, or before it, is over; one at its end is never")
  func farExpiry() throws {
    let wanted = [
      ("1970-01-01T00:00:00Z", 2), ("0001-01-01T00:00:00Z", 2), ("9999-12-31T23:59:59Z", 1),
    ]
    for (expiry, asked) in wanted {
      let rig = try Rig(settings: [.localPreAuthorize: "true", .sampledInterval: "0"])
      let info = #""idTagInfo":{"status":"Accepted","expiryDate":"\#(expiry)"}"#
      rig.script = { call in
        switch call.action {
        case "Authorize": .result("{\(info)}")
        case "StartTransaction": .result("{\"transactionId\":7,\(info)}")
        default: .usual
        }
      }
      try rig.connect()
      try rig.begin(1, "CARD")
      try rig.swipe("CARD", at: [1])
      try rig.serve()
      try rig.begin(2, "CARD")
      #expect(rig.calls("Authorize").count == asked, "\(expiry)")
    }
  }

  @Test("a late error of an earlier attempt does not end the later one")
  func lateError() throws {
    let (rig, call) = try rig([.messageAttempts: "9", .messageAttemptInterval: "1"])
    let first = call.id
    try rig.pass(seconds: 31)
    #expect(rig.open?.id == first + ".2")
    try rig.receive("[4,\"\(first)\",\"InternalError\",\"\",{}]")
    #expect(rig.open?.id == first + ".2")
    try rig.pass(seconds: 5)  // The rig sees a second call while one is outstanding.
  }
}
