import Testing

@testable import ChargePiES

@Suite("Sessions")
struct SessionTests {
  @Test("a plug, then a card: the socket locks, the car charges, a second tap stops it")
  func plugFirst() {
    let story = Story(.sockets(1))
    story.when(.plug(1))
    story.then(.began(1), .status(1, .preparing))
    story.board.cars[1] = 2_300_000
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .authorized(1, 7, .csms),
      .lock(1, locked: true), .permitted(1), .contactor(1, closed: true))
    story.pass(1)
    story.then(.flow(1, .charging), .status(1, .charging))
    story.when(.card(7))
    story.then(
      .contactor(1, closed: false), .ended(1, .local), .lock(1, locked: false),
      .status(1, .finishing))
    story.when(.unplug(1))
    story.then(.status(1, .available))
  }

  @Test("a card, then a plug: the connector waits for its cable")
  func cardFirst() {
    let story = Story(.sockets(1))
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .began(1),
      .authorized(1, 7, .csms), .status(1, .preparing))
    story.when(.plug(1))
    story.then(.lock(1, locked: true), .permitted(1), .contactor(1, closed: true))
    story.pass(3)
    story.then(.flow(1, .suspendedEV), .status(1, .suspendedEV))
  }

  @Test("a fixed cable needs no lock")
  func fixedCable() {
    let story = Story(.cables(1))
    story.when(.plug(1), .card(7))
    story.then(
      .began(1), .status(1, .preparing), .asked(7), .cached(7, .accepted),
      .settled(7, .accepted, .csms), .authorized(1, 7, .csms), .permitted(1),
      .contactor(1, closed: true))
  }

  @Test("a card without a cable is let go after ConnectionTimeOut")
  func connectionTimeOut() {
    let story = Story(World.sockets(1).with(.connectionTimeOut, "30"))
    story.given { $0.tell(.card(7)) }
    story.pass(29)
    story.then()
    story.pass(1)
    story.then(.ended(1, .cancelled), .status(1, .available))
  }

  @Test("without a ConnectionTimeOut a card waits for ever")
  func noConnectionTimeOut() {
    let story = Story(World.sockets(1).with(.connectionTimeOut, "0"))
    story.given { $0.tell(.card(7)) }
    story.pass(3_600)
    story.then()
  }

  @Test("a second tap before the cable takes the card back")
  func secondTapBeforeCable() {
    let story = Story(.sockets(1))
    story.given { $0.tell(.card(7)) }
    story.when(.card(7))
    story.then(.ended(1, .cancelled), .status(1, .available))
  }

  @Test("another card neither stops a session nor starts one on an occupied connector")
  func anotherCard() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.when(.card(8))
    story.then(.asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms))
    #expect(story.session(1)?.token == 7)
  }

  @Test("a card of the same group stops a session, and the receipt names it")
  func sameGroup() {
    let story = Story(.sockets(1))
    story.central.cards = [7: .accepted(group: 99), 8: .accepted(group: 99)]
    story.givenCharging()
    story.when(.card(8))
    story.then(
      .asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms),
      .contactor(1, closed: false), .ended(1, .local, by: 8), .lock(1, locked: false),
      .status(1, .finishing))
    #expect(story.receipts.last?.token == 7)
  }

  @Test("a card of another group does not stop a session")
  func otherGroup() {
    let story = Story(.sockets(1))
    story.central.cards = [7: .accepted(group: 99), 8: .accepted(group: 98)]
    story.givenCharging()
    story.when(.card(8))
    story.then(.asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms))
  }

  @Test("a car that waits beside goes before the group's right to stop")
  func groupMemberStartsBeside() {
    let story = Story(.sockets(2))
    story.central.cards = [7: .accepted(group: 99), 8: .accepted(group: 99)]
    story.givenCharging()
    story.given { $0.tell(.plug(2)) }
    story.when(.card(8))
    story.then(
      .asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms), .authorized(2, 8, .csms),
      .lock(2, locked: true), .permitted(2), .contactor(2, closed: true))
  }

  @Test("the master group stops every session and starts none")
  func masterPass() {
    let story = Story(World.sockets(2).with(.masterPassGroup, "55"))
    story.central.cards = [9: .accepted(group: 55)]
    story.givenCharging(1, card: 7)
    story.givenCharging(2, card: 8)
    story.when(.card(9))
    story.then(
      .asked(9), .cached(9, .accepted), .settled(9, .accepted, .csms),
      .contactor(1, closed: false), .ended(1, .local, by: 9), .contactor(2, closed: false),
      .ended(2, .local, by: 9), .lock(1, locked: false), .lock(2, locked: false),
      .status(1, .finishing), .status(2, .finishing))
    story.when(.unplug(1), .unplug(2), .card(9))
    story.then(
      .status(1, .available), .status(2, .available), .asked(9), .settled(9, .accepted, .csms))
  }

  @Test("the longest charging time ends a session")
  func timeLimit() {
    let story = Story(
      World.sockets(1).with(.sampledInterval, "0").with { $0.maximumChargingSeconds = 600 })
    story.givenCharging()
    story.given { $0.pass(595) }
    story.pass(5)
    story.then(
      .contactor(1, closed: false), .ended(1, .timeLimit), .lock(1, locked: false),
      .status(1, .finishing))
  }

  @Test("a car that pauses is suspended, and charges again when it draws")
  func pauseOfTheCar() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.board.cars[1] = 0
    story.pass(1)
    story.then(.flow(1, .suspendedEV), .status(1, .suspendedEV))
    story.pass(600)
    _ = story.claimAll()
    story.board.cars[1] = 2_300_000
    story.pass(1)
    story.then(.flow(1, .charging), .status(1, .charging))
  }

  @Test("what was measured before the contactor closed says nothing about the flow")
  func readingFromBefore() {
    let story = Story(.cables(1))
    story.givenCharging()
    // The car drew until the end, and the meter has not spoken since.
    story.given {
      $0.tell(.card(7))
      $0.tell(.unplug(1))
      $0.tell(.plug(1))
    }
    story.when(.card(8))
    story.then(
      .asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms), .authorized(1, 8, .csms),
      .permitted(1), .contactor(1, closed: true))
    let counter = story.board.counters[1] ?? 0
    story.moment += nanosecondsPerSecond
    story.when(.meter(1, counter: counter + 1, power: 2_300_000))
    story.then(.flow(1, .charging), .status(1, .charging))
  }

  @Test("a contactor that must rest first: what is measured until it closes says nothing")
  func readingBeforeRestIsOver() {
    let story = Story(.cables(1))
    story.board.contacts = .mute
    story.given {
      $0.tell(.plug(1))
      $0.tell(.card(7))
    }
    let closing = story.moment + 2 * nanosecondsPerSecond
    story.when(.contacts(1, closed: false, deferredUntil: closing))
    story.then()
    let counter = story.board.counters[1] ?? 0
    for (moment, isMeasured) in [(closing, false), (closing + 1, true)] {
      story.moment = moment
      story.when(.meter(1, counter: counter + 1, power: 2_300_000))
      if isMeasured { story.then(.flow(1, .charging), .status(1, .charging)) } else { story.then() }
    }
  }

  @Test("two sessions run beside each other, each with its own receipt")
  func twoSessions() {
    let story = Story(.sockets(2))
    story.givenCharging(1, card: 7, milliwatts: 3_600_000)
    story.givenCharging(2, card: 8, milliwatts: 1_800_000)
    story.given {
      $0.pass(60)
      $0.tell(.card(8))
      $0.tell(.card(7))
    }
    #expect(story.receipts.map(\.token) == [8, 7])
    for receipt in story.receipts {
      let counted = receipt.reading.registerMilliwattHours - receipt.startRegisterMilliwattHours
      #expect(counted == story.board.counters[receipt.evse])
    }
  }

  @Test("a repeated cable report changes nothing")
  func repeatedReports() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.when(.plug(1), .plug(1))
    story.then()
  }

  @Test("the same events under another start's nonce name another session: no card repeats one")
  func restoredCard() {
    let world = World.cables(1)
    let ids = ([7, 8] as [UInt64]).map { nonce -> SessionID? in
      var station = Station()
      let started = world.started(nonce: nonce, bootId: 1)
      for observation in [started, .meter(1, counter: 0), .ready, .plug(1)] {
        let stamp = Stamp {
          $0.boot = 1
          $0.monotonicNanoseconds = nanosecondsPerSecond
        }
        station = Turn(station, observation, at: stamp).station
      }
      return station.evse(1)?.session?.id
    }
    #expect(ids[0] != nil && ids[1] != nil && ids[0] != ids[1])
  }

  @Test("ids of sessions are unique, and are UUIDs of version 8")
  func uniqueIds() {
    var ids = Set<SessionID>()
    for nonce in [1, 2, UInt64.max, 0x1234_5678] as [UInt64] {
      for event in UInt64(1)...20_000 { ids.insert(SessionID(nonce: nonce, event: event)) }
    }
    #expect(ids.count == 80_000)
    let isRight = ids.allSatisfy { id in
      let text = Array(id.description)
      return text.count == 36 && text[14] == "8" && "89ab".contains(text[19]) && !id.isNone
    }
    #expect(isRight)
  }
}
