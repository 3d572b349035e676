import ChargePiES
import Journal
import Projections
import Testing

@Suite("replaying a journal gives the state, byte for byte")
struct ReplayTests {
  /// The state after every event from the first on, without any checkpoint.
  private func fromTheBeginning(
    _ reader: JournalReader, through last: UInt64 = .max
  ) throws -> Station {
    var station = Station()
    station.position = 1
    try reader.forEachEvent(from: 1, through: last) { event in
      station.apply(event)
      return true
    }
    return station
  }

  private func lived(_ seed: Int, turns: Int) throws -> World {
    let world = try World(
      seed: UInt64(seed),
      settings: [
        .messageAttemptInterval: "5", .sampledInterval: "7",
        .messageAttempts: seed % 2 == 0 ? "1" : "3",
      ])
    try world.live(turns: turns)
    try world.close()
    return world
  }

  @Test("twice, and from any checkpoint, and as it was alive", arguments: 1...24)
  func replay(seed: Int) throws {
    let world = try lived(seed, turns: 200 + seed * 75)
    let reader = try JournalReader(path: world.directory.journal)
    let first = RecordEncoder.encode(try fromTheBeginning(reader))
    let second = RecordEncoder.encode(try fromTheBeginning(reader))
    #expect(first == second)
    #expect(first == RecordEncoder.encode(world.mind.durable))
    let again = try RecordEncoder.encode(reader.station().0)
    #expect(first == again)
    #expect(world.snapshots.count > 5)
    for (position, state) in world.snapshots.prefix(12) {
      let (station, checkpoint) = try reader.station(through: position)
      #expect(RecordEncoder.encode(station) == state, "at \(position), from \(checkpoint)")
      #expect(RecordEncoder.encode(try fromTheBeginning(reader, through: position)) == state)
    }
    #expect(try reader.verifyChain().isIntact)
  }

  @Test("the simulated lives have checkpoints, restarts and resends in them")
  func variety() throws {
    var checkpoints = 0
    var starts: UInt64 = 0
    var resends = 0
    var parked = 0
    var ended = 0
    for seed in 1...12 {
      let world = try lived(seed, turns: 800)
      let reader = try JournalReader(path: world.directory.journal)
      try reader.forEachEvent(from: 1) { event in
        if case .checkpoint = event.body { checkpoints += 1 }
        if case .decision(.messageParked) = event.body { parked += 1 }
        if case .decision(.sessionEnded(let end)) = event.body, end.wasPermitted { ended += 1 }
        return true
      }
      starts += world.starts
      resends += world.sent.count { $0.message.resends > 0 }
    }
    #expect(checkpoints > 5)
    #expect(starts > 24)
    #expect(resends > 20)
    #expect(parked > 5)
    #expect(ended > 20)
  }

  @Test("one event by its number is the same as in sequence", arguments: 1...4)
  func randomAccess(seed: Int) throws {
    let world = try lived(seed &+ 100, turns: 300)
    let reader = try JournalReader(path: world.directory.journal)
    var events: [Event] = []
    try reader.forEachEvent(from: 1) { event in
      events.append(event)
      return true
    }
    #expect(events.map(\.number) == Array(2...UInt64(events.count + 1)))
    var random = SeededRandom(seed: UInt64(seed))
    for event in events.shuffled(using: &random) {
      #expect(try reader.event(event.number) == event)
    }
    #expect(try reader.event(0) == nil)
    #expect(try reader.event(1) == nil, "the format record is no event")
    #expect(try reader.event(UInt64(events.count + 2)) == nil)
  }

  @Test("today's rules, asked again, decide as they did on the state before", arguments: 1...12)
  func redecide(seed: Int) throws {
    let world = try lived(seed &+ 200, turns: 600)
    let reader = try JournalReader(path: world.directory.journal)
    var station = Station()
    station.position = 1
    var turn: (before: Station, observation: Observation, stamp: Stamp, decisions: [Decision])?
    var turns = 0
    func compare() {
      guard let turn else { return }
      turns += 1
      let again = Turn.decide(turn.before, turn.observation, at: turn.stamp)
      #expect(Array(turn.decisions.prefix(again.count)) == again, "after \(turn.before.position)")
      let rest = turn.decisions.dropFirst(again.count)
      #expect(rest.allSatisfy(isOfMessages), "after \(turn.before.position)")
    }
    try reader.forEachEvent(from: 1) { event in
      switch event.body {
      case .observation(let observation):
        compare()
        turn = (station, observation, event.stamp, [])
      case .decision(let decision): turn?.decisions.append(decision)
      case .checkpoint: break
      }
      station.apply(event)
      return true
    }
    compare()
    #expect(turns >= 400, "what a kill loses had not been told to anybody")
  }

  /// What the outbox adds to the end of a turn.
  private func isOfMessages(_ decision: Decision) -> Bool {
    switch decision {
    case .messageQueued, .messageSent, .messageSettled, .messageParked, .answerSent: true
    default: false
    }
  }

  @Test("the engine's own checkpoints, every 50,000 events, lead to the same state")
  func longLife() throws {
    let world = try World(seed: 4_711, settings: [.sampledInterval: "0"])
    world.troubleRate = 1_000_000
    var counter: Int64 = 0
    while world.mind.durable.position < 2 * Limits.eventsBetweenCheckpoints + 2_000 {
      counter += 100
      world.moment += 1_000_000_000
      try world.observe(
        .meterRead(
          MeterRead {
            $0.evse = 1
            $0.counterMilliwattHours = counter
          }))
      if let due = world.mind.commitDueNanoseconds, due <= world.moment { try world.publish() }
    }
    try world.close()
    let reader = try JournalReader(path: world.directory.journal)
    let (station, checkpoint) = try reader.station()
    #expect(checkpoint > 2 * Limits.eventsBetweenCheckpoints)
    let first = try reader.lastCheckpoint(before: checkpoint - 1)
    #expect(first > Limits.eventsBetweenCheckpoints && first < checkpoint)
    let state = RecordEncoder.encode(station)
    let replayed = try RecordEncoder.encode(fromTheBeginning(reader))
    #expect(state == replayed)
    #expect(state == RecordEncoder.encode(world.mind.durable))
    guard case .checkpoint(let saved)? = try reader.event(checkpoint)?.body else {
      Issue.record("event \(checkpoint) is no checkpoint")
      return
    }
    let before = RecordEncoder.encode(try fromTheBeginning(reader, through: checkpoint - 1))
    #expect(saved.state.content == before)
  }
}
