import ChargePiES
import Projections
import Testing

@Suite("the ledger of sessions")
struct LedgerTests {
  private func ledger(_ rig: Rig) -> SessionLedger {
    SessionLedger(reading: { take in rig.store.events.forEach(take) })
  }

  private func charge(_ rig: Rig, _ evse: UInt32, seconds: Int64) throws {
    try rig.begin(evse, "CARD\(evse)")
    try rig.pass(seconds: seconds)
    try rig.swipe("CARD\(evse)", at: [evse])
    if rig.upstream.connection != 0 { try rig.serve() }
    try rig.plug(evse, .out)
  }

  @Test("a delivered session: who, where, when, how much, why, and its transaction")
  func delivered() throws {
    let rig = try Rig()
    try rig.connect()
    try charge(rig, 2, seconds: 100)
    let entry = try #require(ledger(rig).entries.first)
    #expect(ledger(rig).entries.count == 1)
    #expect(entry.place == Place(evse: 2, connector: 1))
    #expect(try rig.names.text(entry.token) == "CARD2")
    #expect(entry.reason == .local)
    #expect(entry.reference == "1")
    #expect(entry.delivery == .delivered)
    let meter = try #require(rig.station.evse(2)?.meter.reading.registerMilliwattHours)
    #expect(entry.energyMilliwattHours == meter)
    #expect(entry.energyMilliwattHours > 200_000)
    let clock = ledger(rig).clock
    let times = [entry.permittedAt, entry.endedAt].compactMap { stamp in
      stamp.flatMap {
        clock.wallTime(boot: $0.boot, monotonicNanoseconds: $0.monotonicNanoseconds)
      }
    }
    #expect(times.map(\.isEstimated) == [false, false])
    #expect(times[1].nanoseconds - times[0].nanoseconds == 100 * nanosecondsPerSecond)
  }

  @Test("the sum of the ledger is what the meters counted", arguments: 1...10)
  func sums(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let rig = try Rig(settings: [.localPreAuthorize: "true", .sampledInterval: "0"])
    try rig.connect()
    for _ in 0..<15 {
      try charge(rig, UInt32(1 + random.below(2)), seconds: Int64(1 + random.below(30)))
    }
    let entries = ledger(rig).entries
    #expect(entries.count == 15)
    let counted = rig.counters.values.reduce(0, +)
    #expect(entries.reduce(0) { $0 + $1.energyMilliwattHours } == counted)
    #expect(entries.allSatisfy { $0.delivery == .delivered })
    #expect(Set(entries.map(\.session)).count == 15)
    #expect(entries.map(\.reference) == (1...15).map { String($0) })
  }

  @Test("a running session has the last register that is known, and no end")
  func running() throws {
    let rig = try Rig()
    try rig.connect()
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 60)
    let entry = try #require(ledger(rig).entries.first)
    #expect(entry.endedAt == nil)
    #expect(entry.reason == .unspecified)
    #expect(entry.energyMilliwattHours == rig.counters[1])
    #expect(entry.delivery == .queued)
    #expect(entry.reference == "1")
  }

  @Test("who never came to charging is on no bill")
  func cancelled() throws {
    let rig = try Rig()
    try rig.connect()
    try rig.swipe("CARD", at: [1])
    try rig.serve()
    try rig.pass(seconds: 61)
    try rig.plug(2)
    try rig.plug(2, .out)
    #expect(rig.station.evses.allSatisfy { $0.session == nil })
    #expect(ledger(rig).entries.isEmpty)
  }

  @Test("a session offline is queued, then parked or delivered, as its messages are")
  func delivery() throws {
    let rig = try Rig(settings: [
      .allowOfflineTxForUnknownId: "true", .sampledInterval: "0", .messageAttempts: "1",
    ])
    try charge(rig, 1, seconds: 5)
    try charge(rig, 2, seconds: 5)
    #expect(ledger(rig).entries.map(\.delivery) == [.queued, .queued])
    rig.script = {
      $0.action == "StartTransaction" && $0.payload["connectorId"]?.integer == 1
        ? .error("InternalError") : .usual
    }
    try rig.connect()
    #expect(ledger(rig).entries.map(\.delivery) == [.parked, .delivered])
    let session = try #require(ledger(rig).entries.first?.session)
    rig.script = { _ in .silence }
    try rig.wish(.retryParked, session)
    #expect(ledger(rig).entries.map(\.delivery) == [.queued, .delivered])
    rig.script = { _ in .usual }
    try rig.serve()
    #expect(ledger(rig).entries.map(\.delivery) == [.delivered, .delivered])
  }

  @Test("a session that a power cut ended is billed with the energy of its last durable reading")
  func powerCut() throws {
    let rig = try Rig()
    try rig.connect()
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 42)
    let readAt = rig.station.evses[0].meter.readAt
    try rig.restart(newBoot: true)
    let entry = try #require(ledger(rig).entries.first)
    #expect(entry.reason == .powerLoss)
    #expect(entry.endedAt == readAt, "not the start that found it")
    #expect(entry.energyMilliwattHours == rig.counters[1])
  }
}
