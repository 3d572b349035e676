import Testing

@testable import ChargePiES

@Suite("Connection and registration")
struct ConnectionTests {
  @Test("a start connects at once, registers, and tells every status")
  func start() {
    let story = Story(.cables(2), online: false)
    #expect(story.station.authority?.isConnecting == true)
    story.when(.linkOpened(1))
    story.then(
      .registered(.accepted), .stationStatus(.available), .status(1, .available),
      .status(2, .available))
    #expect(story.sent.map(\.kind) == [.registration, .status, .status, .status])
  }

  @Test("without a central system nothing is tried")
  func noUpstream() {
    let story = Story(World.cables(1).with { $0.hasUpstream = false }, online: false)
    story.pass(3_600)
    story.then()
  }

  @Test(
    "pending and rejected stations try again after the interval",
    arguments: [
      Registration.pending, .rejected,
    ])
  func tryAgain(_ registration: Registration) {
    let story = Story(.cables(1), online: false)
    story.central.registration = registration
    story.central.intervalSeconds = 45
    story.when(.linkOpened(1))
    story.then(.registered(registration))
    story.pass(44)
    story.then()
    #expect(story.sent.count == 1)
    story.central.registration = .accepted
    story.pass(1)
    story.then(
      .changed(.heartbeatInterval, "45"), .registered(.accepted), .stationStatus(.available),
      .status(1, .available))
  }

  @Test(
    "a pause beyond all reason is cut to the longest", arguments: [Registration.rejected, .pending])
  func longestPause(_ registration: Registration) {
    let story = Story(.cables(1), online: false)
    story.given {
      $0.central.registration = registration
      $0.central.intervalSeconds = .max
      $0.connect()
    }
    #expect(
      story.station.authority?.registrationDueNanoseconds
        == story.moment + Limits.longestRetrySeconds * nanosecondsPerSecond)
  }

  @Test("without an interval the next try comes after our own")
  func ownInterval() {
    let story = Story(.cables(1), online: false)
    story.given {
      $0.central.registration = .rejected
      $0.connect()
      $0.pass(Limits.registrationRetrySeconds - 1)
    }
    #expect(story.sent.count == 1)
    story.given { $0.pass(1) }
    #expect(story.sent.count == 2)
  }

  @Test("before it is accepted a station sends nothing else, and starts nothing remotely")
  func nothingElse() {
    let story = Story(World.cables(1).with(.allowOfflineTxForUnknownId, "true"), online: false)
    story.central.registration = .pending
    story.central.intervalSeconds = 1_000
    story.given {
      $0.connect()
      $0.tell(.plug(1))
      $0.tell(.card(7))
      $0.pass(100)
    }
    #expect(story.session(1)?.isPermitted == true)
    #expect(story.sent.map(\.kind) == [.registration])
    story.when(asked: .remoteStart(8, at: nil))
    story.then(.answered(.rejected))
  }

  @Test("a pause that the central system asked for outlives the connection")
  func pauseOutlivesConnection() {
    let story = Story(.cables(1), online: false)
    story.central.registration = .rejected
    story.central.intervalSeconds = 3_600
    story.given {
      $0.connect()
      $0.disconnect()
      $0.pass(60)
      $0.connect()
      $0.pass(3_500)
    }
    #expect(story.sent.count == 1)
    story.given { $0.pass(60) }
    #expect(story.sent.count == 2)
  }

  @Test("an error to the registration is tried again later")
  func registrationError() {
    let story = Story(.cables(1), online: false)
    story.central.refused = [.registration]
    story.when(.linkOpened(1))
    story.then(.failed(.registration), .registered(.none))
    story.central.refused = []
    story.pass(30)
    story.then(.registered(.accepted), .stationStatus(.available), .status(1, .available))
  }

  @Test("the heartbeat comes when nothing was sent for its interval")
  func heartbeat() {
    let story = Story(World.cables(1).with(.heartbeatInterval, "60"))
    let before = story.sent.count
    story.given { $0.pass(59) }
    #expect(story.sent.count == before)
    story.given { $0.pass(1) }
    #expect(story.sent.last?.kind == .heartbeat)
    story.given {
      $0.pass(30)
      $0.tell(.plug(1))
      $0.pass(59)
    }
    #expect(story.sent.last?.kind == .status)
    story.given { $0.pass(1) }
    #expect(story.sent.last?.kind == .heartbeat)
  }

  @Test("a new connection is a sign of life: the heartbeat counts from it, however long the outage")
  func heartbeatAfterOutage() {
    let story = Story(World.cables(1).with(.heartbeatInterval, "60"))
    let before = story.sent.count
    story.given {
      $0.disconnect()
      $0.pass(600)
      $0.connect()
      $0.pass(59)
    }
    #expect(story.sent.count == before)
    story.given { $0.pass(1) }
    #expect(story.sent.dropFirst(before).map(\.kind) == [.heartbeat])
  }

  @Test("a heartbeat interval of zero is none")
  func noHeartbeat() {
    let story = Story(World.cables(1).with(.heartbeatInterval, "0"))
    let before = story.sent.count
    story.given { $0.pass(86_400) }
    #expect(story.sent.count == before)
  }

  @Test("pauses between attempts double up to their cap", arguments: [0, 999] as [UInt32])
  func backOff(_ chance: UInt32) {
    let story = Story(.cables(1), online: false)
    var pauses: [Int64] = []
    story.given {
      for attempt in 1...12 as ClosedRange<UInt64> {
        $0.tell(.linkClosed(attempt, chance: chance))
        let due = $0.station.authority?.connectDueNanoseconds ?? 0
        pauses.append(due - $0.moment)
        $0.moment = due
        $0.tell(.time)
      }
    }
    let whole: [Int64] = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]
    let jitter = 10 * nanosecondsPerSecond / 1_000 * Int64(chance)
    #expect(pauses == whole.map { $0 * nanosecondsPerSecond + jitter })
    // The registration is answered: only that proves the connection.
    story.given { $0.tell(.linkOpened(13)) }
    #expect(story.station.authority?.failures == 0)
  }

  @Test("a new process begins its pauses anew")
  func backOffAfterRestart() {
    let story = Story(.cables(1), online: false)
    story.given {
      for attempt in 1...5 as ClosedRange<UInt64> {
        $0.tell(.linkClosed(attempt))
        $0.moment = $0.station.authority?.connectDueNanoseconds ?? 0
        $0.tell(.time)
      }
      $0.killed()
    }
    story.when(.linkClosed(1))
    story.then(.planned(failures: 1))
  }

  @Test("two calls in a row without an answer give the connection up")
  func halfOpen() {
    let story = Story(World.cables(1).with(.heartbeatInterval, "60"))
    story.central.isSilent = true
    story.pass(60 + 29)
    story.then()
    story.pass(1)
    story.then(.failed(.heartbeat))
    #expect(story.station.isOnline)
    story.pass(60 + 29)
    _ = story.claimAll()
    #expect(!story.station.isOnline)
    #expect(story.station.authority?.isConnecting == true)
  }

  @Test("an answer in between starts the count anew")
  func answerInBetween() {
    let story = Story(World.cables(1).with(.heartbeatInterval, "60"))
    story.given {
      for _ in 0..<5 {
        $0.central.isSilent = true
        $0.pass(90)
        $0.central.isSilent = false
        $0.pass(60)
      }
    }
    #expect(story.station.isOnline)
    #expect(story.station.authority?.connection == 1)
  }

  @Test("an operator keeps the connection down, and takes it up at once")
  func operatorsWish() {
    let story = Story(.cables(1))
    story.when(.wish(.linkDown))
    story.then(.dropped, .planned(failures: 0))
    story.when(.linkClosed(1))
    story.pass(3_600)
    story.then()
    story.when(.wish(.linkUp))
    story.then(.planned(failures: 0), .connecting)
  }

  @Test("a connection that comes back needs no new registration")
  func reconnect() {
    let story = Story(.cables(1))
    story.given {
      $0.disconnect()
      $0.tell(.plug(1))
      $0.connect()
    }
    #expect(story.sent.suffix(1).map(\.kind) == [.status])
    #expect(story.sent.filter { $0.kind == .registration }.count == 1)
  }

  @Test("the end of an older connection leaves the newer one alone")
  func olderConnection() {
    let story = Story(.cables(1))
    story.given {
      $0.disconnect()
      $0.connect()
    }
    story.when(.linkClosed(1))
    story.then()
    #expect(story.station.isOnline && story.station.authority?.connection == 2)
    story.given { $0.tell(.linkClosed(2)) }
    #expect(!story.station.isOnline)
  }

  @Test("before the sensors have spoken nothing is due that nobody would do")
  func notReady() throws {
    var engine = Engine(
      station: Station(), store: MemoryStore(), messages: PostProjection(), lastCheckpoint: 0)
    var moment: Int64 = 10 * nanosecondsPerSecond
    let started = World.cables(2).started(nonce: 7, bootId: 1)
    guard case .started(let event) = started else { return }
    try engine.observe(started, at: engine.stamp(of: event, monotonicNanoseconds: moment))
    for observation in [.time, .linkOpened(1), .time, .plug(1), .time] as [Observation] {
      moment += nanosecondsPerSecond
      try engine.observe(observation, at: engine.stamp(monotonicNanoseconds: moment))
      guard case .timeReached = observation else { continue }
      #expect(engine.station.nextDeadline().map { $0 > moment } ?? true)
    }
    #expect(engine.station.process.isReady == false)
  }
}
