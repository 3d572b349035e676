import ChargePiES
import Projections
import Testing

@Suite("a backlog lies in the journal, not in memory")
struct BacklogTests {
  private let offline: [Variable: String] = [
    .allowOfflineTxForUnknownId: "true", .sampledInterval: "0",
  ]

  /// Sessions without a connection: two messages each.
  private func charge(_ rig: Rig, sessions: Int) throws {
    for _ in 0..<sessions {
      try rig.begin(1, "CARD")
      try rig.swipe("CARD", at: [1])
      try rig.plug(1, .out)
      rig.moment += 1_000_000
    }
  }

  private func told(_ rig: Rig) -> [UInt64] {
    rig.calls.filter { $0.sent.kind == .transaction }.map(\.sent.source)
  }

  @Test("more messages than the window holds go in order, each once, found in few searches")
  func drained() throws {
    let rig = try Rig(settings: offline)
    try charge(rig, sessions: 400)
    #expect(rig.upstream.transactions.count == 800)
    let before = rig.store.searches
    try rig.connect()
    let sources = told(rig)
    #expect(sources.count == 800)
    #expect(zip(sources, sources.dropFirst()).allSatisfy { $0 < $1 })
    #expect(rig.upstream.transactions.count == 0)
    #expect(rig.store.searches - before <= 800 / 256 + 2)
    #expect(rig.store.found <= 800 + 256)
    let stops = rig.calls("StopTransaction").compactMap { $0.payload["transactionId"]?.integer }
    #expect(stops == Array(1...400), "each stop has its own start's reference")
    #expect(rig.upstream.references.isEmpty)
  }

  @Test("what joins the queue while it drains goes behind it", arguments: [1, 120, 128, 129, 250])
  func joining(sessions: Int) throws {
    let rig = try Rig(settings: offline.merging([.localPreAuthorize: "true"]) { $1 })
    try charge(rig, sessions: sessions)
    var more = 40
    rig.script = { [unowned rig] call in
      guard more > 0, call.action == "StopTransaction" else { return .usual }
      more -= 1
      try? rig.plug(2, more % 2 == 1 ? .connected : .out)
      if more % 2 == 1 { try? rig.swipe("CARD", at: [2]) }
      return .usual
    }
    try rig.connect()
    let sources = told(rig)
    #expect(zip(sources, sources.dropFirst()).allSatisfy { $0 < $1 })
    #expect(rig.upstream.transactions.count == 0)
    let queued = rig.store.events.filter {
      if case .decision(.messageQueued(let message)) = $0.body {
        message.kind == .transaction
      } else {
        false
      }
    }
    #expect(sources.count == queued.count)
    #expect(rig.calls("StopTransaction").count >= sessions)
  }

  @Test("a backlog that is interrupted goes on where it was", arguments: [1, 255, 256, 257, 511])
  func interrupted(after count: Int) throws {
    let rig = try Rig(settings: offline)
    try charge(rig, sessions: 300)
    rig.script = { [unowned rig] call in
      told(rig).count >= count && call.sent.kind == .transaction ? .silence : .usual
    }
    try rig.connect()
    #expect(told(rig).count == count)
    rig.script = { _ in .usual }
    try rig.restart()
    try rig.connect()
    let sources = told(rig)
    #expect(sources.count == 601, "only the message without an answer went twice")
    #expect(sources[count - 1] == sources[count])
    #expect(Set(sources).count == 600)
    #expect(zip(sources, sources.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("what joins the queue in a turn that waits for its commit is sent by a later one")
  func joinsBeforeTheCommit() throws {
    let rig = try Rig(settings: [.sampledInterval: "10", .localPreAuthorize: "true"]) {
      $0.policy.resumesAfterPowerLoss = true
    }
    try rig.connect()
    try rig.begin(1, "CARD")
    try rig.pass(seconds: 3)
    try rig.restart()
    try rig.connect()
    rig.script = { _ in .silence }
    try rig.plug(2)
    #expect(rig.open?.action == "StatusNotification")
    rig.moment += 10_000_000_000
    let reading = MeterRead {
      $0.evse = 1
      $0.counterMilliwattHours = rig.counters[1] ?? 0
    }
    try rig.engine.observe(
      .meterRead(reading), at: rig.engine.stamp(monotonicNanoseconds: rig.moment))
    #expect(rig.engine.pending.count > 1 && rig.upstream.transactions.count == 1)
    rig.script = { _ in .usual }
    try rig.serve()
    #expect(rig.calls("MeterValues").count == 1 && rig.upstream.transactions.count == 0)
  }

  @Test("a search behind a number finds nothing before it, and no more than was asked for")
  func search() throws {
    let rig = try Rig(settings: offline)
    try charge(rig, sessions: 10)
    let all = try rig.store.queued(after: 0, most: 100)
    #expect(all.count == 20)
    let some = try rig.store.queued(after: all[4].number, most: 3)
    #expect(some.map(\.number) == all[5...7].map(\.number))
  }
}
