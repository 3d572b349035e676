import Testing

@testable import ChargePiES

@Suite("Choosing a connector")
struct PlaceTests {
  @Test("the plugged-in connector goes before the first free one")
  func pluggedFirst() {
    let story = Story(.sockets(3))
    story.given { $0.tell(.plug(2)) }
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .authorized(2, 7, .csms),
      .lock(2, locked: true), .permitted(2), .contactor(2, closed: true))
  }

  @Test("a plug elsewhere moves a card that waits for its cable")
  func plugMovesCard() {
    let story = Story(.sockets(2))
    story.given { $0.tell(.card(7)) }
    story.when(.plug(2))
    story.then(
      .ended(1, .cancelled), .began(2), .authorized(2, 7, .csms), .lock(2, locked: true),
      .status(1, .available), .status(2, .preparing), .permitted(2), .contactor(2, closed: true))
  }

  @Test("a plug in the other connector of an EVSE moves the card to it")
  func plugMovesWithinEVSE() {
    var world = World()
    world.add(1, [(lock: true, sense: true), (lock: true, sense: true)])
    let story = Story(world)
    story.given { $0.tell(.card(7)) }
    story.when(.plug(1, connector: 2))
    story.then(
      .ended(1, .cancelled), .began(1, 2), .authorized(1, 7, .csms), .lock(1, locked: true),
      .status(1, .unavailable), .status(1, .preparing, connector: 2), .permitted(1),
      .contactor(1, closed: true))
    #expect(story.session(1)?.connector == 2)
  }

  @Test("a reader of one EVSE ties the card to it: a plug elsewhere begins its own session")
  func tiedCard() {
    let story = Story(.sockets(2))
    story.given { $0.tell(.card(7, at: [1])) }
    story.when(.plug(2))
    story.then(.began(2), .status(2, .preparing))
    #expect(story.session(1)?.token == 7)
  }

  @Test("a reader sees only its own EVSEs", arguments: [1, 2, 3] as [UInt32])
  func readersEVSEs(_ evse: UInt32) {
    let story = Story(.sockets(3))
    story.given {
      for id in 1...3 as ClosedRange<UInt32> { $0.tell(.plug(id)) }
      $0.tell(.card(7, at: [evse]))
    }
    for id in 1...3 as ClosedRange<UInt32> {
      #expect((story.session(id)?.token == 7) == (id == evse))
    }
  }

  @Test("a cable that was put in before another card's session ended is welcomed afterwards")
  func waitingCable() {
    let story = Story(.sockets(1))
    story.given {
      $0.tell($0.call(.availability(Place(evse: 1, connector: 1), operative: false)))
      $0.tell(.plug(1))
    }
    #expect(story.session(1) == nil)
    story.when(asked: .availability(Place(evse: 1, connector: 1), operative: true))
    story.then(
      .available(Place(evse: 1, connector: 1), operative: true), .answered(.accepted), .began(1),
      .status(1, .preparing))
  }

  @Test("while one connector of an EVSE is used the other is unavailable")
  func oneAtATime() {
    var world = World()
    world.add(1, [(lock: true, sense: true), (lock: true, sense: true)])
    let story = Story(world)
    story.when(.plug(1))
    story.then(.began(1), .status(1, .preparing), .status(1, .unavailable, connector: 2))
    story.when(.unplug(1))
    story.then(
      .ended(1, .cancelled), .status(1, .available), .status(1, .available, connector: 2))
  }
}
