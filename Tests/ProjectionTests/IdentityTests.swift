import ChargePiES
import Projections
import Testing

@Suite("message ids and bytes over attempts, connections and restarts")
struct IdentityTests {
  private let quiet: [Variable: String] = [.sampledInterval: "0", .localPreAuthorize: "true"]

  private func rig(_ more: [Variable: String] = [:]) throws -> Rig {
    let rig = try Rig(settings: quiet.merging(more) { $1 })
    try rig.connect()
    rig.script = { $0.action == "StartTransaction" ? .silence : .usual }
    try rig.begin(1, "CARD")
    return rig
  }

  @Test("after a lost connection the same message goes with the same id and the same bytes")
  func lostConnection() throws {
    let rig = try rig()
    for _ in 0..<3 {
      try rig.disconnect()
      try rig.pass(seconds: 30)
      try rig.connect()
    }
    let starts = rig.calls("StartTransaction")
    #expect(starts.count == 4)
    #expect(Set(starts.map(\.bytes)).count == 1)
    #expect(starts.map(\.sent.resends) == [0, 1, 2, 3])
    #expect(starts.allSatisfy { $0.sent.attempt == 1 })
  }

  @Test(
    "a new process, and a new boot, send the same id and the same bytes",
    arguments: [
      false, true,
    ])
  func restarted(newBoot: Bool) throws {
    let rig = try rig()
    try rig.restart(newBoot: newBoot)
    try rig.connect()
    let starts = rig.calls("StartTransaction")
    #expect(starts.count == 2)
    #expect(Set(starts.map(\.bytes)).count == 1)
    #expect(starts.last?.sent.resends == 1)
  }

  @Test("after an error the attempt's number joins the id, and the payload stays")
  func refused() throws {
    let rig = try rig([.messageAttempts: "5", .messageAttemptInterval: "10"])
    let first = try #require(rig.open)
    try rig.refuse()
    try rig.pass(seconds: 9)
    #expect(rig.calls("StartTransaction").count == 1)
    try rig.pass(seconds: 1)
    #expect(rig.open?.id == first.id + ".2")
    try rig.refuse()
    try rig.pass(seconds: 19)
    #expect(rig.calls("StartTransaction").count == 2)
    try rig.pass(seconds: 1)
    #expect(rig.open?.id == first.id + ".3")
    try rig.disconnect()
    try rig.connect()
    #expect(rig.open?.id == first.id + ".3", "a lost connection is no attempt")
    #expect(rig.calls("StartTransaction").map(\.sent.attempt) == [1, 2, 3, 3])
    #expect(Set(rig.calls("StartTransaction").map(\.text)).count == 1)
  }

  @Test("no answer in time counts as an attempt on a live connection")
  func timeOut() throws {
    let rig = try rig([.messageAttemptInterval: "10"])
    let first = try #require(rig.open)
    try rig.pass(seconds: 29)
    #expect(rig.open != nil)
    try rig.pass(seconds: 1)
    #expect(rig.open?.action != "StartTransaction")
    try rig.pass(seconds: 10)
    #expect(rig.open?.id == first.id + ".2")
    #expect(rig.open?.text == first.text)
  }

  @Test("no id comes twice on a connection, and none names two messages", arguments: 1...10)
  func unique(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) &* 1_009)
    let rig = try Rig(
      settings: [.sampledInterval: "5", .messageAttemptInterval: "1", .localPreAuthorize: "true"])
    var choices = SeededRandom(seed: UInt64(seed))
    rig.script = { _ in
      switch choices.below(6) {
      case 0: .error("GenericError")
      case 1: .silence
      default: .usual
      }
    }
    for _ in 0..<150 {
      switch random.below(8) {
      case 0: try rig.plug(1)
      case 1: try rig.plug(1, .out)
      case 2: try rig.swipe("CARD", at: [1])
      case 3: if rig.upstream.connection == 0 { try rig.connect() }
      case 4: if rig.upstream.connection != 0, random.below(3) == 0 { try rig.disconnect() }
      case 5: if random.below(10) == 0 { try rig.restart(newBoot: random.below(2) == 0) }
      default: try rig.pass(seconds: 1 + Int64(random.below(3)))
      }
    }
    #expect(rig.calls.count > 15)
    var seen: Set<String> = []
    var payloads: [String: String] = [:]
    for call in rig.calls {
      #expect(seen.insert("\(call.start) \(call.connection) \(call.id)").inserted)
      let message = String(call.id.split(separator: ".")[0])
      #expect(payloads[message] ?? call.text == call.text)
      payloads[message] = call.text
    }
  }

  @Test("a restored memory card reissues no id: the same events under another nonce have others")
  func restoredCard() throws {
    let ids = try [0xA1B2_C3D4_0000_0000, 0x0102_0304_0000_0000].map { (nonce: UInt64) in
      let rig = try Rig(settings: [.sampledInterval: "10"]) { $0.nonceBase = nonce }
      try rig.connect()
      try rig.begin(1, "CARD")
      try rig.pass(seconds: 301)
      try rig.swipe("CARD", at: [1])
      try rig.serve()
      try rig.pass(seconds: 301)
      return rig.calls.map { "\($0.action) \($0.id)" }
    }
    let actions = Set(ids.joined().map { $0.prefix { $0 != " " } })
    #expect(actions.count == 7, "every call that there is: \(actions)")
    #expect(ids[0].count == ids[1].count && Set(ids[0]).isDisjoint(with: ids[1]))
  }

  @Test("the longest id there can be has 36 characters")
  func longest() throws {
    let rig = try Rig(settings: quiet.merging([.messageAttempts: "1000"]) { $1 }) { rig in
      var station = Station()
      station.position = 10_000_000_000_000_000_000
      rig.engine = Engine(
        station: station, store: rig.store,
        messages: Outbox(dialect: Rig.dialect, names: rig.names), lastCheckpoint: station.position)
    }
    rig.settings[.messageAttemptInterval] = "0"
    try rig.start()
    try rig.connect()
    rig.script = { $0.action == "StartTransaction" ? .error("InternalError") : .usual }
    try rig.begin(1, "CARD")
    for _ in 0..<1_100 where rig.upstream.parked.isEmpty { try rig.pass(seconds: 1) }
    #expect(rig.calls("StartTransaction").count == 1_000)
    #expect(rig.calls("StartTransaction").last?.id.count == 36)
  }
}
