import Testing

@testable import ChargePiES

@Suite("The import register")
struct MeterTests {
  private func register(_ story: Story) -> Int64 {
    story.station.evses[0].meter.reading.registerMilliwattHours
  }

  @Test("the register advances by what the counter advances")
  func advances() {
    let story = Story(.cables(1))
    story.when(.meter(1, counter: 1))
    story.when(.meter(1, counter: 1_000))
    story.then()
    #expect(register(story) == 1_000)
  }

  @Test(
    "a new process begins where the register stood, whatever the counter says",
    arguments: [
      0, 500, 5_000_000,
    ] as [Int64])
  func restart(_ counter: Int64) {
    let story = Story(.cables(1))
    story.given {
      $0.tell(.meter(1, counter: 1_000))
      $0.killed(isReady: false)
    }
    story.when(.meter(1, counter: counter))
    story.then(.gap(1, .restarted))
    #expect(register(story) == 1_000)
    story.when(.meter(1, counter: counter + 7))
    story.then()
    #expect(register(story) == 1_007)
  }

  @Test("a counter that goes backwards costs its stretch and nothing else")
  func reset() {
    let story = Story(.cables(1))
    story.given { $0.tell(.meter(1, counter: 1_000)) }
    story.when(.meter(1, counter: 3))
    story.then(.gap(1, .reset))
    #expect(register(story) == 1_000)
    story.when(.meter(1, counter: 10))
    story.then()
    #expect(register(story) == 1_007)
  }

  @Test("a jump that nobody can have drawn is not billed in a session")
  func jumpInSession() {
    let story = Story(.cables(1))
    story.givenCharging()
    let before = register(story)
    let counter = (story.board.counters[1] ?? 0) + 1_000_000
    story.when(.meter(1, counter: counter, power: 2_300_000))
    story.then(.gap(1, .implausible))
    #expect(register(story) == before)
    story.when(.meter(1, counter: counter + 5, power: 2_300_000))
    story.then()
    #expect(register(story) == before + 5)
  }

  @Test("a jump while nothing is connected moves the register")
  func jumpWhileIdle() {
    let story = Story(.cables(1))
    story.when(.meter(1, counter: 1_000_000))
    story.then(.gap(1, .implausible, adopted: true))
    #expect(register(story) == 1_000_000)
  }

  @Test("what the connector can draw in the time between is plausible, and no more")
  func plausible() {
    // 8 kW for 10 seconds, and a second and 10 mWh for rounding.
    let most: Int64 = 8_000_000 * 11 / 3_600 + 10
    for (advance, isPlausible) in [(most, true), (most + 1, false)] {
      let story = Story(.cables(1))
      story.given { $0.tell(.plug(1)) }
      story.moment += 10 * nanosecondsPerSecond
      story.when(.meter(1, counter: advance))
      if isPlausible { story.then() } else { story.then(.gap(1, .implausible)) }
      #expect(register(story) == (isPlausible ? advance : 0))
    }
  }

  @Test("an EVSE's meter may count what the larger of its connectors draws")
  func plausibleForTwo() {
    var world = World()
    world.add(1, [(false, true), (false, true)])
    world.evses[0].connectors[1].plausibleMilliwatts = 80_000_000
    let most: Int64 = 80_000_000 * 11 / 3_600 + 10
    let story = Story(world)
    story.given { $0.tell(.plug(1, connector: 2)) }
    story.moment += 10 * nanosecondsPerSecond
    story.when(.meter(1, counter: most))
    story.then()
    #expect(register(story) == most)
  }

  @Test("the register never goes backwards", arguments: 0..<50 as Range<UInt64>)
  func neverBackwards(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let story = Story(.cables(1))
    var last: Int64 = 0
    for _ in 0..<100 {
      story.given {
        $0.moment += Int64(random.below(20)) * nanosecondsPerSecond
        switch random.below(10) {
        case 0: $0.killed(lostPower: random.once(in: 2))
        case 1: $0.tell(.card(7))
        case 2: $0.tell(random.once(in: 2) ? .plug(1) : .unplug(1))
        default:
          $0.board.counters[1] = Int64(random.below(random.pick([10, 10_000, 10_000_000])))
          $0.tell(.meter(1, counter: $0.board.counters[1] ?? 0))
        }
      }
      #expect(register(story) >= last)
      last = register(story)
    }
  }

  @Test("samples are taken at their interval, with the energy since the one before")
  func samples() {
    let story = Story(World.cables(1).with(.sampledInterval, "10"))
    story.givenCharging(1, milliwatts: 3_600_000)
    story.given { $0.pass(40) }
    let samples = story.history.compactMap { event -> SampleTaken? in
      if case .decision(.sampleTaken(let sample)) = event.body { sample } else { nil }
    }
    #expect(samples.count == 4)
    let intervals = samples.map(\.intervalMilliwattHours)
    #expect(intervals.dropFirst() == [10_000, 10_000, 10_000])
  }

  @Test("a clock-aligned sample has the energy since the clock-aligned one before, sampled or not")
  func alignedSamples() {
    let story = Story(
      World.cables(1).with(.sampledInterval, "7").with(.clockAlignedInterval, "60"))
    story.given { $0.tell(.clock(1_800_000_000 * nanosecondsPerSecond, .ntp)) }
    story.givenCharging(1, milliwatts: 3_600_000)
    story.given { $0.pass(200) }
    let aligned = story.history.compactMap { event -> Int64? in
      guard case .decision(.sampleTaken(let sample)) = event.body, sample.context == .clock
      else { return nil }
      return sample.intervalMilliwattHours
    }
    #expect(aligned.dropFirst() == [60_000, 60_000])
  }

  @Test("a sample that comes late moves none after it; one that comes later than the next is one")
  func lateSamples() {
    let story = Story(World.cables(1).with(.sampledInterval, "10"))
    story.givenCharging()
    let first = story.session(1)?.sampleDueNanoseconds ?? 0
    story.moment = first + 3 * nanosecondsPerSecond
    story.when(.meter(1, counter: story.board.counters[1] ?? 0, power: 2_300_000))
    story.then(.sampled(1, .periodic))
    #expect(story.session(1)?.sampleDueNanoseconds == first + 10 * nanosecondsPerSecond)
    story.moment = first + 34 * nanosecondsPerSecond
    story.when(.meter(1, counter: story.board.counters[1] ?? 0, power: 2_300_000))
    story.then(.sampled(1, .periodic))
    #expect(story.session(1)?.sampleDueNanoseconds == first + 44 * nanosecondsPerSecond)
  }

  @Test("a receipt keeps its samples, thinned when there are too many")
  func thinning() {
    let story = Story(
      World.cables(1).with(.sampledInterval, "5")
        .with(.sampledEndMeasurands, "Energy.Active.Import.Register"))
    story.givenCharging()
    story.given { $0.pass(5 * 300) }
    let kept = story.session(1)?.samples ?? []
    #expect(kept.count <= Limits.samplesPerSession && kept.count > Limits.samplesPerSession / 2)
    #expect(kept == kept.sorted())
    let taken = story.history.compactMap { event -> UInt64? in
      if case .decision(.sampleTaken) = event.body { event.number } else { nil }
    }
    #expect(kept.first == taken.first && kept.last == taken.last)
    story.given { $0.tell(.card(7)) }
    #expect(story.receipts.last?.samples == kept)
  }
}
