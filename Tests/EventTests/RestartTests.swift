import Testing

@testable import ChargePiES

@Suite("Restarts")
struct RestartTests {
  @Test("after a kill the session ends at its last durable reading", arguments: [false, true])
  func killed(_ lostPower: Bool) {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.given { $0.pass(60) }
    let register = story.station.evses[0].meter.reading.registerMilliwattHours
    let readAt = story.station.evses[0].meter.readAt
    story.moment += 600 * nanosecondsPerSecond
    story.board.counters[1] = lostPower ? 0 : 9_999_999
    story.given { $0.killed(lostPower: lostPower) }
    let receipt = story.receipts.last
    #expect(receipt?.reason == .powerLoss)
    #expect(receipt?.reading.registerMilliwattHours == register)
    #expect(receipt?.endedAt == readAt)
    #expect(story.session(1) == nil)
    #expect(story.station.evses[0].connectors[0].reported.status == .finishing)
  }

  @Test("after a stop that was asked for the reason is Reboot")
  func askedToStop() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.when(.stop)
    story.then()
    #expect(!story.station.evses[0].isClosed)
    story.given { $0.killed() }
    #expect(story.receipts.map(\.reason) == [.reboot])
  }

  @Test("a start opens every contactor before anything else")
  func opensFirst() {
    let story = Story(World.sockets(1).with { $0.resumesAfterPowerLoss = true })
    story.givenCharging()
    story.given { $0.killed(isReady: false) }
    #expect(!story.station.evses[0].isClosed)
    #expect(story.station.outputs.evses.map(\.isClosed) == [false])
    #expect(story.receipts.isEmpty)
  }

  static let contactorFaults: [(String, Bool)] = [
    ("ContactorWelded", true), ("Trip", false), ("RelayLine", false), ("FeedbackInput", false),
  ]

  @Test(
    "a weld is remembered across a start, what else was wrong with a contactor is tried anew",
    arguments: RestartTests.contactorFaults)
  func contactorFault(_ word: String, _ isKept: Bool) {
    let story = Story(.sockets(1))
    story.given { $0.tell(.fault(1, .powerSwitchFailure, word)) }
    story.given { $0.killed(isReady: false) }
    #expect(story.station.evses[0].faults.map(\.vendorCode) == (isKept ? [word] : []))
  }

  @Test("with resume_after_power_loss and the cable in, the session goes on")
  func resumes() {
    let story = Story(World.sockets(1).with { $0.resumesAfterPowerLoss = true })
    story.givenCharging()
    let id = story.session(1)?.id
    story.given { $0.killed(lostPower: true, isReady: false) }
    story.when(.meter(1, counter: 0), .ready)
    story.then(
      .gap(1, .restarted), .resumed(1), .lock(1, locked: true), .status(1, .preparing),
      .contactor(1, closed: true))
    #expect(story.session(1)?.id == id)
    story.given { $0.tell(.card(7)) }
    #expect(story.receipts.map(\.reason) == [.local])
  }

  @Test("a session that goes on is sampled at its interval, counted from then")
  func resumedSamples() {
    let story = Story(
      World.cables(1).with { $0.resumesAfterPowerLoss = true }.with(.sampledInterval, "10"))
    story.givenCharging()
    story.given { $0.killed(lostPower: true) }
    let before = story.moment
    #expect(story.session(1)?.sampleDueNanoseconds == before + 10 * nanosecondsPerSecond)
    story.given { $0.pass(10) }
    #expect(story.session(1)?.sampleDueNanoseconds == before + 20 * nanosecondsPerSecond)
  }

  @Test("a pause without power does not count as charging time")
  func timeLimitOverPause() {
    let story = Story(
      World.cables(1).with {
        $0.resumesAfterPowerLoss = true
        $0.maximumChargingSeconds = 600
      })
    story.givenCharging()
    story.given {
      $0.pass(298)
      $0.moment += 7_200 * nanosecondsPerSecond
      $0.killed()
      $0.pass(299)
    }
    #expect(story.receipts.isEmpty)
    story.given { $0.pass(2) }
    #expect(story.receipts.map(\.reason) == [.timeLimit])
  }

  @Test("a second cut before the session was settled changes neither its end nor its length")
  func cutTwice() {
    let story = Story(
      World.cables(1).with {
        $0.resumesAfterPowerLoss = true
        $0.maximumChargingSeconds = 600
      })
    story.givenCharging()
    story.given { $0.pass(300) }
    let readAt = story.station.evses[0].meter.readAt
    story.given {
      $0.moment += 100 * nanosecondsPerSecond
      $0.killed(isReady: false)
      $0.tell(.meter(1, counter: $0.board.counters[1] ?? 0))
      $0.moment += 100 * nanosecondsPerSecond
      $0.killed(isReady: false)
    }
    #expect(story.session(1)?.interruptedAt == readAt)
    #expect(story.session(1)?.lastedNanoseconds == 302 * nanosecondsPerSecond)
  }

  @Test("an EVSE that the configuration has no more still gets its session's receipt")
  func layoutShrinks() {
    let story = Story(.cables(2))
    story.givenCharging(2)
    story.world = .cables(1)
    story.given { $0.killed() }
    #expect(story.receipts.map(\.reason) == [.powerLoss])
  }

  @Test("without the cable it ends, whatever the policy says")
  func unpluggedMeanwhile() {
    let story = Story(World.sockets(1).with { $0.resumesAfterPowerLoss = true })
    story.givenCharging()
    story.given { $0.killed(lostPower: true, isReady: false) }
    story.when(.unplug(1), .meter(1, counter: 0), .ready)
    story.then(
      .gap(1, .restarted), .ended(1, .powerLoss), .lock(1, locked: false), .status(1, .available))
  }

  @Test("with a fault it ends, whatever the policy says")
  func faultMeanwhile() {
    let story = Story(World.cables(1).with { $0.resumesAfterPowerLoss = true })
    story.givenCharging()
    story.given {
      $0.killed(lostPower: true, isReady: false)
      $0.tell(.fault(1, .groundFailure))
      $0.tell(.meter(1, counter: 0))
      $0.tell(.ready)
    }
    #expect(story.receipts.map(\.reason) == [.powerLoss])
  }

  @Test("a card that had waited for its cable is let go, a cable without a card stays")
  func beforePermission() {
    let story = Story(.sockets(2))
    story.given {
      $0.tell(.card(7, at: [1]))
      $0.tell(.plug(2))
      $0.killed()
    }
    #expect(story.session(1) == nil)
    #expect(story.session(2)?.isAuthorized == false)
    #expect(story.receipts.map(\.reason) == [.cancelled])
  }

  @Test("the outlet's session resumes without a plug sensor")
  func outlet() {
    let story = Story(World.outlets(1).with { $0.resumesAfterPowerLoss = true })
    story.givenCharging()
    story.given { $0.killed() }
    #expect(story.session(1)?.isPermitted == true)
    #expect(story.station.evses[0].isClosed)
  }

  @Test("cache, settings and the queue survive a power cut")
  func persists() {
    let story = Story(World.cables(1).with(.heartbeatInterval, "0"))
    story.givenCharging()
    story.given {
      $0.tell($0.call(.set(.sampledInterval, "77")))
      $0.disconnect()
      $0.tell(.card(7))
    }
    let cache = story.station.cache
    let waiting = story.station.authority?.transactions.count
    story.given { $0.killed(lostPower: true) }
    #expect(story.station.cache == cache && !cache.isEmpty)
    #expect(story.station.integer(.sampledInterval) == 77)
    #expect(story.station.authority?.transactions.count == waiting && waiting == 1)
    story.given { $0.connect() }
    #expect(story.station.authority?.transactions.count == 0)
  }

  @Test("the same boot keeps its number and its clock, another one does not")
  func boots() {
    let story = Story(.cables(1), online: false)
    story.given {
      $0.tell(.clock(1_800_000_000 * nanosecondsPerSecond, .ntp))
      $0.killed()
    }
    #expect(story.station.process.boot == 1)
    #expect(story.station.clock.current.quality == .ntp)
    story.given { $0.killed(lostPower: true) }
    #expect(story.station.process.boot == 2)
    #expect(story.station.clock.current.quality == .unknown)
  }

  @Test("nothing closes, starts or is told before every sensor has spoken")
  func beforeReady() {
    let story = Story(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    story.given { $0.killed(isReady: false) }
    story.when(.card(7), .plug(1))
    #expect(!story.claimAll().contains { if case .statusChanged = $0 { true } else { false } })
    #expect(story.session(1)?.isAuthorized != true)
    #expect(!story.station.evses[0].isClosed)
  }
}
