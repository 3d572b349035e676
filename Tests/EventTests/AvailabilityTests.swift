import Testing

@testable import ChargePiES

@Suite("Availability and reset")
struct AvailabilityTests {
  private let first = Place(evse: 1, connector: 1)
  private let second = Place(evse: 2, connector: 1)

  @Test("an idle connector changes at once, and back")
  func now() {
    let story = Story(.cables(2))
    story.when(asked: .availability(first, operative: false))
    story.then(
      .available(first, operative: false), .answered(.accepted), .status(1, .unavailable))
    story.given { $0.tell(.plug(1)) }
    #expect(story.session(1) == nil)
    story.when(asked: .availability(first, operative: true))
    story.then(
      .available(first, operative: true), .answered(.accepted), .began(1), .status(1, .preparing))
  }

  @Test("a connector in use changes when its session is over")
  func scheduled() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.when(asked: .availability(first, operative: false))
    story.then(
      .available(first, operative: false, scheduled: true), .answered(.scheduled))
    story.when(.card(7))
    story.then(
      .contactor(1, closed: false), .ended(1, .local), .available(first, operative: false),
      .status(1, .unavailable))
  }

  @Test("a change of mind takes the scheduled change back")
  func takenBack() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.given { $0.tell($0.call(.availability(first, operative: false))) }
    story.when(asked: .availability(first, operative: true))
    story.then(.available(first, operative: true), .answered(.accepted))
    story.when(.card(7))
    story.then(.contactor(1, closed: false), .ended(1, .local), .status(1, .finishing))
  }

  @Test("the whole station changes with all its connectors, each after its session")
  func station() {
    let story = Story(.cables(2))
    story.givenCharging(1)
    story.when(asked: .availability(Place(), operative: false))
    story.then(
      .available(first, operative: false, scheduled: true), .available(second, operative: false),
      .available(Place(), operative: false), .answered(.scheduled), .stationStatus(.unavailable),
      .status(2, .unavailable))
    story.when(.card(7))
    story.then(
      .contactor(1, closed: false), .ended(1, .local), .available(first, operative: false),
      .status(1, .unavailable))
    story.when(asked: .availability(Place(), operative: true))
    story.then(
      .available(first, operative: true), .available(second, operative: true),
      .available(Place(), operative: true), .answered(.accepted), .stationStatus(.available),
      .status(1, .finishing), .status(2, .available))
  }

  @Test("a place that is not there is refused")
  func unknown() {
    let story = Story(.cables(1))
    for place in [second, .unknown, Place(evse: 1, connector: 2)] {
      story.when(asked: .availability(place, operative: false))
      story.then(.answered(.rejected))
    }
  }

  @Test("what is so already is accepted and changes nothing")
  func already() {
    let story = Story(.cables(1))
    story.when(asked: .availability(first, operative: true))
    story.then(.answered(.accepted))
  }

  @Test("a change that waits for the session's end waits over a power cut, too")
  func scheduledSurvives() {
    let story = Story(World.cables(1).with { $0.resumesAfterPowerLoss = true })
    story.givenCharging()
    story.given {
      let place = Place(evse: 1, connector: 1)
      $0.tell($0.call(.availability(place, operative: false)))
      $0.killed(lostPower: true)
    }
    #expect(story.session(1) != nil && !story.station.evses[0].connectors[0].isInoperative)
    story.given { $0.tell(.card(7)) }
    #expect(story.station.evses[0].connectors[0].isInoperative)
  }

  @Test("inoperative stays inoperative over a power cut")
  func persists() {
    let story = Story(.cables(2))
    story.given {
      $0.tell($0.call(.availability(first, operative: false)))
      $0.killed(lostPower: true)
      $0.connect()
    }
    #expect(story.station.evses[0].connectors[0].reported.status == .unavailable)
    #expect(story.station.evses[1].connectors[0].reported.status == .available)
  }

  @Test(
    "a reset ends sessions with its own reason and asks for a restart in time",
    arguments: [
      (RestartKind.soft, EndReason.softReset, Limits.softResetNanoseconds),
      (.hard, .hardReset, Limits.hardResetNanoseconds),
    ])
  func reset(_ kind: RestartKind, _ reason: EndReason, _ patience: Int64) {
    let story = Story(.cables(2))
    story.givenCharging(1)
    story.given { $0.tell(.plug(2)) }
    let due = story.moment + patience
    story.when(asked: .reset(kind))
    story.then(
      .answered(.accepted), .contactor(1, closed: false), .ended(1, reason),
      .ended(2, .cancelled), .restart(kind), .status(1, .finishing), .status(2, .available))
    #expect(story.station.process.restartDueNanoseconds == due)
    #expect(story.station.nextDeadline() ?? .max <= due, "the loop wakes for it")
    story.when(.card(8))
    story.then(.asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms))
    #expect(story.session(1) == nil && story.session(2) == nil)
  }

  @Test("of two resets the harder kind and the earlier moment count", arguments: [true, false])
  func twoResets(hardFirst: Bool) {
    let story = Story(.cables(1))
    let first: RestartKind = hardFirst ? .hard : .soft
    let patience = [
      hardFirst ? Limits.hardResetNanoseconds : Limits.softResetNanoseconds,
      nanosecondsPerSecond
        + (hardFirst ? Limits.softResetNanoseconds : Limits.hardResetNanoseconds),
    ]
    let due = story.moment + (patience.min() ?? 0)
    story.given {
      $0.tell($0.call(.reset(first), id: "first"))
      $0.moment += nanosecondsPerSecond
      $0.tell($0.call(.reset(hardFirst ? .soft : .hard), id: "second"))
    }
    #expect(story.station.process.restart == .hard)
    #expect(story.station.process.restartDueNanoseconds == due)
  }

  @Test("after the restart the cable that was in is still finishing")
  func afterReset() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.given {
      $0.tell($0.call(.reset(.soft)))
      $0.observe(.stop)
      $0.killed()
      $0.connect()
    }
    #expect(story.station.process.restart == .none)
    #expect(story.station.evses[0].connectors[0].reported.status == .finishing)
    #expect(story.receipts.count == 1)
  }
}
