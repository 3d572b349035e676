import Testing

@testable import ChargePiES

private let second = nanosecondsPerSecond
private let wall: Int64 = 1_800_000_000 * nanosecondsPerSecond

@Suite("The wall clock")
struct ClockTests {
  @Test("nobody's clock counts for nothing")
  func unknown() {
    let story = Story(.cables(1), online: false)
    story.when(.clock(wall, .unknown))
    story.then()
    #expect(story.station.wallNanoseconds == nil)
    #expect(story.station.wallTime(of: story.station.now) == nil)
  }

  @Test("a central system tells the time, for what happened before too")
  func central() {
    let story = Story(.cables(1), online: false)
    story.central.epochNanoseconds = wall
    story.given { $0.tell(.plug(1)) }
    let before = story.station.now
    story.given { $0.pass(100) }
    story.when(.linkOpened(1))
    story.then(
      .clock(.csms), .registered(.accepted), .stationStatus(.available), .status(1, .preparing))
    #expect(story.station.wallNanoseconds == wall + story.moment)
    let then = story.station.wallTime(of: before)
    #expect(then == WallTime(nanoseconds: wall + 10 * second, isEstimated: false))
  }

  /// One word on the time, after the clock has stood at another.
  struct Word: Sendable, CustomTestStringConvertible {
    var known: ClockQuality
    var told: ClockQuality
    var offSeconds: Int64
    var counts: Bool
    var testDescription: String { "\(known), then \(told) off by \(offSeconds) s" }
  }

  static let words: [Word] = [
    Word(known: .ntp, told: .ntp, offSeconds: 2, counts: false),
    Word(known: .ntp, told: .ntp, offSeconds: 3, counts: true),
    Word(known: .ntp, told: .ntp, offSeconds: -3, counts: true),
    Word(known: .csms, told: .ntp, offSeconds: 3, counts: true),
    Word(known: .csms, told: .setByHand, offSeconds: 3_600, counts: false),
    Word(known: .setByHand, told: .setByHand, offSeconds: 3, counts: true),
    Word(known: .setByHand, told: .ntp, offSeconds: 3, counts: true),
    Word(known: .csms, told: .unknown, offSeconds: 3_600, counts: false),
    Word(known: .ntp, told: .csms, offSeconds: 3_600, counts: false),
    Word(known: .csms, told: .csms, offSeconds: 3, counts: true),
    Word(known: .csms, told: .csms, offSeconds: 1, counts: false),
    Word(known: .setByHand, told: .csms, offSeconds: 3, counts: true),
  ]

  @Test("who may correct whom, and from which distance", arguments: words)
  func corrections(_ word: Word) {
    let story = Story(World.cables(1).with(.heartbeatInterval, "10"))
    story.given { tell($0, word.known, wall) }
    #expect(story.station.clock.current.quality == word.known)
    story.given { tell($0, word.told, wall + word.offSeconds * second) }
    let expected = word.counts ? wall + word.offSeconds * second : wall
    #expect(story.station.clock.current.offsetNanoseconds == expected)
    #expect(story.station.clock.current.quality == (word.counts ? word.told : word.known))
  }

  @Test("a clock that the kernel no longer vouches for stays, and may be corrected")
  func released() {
    let story = Story(World.cables(1).with(.heartbeatInterval, "10"))
    story.given { tell($0, .ntp, wall) }
    story.given { tell($0, .unknown, wall + 3_600 * second) }
    #expect(story.station.clock.current.offsetNanoseconds == wall)
    #expect(story.station.clock.current.quality == .setByHand)
    story.given { tell($0, .csms, wall + 7 * second) }
    #expect(story.station.clock.current.offsetNanoseconds == wall + 7 * second)
    #expect(story.station.clock.current.quality == .csms)
  }

  @Test("what only drifted keeps its time, a step mends the past", arguments: [40, 4_000])
  func drift(offSeconds: Int64) {
    let story = Story(World.cables(1).with(.heartbeatInterval, "10"))
    story.given { tell($0, .ntp, wall) }
    let believed = story.station.clock.current.offsetNanoseconds + story.moment
    let then = Stamp {
      $0 = story.station.now
      $0.wallNanoseconds = believed
      $0.quality = .ntp
    }
    story.pass(600_000)
    story.given { tell($0, .ntp, wall + offSeconds * second) }
    let told = believed + (offSeconds == 40 ? 0 : offSeconds * second)
    #expect(story.station.wallTime(of: then) == WallTime(nanoseconds: told, isEstimated: false))
  }

  private func tell(_ story: Story, _ quality: ClockQuality, _ offset: Int64) {
    guard quality == .csms else {
      story.tell(.clock(offset + story.moment, quality))
      return
    }
    let answer = AnswerReceived {
      $0.upstream = 1
      $0.kind = .heartbeat
      $0.wallNanoseconds = offset + story.moment
    }
    story.tell(.answerReceived(answer))
  }

  @Test("the system's clock says something new when it is set, in small steps too, or not trusted")
  func watched() {
    let second = nanosecondsPerSecond
    var watch = ClockWatch()
    func reading(_ wall: Int64, _ quality: ClockQuality) -> ClockRead {
      ClockRead {
        $0.wallNanoseconds = wall
        $0.quality = quality
      }
    }
    watch.take(reading(1_000 * second, .ntp), monotonicNanoseconds: 10 * second)
    // Seconds of the wall and since the start, and whether that is news: the third small step is.
    let looks: [(wall: Int64, moment: Int64, quality: ClockQuality, isNew: Bool)] = [
      (1_090, 100, .ntp, false), (1_101, 110, .ntp, false), (1_112, 120, .ntp, false),
      (1_123, 130, .ntp, true), (1_133, 140, .ntp, false), (1_143, 150, .unknown, true),
      (1_153, 160, .unknown, false), (1_160, 170, .unknown, true), (1_170, 180, .unknown, false),
    ]
    for look in looks {
      let isNew = watch.notices(
        reading(look.wall * second, look.quality), monotonicNanoseconds: look.moment * second)
      #expect(isNew == look.isNew, "at \(look.moment) s")
    }
  }

  @Test("clock-aligned samples come at multiples of the interval since midnight")
  func aligned() {
    let story = Story(World.cables(2).with(.clockAlignedInterval, "900"), online: false)
    let midnight = wall - wall % (86_400 * second)
    let start = midnight + 86_400 * second - 1_000 * second
    story.when(.clock(start, .ntp))
    story.then(.clock(.ntp))
    story.pass(99)
    story.then()
    story.pass(1)
    story.then(.sampled(1, .clock), .sampled(2, .clock))
    story.pass(900)
    story.then(.sampled(1, .clock), .sampled(2, .clock))
    #expect(story.station.wallNanoseconds == midnight + 86_400 * second)
  }

  @Test("an interval that does not divide the day starts anew at midnight")
  func unevenInterval() {
    let story = Story(World.cables(1).with(.clockAlignedInterval, "50000"), online: false)
    let midnight = wall - wall % (86_400 * second)
    story.given { $0.tell(.clock(midnight + 60_000 * second, .ntp)) }
    #expect(story.station.alignedDueNanoseconds == midnight + 86_400 * second)
  }

  @Test("without a known time there are no clock-aligned samples")
  func alignedUnknown() {
    let story = Story(World.cables(1).with(.clockAlignedInterval, "60"))
    story.given { $0.pass(600) }
    #expect(story.station.alignedDueNanoseconds == 0)
  }
}

@Suite("Times of earlier boots")
struct EstimateTests {
  private func boot(
    _ number: UInt32, offset: Int64? = nil, last: Int64
  ) -> BootClock {
    BootClock {
      $0.boot = number
      $0.offsetNanoseconds = offset ?? 0
      $0.quality = offset == nil ? .unknown : .ntp
      $0.lastNanoseconds = last
    }
  }

  private func clock(_ boots: BootClock...) -> Clock {
    Clock {
      $0.earlier = Array(boots.dropLast())
      $0.current = boots.last ?? BootClock()
    }
  }

  @Test("a boot that knew the time keeps its own")
  func known() {
    let clock = clock(boot(1, offset: wall, last: 50 * second), boot(2, last: second))
    let time = clock.wallTime(boot: 1, monotonicNanoseconds: 7)
    #expect(time == WallTime(nanoseconds: wall + 7, isEstimated: false))
  }

  @Test("when no boot ever knew the time there is none")
  func never() {
    let clock = clock(boot(1, last: 50 * second), boot(2, last: second))
    #expect(clock.wallTime(boot: 1, monotonicNanoseconds: 7) == nil)
  }

  @Test("an unknown boot lies behind the last known moment before it")
  func lowerBound() {
    let clock = clock(boot(1, offset: wall, last: 50 * second), boot(2, last: 9 * second))
    let time = clock.wallTime(boot: 2, monotonicNanoseconds: 7 * second)
    #expect(time?.isEstimated == true)
    #expect((time?.nanoseconds ?? 0) >= wall + 50 * second)
  }

  @Test("an unknown boot lies before the first known moment behind it")
  func upperBound() {
    let clock = clock(boot(1, last: 50 * second), boot(2, offset: wall, last: 9 * second))
    let times = [0, 20 * second, 50 * second].map {
      clock.wallTime(boot: 1, monotonicNanoseconds: $0)?.nanoseconds ?? 0
    }
    #expect(times.allSatisfy { $0 < wall })
    #expect(times == times.sorted() && Set(times).count == 3)
  }

  @Test("between two known boots it lies between both, in order")
  func bothBounds() {
    let clock = clock(
      boot(1, offset: wall, last: 50 * second), boot(2, last: 100 * second),
      boot(3, offset: wall + 1_000 * second, last: second))
    let times = (0...10 as ClosedRange<Int64>).map {
      clock.wallTime(boot: 2, monotonicNanoseconds: $0 * 10 * second)?.nanoseconds ?? 0
    }
    #expect(times.allSatisfy { $0 >= wall + 50 * second && $0 < wall + 1_000 * second })
    #expect(times == times.sorted())
  }

  @Test(
    "estimated times keep the order of events, within a boot and over boots",
    arguments: [
      (100, 1_000), (1_000, 100), (0, 0), (5, 50_000),
    ] as [(Int64, Int64)])
  func order(_ first: Int64, _ second: Int64) {
    let boots = [
      boot(2, last: first * nanosecondsPerSecond), boot(3, last: second * nanosecondsPerSecond),
    ]
    let known = boot(1, offset: wall, last: 50 * nanosecondsPerSecond)
    for room in [0, 10, 500, 1_000_000] as [Int64] {
      let after = boot(4, offset: wall + (50 + room) * nanosecondsPerSecond, last: 1)
      for earlier in [[known] + boots, boots] {
        let clock = Clock {
          $0.earlier = earlier
          $0.current = after
        }
        let times = boots.flatMap { boot in
          (0...20 as ClosedRange<Int64>).map {
            clock.wallTime(
              boot: boot.boot, monotonicNanoseconds: boot.lastNanoseconds / 20 * $0)?.nanoseconds
              ?? 0
          }
        }
        #expect(times == times.sorted())
        #expect(times.allSatisfy { $0 <= after.offsetNanoseconds })
      }
    }
  }

  @Test("a session of a boot that never knew the time is told with an estimate after the next")
  func wholeStory() {
    let story = Story(World.cables(1).with(.allowOfflineTxForUnknownId, "true"), online: false)
    story.givenCharging()
    story.given {
      $0.pass(100)
      $0.tell(.card(7))
      $0.killed(lostPower: true)
      $0.tell(.clock(wall + $0.moment, .ntp))
    }
    let receipt = story.receipts.last
    let start = receipt.flatMap { story.station.wallTime(of: $0.permittedAt) }
    #expect(start?.isEstimated == true)
    #expect((start?.nanoseconds ?? .max) < wall)
  }

  @Test("boots that are remembered are bounded")
  func bounded() {
    let story = Story(.cables(1), online: false)
    story.given { for _ in 0..<100 { $0.killed(lostPower: true) } }
    let last = UInt32(Limits.rememberedBoots)
    #expect(story.station.clock.earlier.map(\.boot) == Array(101 - last...100), "the newest")
    #expect(story.station.process.boot == 101)
  }
}
