import Testing

@testable import ChargePiES

@Suite("What may wait for the next commit")
struct RidingTests {
  @Test("nothing waits when nothing happened")
  func nothing() throws {
    let loop = try Loop()
    #expect(loop.engine.commitDueNanoseconds == nil)
  }

  @Test("a reading without energy waits for a minute")
  func idleReading() throws {
    var loop = try Loop()
    let first = loop.moment
    try loop.observe(.meter(1, counter: 0))
    loop.moment += 30 * nanosecondsPerSecond
    try loop.observe(.meter(1, counter: 1))
    #expect(loop.engine.commitDueNanoseconds == first + Limits.idleRidingNanoseconds)
  }

  @Test("readings with much energy wait as long as a power cut may cost, from the first")
  func muchEnergy() throws {
    var loop = try Loop()
    let first = loop.moment
    try loop.observe(.meter(1, counter: 0))
    loop.moment += nanosecondsPerSecond
    try loop.observe(.meter(1, counter: Limits.ridingMilliwattHours + 1))
    #expect(loop.engine.commitDueNanoseconds == first + Limits.ridingNanoseconds)
  }

  @Test("the reading that brings the energy to its bound waits a moment for a sample to share it")
  func littleEnergy() throws {
    var loop = try Loop()
    let first = loop.moment
    try loop.observe(.meter(1, counter: 0))
    for second in 1...14 as ClosedRange<Int64> {
      loop.moment = first + second * nanosecondsPerSecond
      try loop.observe(.meter(1, counter: second * 639))
    }
    #expect(loop.engine.commitDueNanoseconds == first + Limits.idleRidingNanoseconds)
    loop.moment += nanosecondsPerSecond
    try loop.observe(.meter(1, counter: 15 * 639))
    #expect(loop.engine.commitDueNanoseconds == loop.moment + Limits.ridingEnergyNanoseconds)
    #expect(Limits.ridingEnergyNanoseconds == nanosecondsPerSecond / 2)
  }

  @Test(
    "at any power a cut at any tenth of a second costs at most 10 Wh, or ten seconds of charging",
    arguments: [
      100, 1_000, 2_300, 2_990, 3_300, 3_600, 7_400, 22_000,
    ] as [Int64])
  func bound(_ watts: Int64) throws {
    var world = World.cables(1)
    world.evses[0].connectors[0].plausibleMilliwatts = 50_000_000
    var loop = try Loop(world)
    let first = loop.moment
    var worst: Int64 = 0
    var commits = 0
    for tenth in 1...6_000 as ClosedRange<Int64> {
      loop.moment = first + tenth * nanosecondsPerSecond / 10
      let flowed = watts * 100 * tenth / 3_600
      let durable = loop.engine.durable.evses[0].meter.reading.registerMilliwattHours
      worst = max(worst, flowed - durable)
      // A sample asks for a reading out of turn now and then.
      let isSample = tenth % 37 == 0
      if tenth % 10 == 0 || isSample { try loop.observe(.meter(1, counter: flowed, power: 0)) }
      if let due = loop.engine.commitDueNanoseconds, due <= loop.moment {
        _ = try loop.engine.commit()
        commits += 1
      }
    }
    #expect(worst <= max(10_000, watts * 10_000 / 3_600))
    // Few enough, too: a minute at the longest, ten seconds or 9 Wh at the shortest.
    #expect(commits <= max(600 / 60, 600 / 9, Int(watts) * 600 / 3_600 / 9) + 1)
  }

  static let urgent: [Observation] = [
    .plug(1), .card(7), .fault(1, .groundFailure), .linkOpened(1), .linkClosed(1), .stop,
    .wish(.linkDown), .frameRefused(FrameRefused { $0.upstream = 1 }),
    .tripReported(TripReported { $0.evse = 1 }), .callReceived(CallReceived { $0.upstream = 1 }),
    .answerReceived(AnswerReceived { $0.reference = "1" }),
    .answerReceived(AnswerReceived { $0.registration = .pending }),
    .meterRead(
      MeterRead {
        $0.evse = 1
        $0.isUrgent = true
      }),
  ]

  @Test("what somebody waits for is committed at once", arguments: urgent)
  func urgentOnes(_ observation: Observation) throws {
    var loop = try Loop()
    try loop.observe(.meter(1, counter: 0))
    try loop.observe(observation)
    #expect(loop.engine.commitDueNanoseconds == 0)
    #expect(try loop.engine.commit().count >= 2)
    #expect(loop.engine.commitDueNanoseconds == nil)
  }

  @Test("acknowledgements wait for theirs")
  func acknowledgement() throws {
    var loop = try Loop()
    try loop.observe(.answerReceived(AnswerReceived { $0.kind = .heartbeat }))
    #expect(loop.engine.commitDueNanoseconds == loop.moment + Limits.ridingAnswerNanoseconds)
  }

  @Test("a status that no frame tells yet waits a second, whatever waits longer")
  func status() throws {
    var loop = try Loop(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    try loop.observe(.plug(1))
    try loop.observe(.card(7))
    _ = try loop.engine.commit()
    loop.moment += nanosecondsPerSecond
    try loop.observe(.answerReceived(AnswerReceived { $0.kind = .heartbeat }))
    loop.moment += 2 * nanosecondsPerSecond
    try loop.observe(.time)
    #expect(loop.engine.station.evses[0].connectors[0].reported.status == .suspendedEV)
    #expect(loop.engine.commitDueNanoseconds == loop.moment + Limits.ridingStatusNanoseconds)
  }

  @Test("a command to close or open never waits")
  func commands() throws {
    var loop = try Loop(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    try loop.observe(.plug(1))
    try loop.observe(.card(7))
    _ = try loop.engine.commit()
    #expect(loop.engine.durable.evses[0].isClosed)
    loop.moment += Limits.silentMeterNanoseconds
    try loop.observe(.time)
    #expect(loop.engine.commitDueNanoseconds == 0)
  }

  @Test("so many records are committed whatever they are")
  func records() throws {
    var loop = try Loop()
    while loop.engine.pending.count < Limits.ridingRecords {
      #expect(loop.engine.commitDueNanoseconds != 0)
      try loop.observe(.meter(1, counter: 0))
    }
    #expect(loop.engine.commitDueNanoseconds == 0)
  }

  @Test("what is not durable is not shown: closing waits for the commit, opening does not")
  func permittedOutputs() throws {
    var loop = try Loop(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    func permitted() -> Bool? {
      Outputs.permitted(
        inMemory: loop.engine.station.outputs, durable: loop.engine.durable.outputs
      ).evses.first?.isClosed
    }
    try loop.observe(.plug(1))
    try loop.observe(.card(7))
    #expect(loop.engine.station.evses[0].isClosed)
    #expect(permitted() == false)
    _ = try loop.engine.commit()
    #expect(permitted() == true)
    try loop.observe(.card(7))
    #expect(permitted() == false)
  }

  @Test("locking does not wait for the commit, unlocking does")
  func permittedLocks() throws {
    var loop = try Loop(World.sockets(1).with(.allowOfflineTxForUnknownId, "true"))
    func lock() -> LockOutput? {
      Outputs.permitted(
        inMemory: loop.engine.station.outputs, durable: loop.engine.durable.outputs
      ).evses.first?.locks.first
    }
    try loop.observe(.plug(1))
    _ = try loop.engine.commit()
    try loop.observe(.card(7))
    #expect(loop.engine.durable.outputs.evses[0].locks[0].isLocked == false)
    #expect(lock()?.isLocked == true)
    try loop.observe(.lock(1, locked: true))
    _ = try loop.engine.commit()
    let locked = lock()
    try loop.observe(.card(7))
    #expect(loop.engine.station.outputs.evses[0].locks[0].isLocked == false)
    #expect(lock() == locked, "the bill comes first")
    _ = try loop.engine.commit()
    #expect(lock()?.isLocked == false)
  }

  @Test("a commit that fails leaves the durable state where it was")
  func failedCommit() throws {
    var loop = try Loop()
    let durable = loop.engine.durable
    try loop.observe(.plug(1))
    loop.store.fails = true
    #expect(throws: MemoryStore.Full.self) { _ = try loop.engine.commit() }
    #expect(loop.engine.durable == durable)
  }

  @Test("a checkpoint comes in time, and holds the whole state")
  func checkpoint() throws {
    var loop = try Loop()
    while loop.engine.station.position < Limits.eventsBetweenCheckpoints {
      try loop.observe(.meter(1, counter: 0))
    }
    let before = loop.engine.station
    _ = try loop.engine.commit()
    guard case .checkpoint(let checkpoint)? = loop.store.events.last?.body else {
      Issue.record("there is no checkpoint")
      return
    }
    let state = try RecordDecoder.decode(Station.self, from: checkpoint.state.content)
    #expect(state == before)
    #expect(checkpoint.stateVersion == Station.stateVersion)
    #expect(checkpoint.chainHash.content == loop.store.chainHash)
    #expect(loop.engine.durable.position == before.position + 1)
    #expect(loop.engine.commits == 3, "the start, the readings, the checkpoint")
    try loop.observe(.meter(1, counter: 0))
    _ = try loop.engine.commit()
    #expect(loop.engine.commits == 4, "the next checkpoint is far away")
  }
}
