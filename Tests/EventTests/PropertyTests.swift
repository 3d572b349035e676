import TestSupport
import Testing

@testable import ChargePiES

@Suite("What is always true")
struct PropertyTests {
  static let storiesPerSeed: UInt64 = 50
  static let steps = 200

  @Test(
    "in random stories nothing that must be true is ever broken",
    arguments: 0..<40 as Range<UInt64>)
  func randomStories(_ seed: UInt64) throws {
    for story in 0..<Self.storiesPerSeed {
      try tell(seed * Self.storiesPerSeed + story)
    }
  }

  /// Tells one story; a seed that has failed is called from a test of its own.
  private func tell(_ seed: UInt64) throws {
    var chaos = Chaos(seed: seed)
    defer { _ = chaos.story.claimAll() }
    var mirror = Mirror()
    try mirror.apply(chaos.story.history)
    for step in 0..<Self.steps {
      let events = chaos.step()
      let station = chaos.story.station
      try mirror.apply(events)
      let isClosedRightly = Self.closedRightly(station)
      try #require(isClosedRightly, "seed \(seed), step \(step)")
      let overdue = Self.overdue(station, events)
      try #require(overdue == nil, "seed \(seed), step \(step)")
      let isMirrored = step % 20 != 0 || mirror.station == station
      try #require(isMirrored, "seed \(seed), step \(step)")
    }
    let station = chaos.story.station
    let copy = try RecordDecoder.decode(Station.self, from: RecordEncoder.encode(station))
    let isSame = mirror.station == station && copy == station
    #expect(isSame, "seed \(seed)")
    checkSessions(chaos.story, seed)
  }

  /// A closed contactor has an authorization, a living meter and no fault.
  private static func closedRightly(_ station: Station) -> Bool {
    station.evses.allSatisfy { evse in
      guard evse.isClosed else { return true }
      guard let session = evse.session else { return false }
      return session.isAuthorized && session.isPermitted && evse.meter.isFresh
        && station.blockingFault(evse) == nil && station.process.isReady
        && !station.process.isStopping && evse.sessionConnector?.hasCar == true
    }
  }

  /// What is still due after `TimeReached` (a process that ends has nothing to wait for).
  private static func overdue(_ station: Station, _ events: [Event]) -> Int64? {
    guard case .observation(.timeReached)? = events.first?.body, station.process.isReady,
      !station.process.isStopping, station.process.restart == .none,
      let next = station.nextDeadline(), next <= station.now.monotonicNanoseconds
    else { return nil }
    return next
  }

  /// Every session begins once and ends at most once, never before it began, and never with less
  /// energy.
  private func checkSessions(_ story: Story, _ seed: UInt64) {
    var begun = Set<SessionID>()
    var ended = Set<SessionID>()
    for event in story.history {
      guard case .decision(let decision) = event.body else { continue }
      switch decision {
      case .sessionBegan(let it):
        #expect(begun.insert(it.session).inserted, "seed \(seed)")
      case .sessionEnded(let it):
        #expect(begun.contains(it.session) && ended.insert(it.session).inserted, "seed \(seed)")
        let register = it.reading.registerMilliwattHours
        #expect(!it.wasPermitted || register >= it.startRegisterMilliwattHours, "seed \(seed)")
        let end = it.endedAt ?? event.stamp
        let isForward =
          (it.permittedAt.boot, it.permittedAt.monotonicNanoseconds)
          <= (end.boot, end.monotonicNanoseconds)
        #expect(isForward, "seed \(seed)")
      default: break  // Not of a session's life.
      }
    }
    let running = Set(story.station.evses.compactMap { $0.session?.id })
    #expect(running == begun.subtracting(ended), "seed \(seed)")
  }

  @Test(
    "until the next deadline time alone changes nothing: none is forgotten",
    arguments: 0..<20 as Range<UInt64>)
  func nothingIsForgotten(_ seed: UInt64) throws {
    let month = 30 * 86_400 * nanosecondsPerSecond
    for story in 0..<10 as Range<UInt64> {
      var chaos = Chaos(seed: 100_000 + 10 * seed + story)
      defer { _ = chaos.story.claimAll() }
      for step in 0..<Self.steps {
        _ = chaos.step()
        let moment = chaos.story.moment
        let next = chaos.story.station.nextDeadline() ?? moment + month
        guard next - 1 > moment else { continue }
        let early = chaos.story.foreseen(at: next - 1)
        try #require(early.isEmpty, "story \(story), step \(step)")
      }
    }
  }

  @Test("random stories come to every observation and every decision")
  func reachesEverything() {
    var missing = Set(KindLister.all)
    // The wording of answers and checkpoints are not the station's.
    missing.subtract([88, Record.checkpointKind])
    for seed in 0..<500 as Range<UInt64> where !missing.isEmpty {
      var chaos = Chaos(seed: seed)
      for _ in 0..<Self.steps { _ = chaos.step() }
      for event in chaos.story.history {
        let bytes = RecordEncoder.encode(Record(event, turnOffset: 1))
        bytes.withUnsafeBytes { _ = missing.remove(Record.kind(of: $0)) }
      }
      _ = chaos.story.claimAll()
    }
    #expect(missing.isEmpty)
  }

  @Test("deciding keeps nothing: the same question gets the same answer")
  func decideIsPure() {
    var chaos = Chaos(seed: 4_711)
    for _ in 0..<200 { _ = chaos.step() }
    let station = chaos.story.station
    let stamp = station.now
    for observation in [Observation.card(3), .plug(1), .time, .ready] {
      let once = Turn.decide(station, observation, at: stamp)
      #expect(Turn.decide(station, observation, at: stamp) == once)
    }
    #expect(chaos.story.station == station)
    _ = chaos.story.claimAll()
  }
}

/// A station that is fed from the bytes of every record alone.
struct Mirror {
  private(set) var station = Station()

  /// One or more turns, through their encoding and back.
  mutating func apply(_ events: [Event]) throws {
    var offset: UInt32 = 0
    var stamp = Stamp()
    for event in events {
      if case .observation = event.body { offset = 0 }
      let bytes = RecordEncoder.encode(Record(event, turnOffset: offset))
      let record = try RecordDecoder.decode(Record.self, from: bytes)
      if record.turnOffset == 0 { stamp = record.stamp }
      let body = try #require(record.body)
      station.apply(Event(number: event.number, stamp: stamp, body: body))
      station.checkInvariants()
      offset += 1
    }
  }
}
