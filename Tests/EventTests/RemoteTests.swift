import Testing

@testable import ChargePiES

@Suite("Remote start and stop")
struct RemoteTests {
  private let here = Place(evse: 1, connector: 1)

  @Test("a remote start on a plugged-in connector charges without asking again")
  func pluggedIn() {
    let story = Story(.sockets(1))
    story.given { $0.tell(.plug(1)) }
    story.when(asked: .remoteStart(7, at: here))
    story.then(
      .answered(.accepted), .authorized(1, 7, .remoteStart), .lock(1, locked: true),
      .permitted(1), .contactor(1, closed: true), .cached(7, .accepted))
  }

  @Test("a remote start before the cable waits for it, and is let go after ConnectionTimeOut")
  func beforeCable() {
    let story = Story(.sockets(1))
    story.when(asked: .remoteStart(7, at: here))
    story.then(
      .answered(.accepted), .began(1), .authorized(1, 7, .remoteStart), .status(1, .preparing))
    story.pass(60)
    story.then(.ended(1, .cancelled), .status(1, .available))
  }

  @Test("with AuthorizeRemoteTxRequests the card is asked for first")
  func authorizesFirst() {
    let story = Story(World.sockets(1).with(.authorizeRemoteStart, "true"))
    story.given { $0.tell(.plug(1)) }
    story.when(asked: .remoteStart(7, at: here))
    story.then(
      .answered(.accepted), .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms),
      .authorized(1, 7, .csms), .lock(1, locked: true), .permitted(1),
      .contactor(1, closed: true))
  }

  @Test("a refused card ends a remote start that has no cable")
  func refusedWithoutCable() {
    let story = Story(World.sockets(1).with(.authorizeRemoteStart, "true"))
    story.central.cards[7] = .refused(.blocked)
    story.when(asked: .remoteStart(7, at: here))
    story.then(
      .answered(.accepted), .began(1), .asked(7), .status(1, .preparing), .cached(7, .blocked),
      .settled(7, .blocked, .csms), .ended(1, .cancelled), .status(1, .available))
  }

  @Test("without a place the plugged-in connector is chosen")
  func choosesPlace() {
    let story = Story(.sockets(2))
    story.given { $0.tell(.plug(2)) }
    story.when(asked: .remoteStart(7, at: nil))
    story.then(
      .answered(.accepted), .authorized(2, 7, .remoteStart), .lock(2, locked: true),
      .permitted(2), .contactor(2, closed: true), .cached(7, .accepted))
  }

  @Test("a remote start is refused on an occupied, unknown, inoperative or faulted place")
  func refused() {
    let story = Story(.sockets(4))
    story.givenCharging(1)
    story.given {
      let second = Place(evse: 2, connector: 1)
      $0.tell($0.call(.availability(second, operative: false)))
      $0.tell(.fault(3, .groundFailure))
    }
    let places = [
      here, Place(evse: 2, connector: 1), Place(evse: 3, connector: 1), Place(), .unknown,
    ]
    for place in places {
      story.when(asked: .remoteStart(8, at: place))
      story.then(.answered(.rejected))
    }
    let unacceptable = Command.remoteStart(
      RemoteStart {
        $0.token = 8
        $0.isUnacceptable = true
      })
    story.when(asked: unacceptable)
    story.then(.answered(.rejected))
  }

  @Test("a remote stop ends the session that the central system named")
  func remoteStop() {
    let story = Story(.sockets(2))
    story.givenCharging(1, card: 7)
    story.givenCharging(2, card: 8)
    story.when(asked: .remoteStop("tx-2"))
    story.then(
      .answered(.accepted), .contactor(2, closed: false), .ended(2, .remote),
      .lock(2, locked: false), .status(2, .finishing))
  }

  @Test("of several sessions a remote stop ends the one that is named", arguments: [1, 2, 3])
  func remoteStopOfMany(number: Int) {
    let story = Story(.cables(3))
    for evse in 1...3 as ClosedRange<UInt32> {
      story.givenCharging(evse, card: UInt64(evse) + 6)
    }
    story.given { $0.tell($0.call(.remoteStop("tx-\(number)"))) }
    #expect(story.receipts.map(\.evse) == [UInt32(number)])
    #expect(story.receipts.map(\.reason) == [.remote])
  }

  @Test("a remote stop of nothing is refused", arguments: ["tx-9", ""])
  func stopOfNothing(_ reference: String) {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.when(asked: .remoteStop(reference))
    story.then(.answered(.rejected))
  }

  @Test("a session that has ended cannot be stopped remotely")
  func stopOfEnded() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.given { $0.tell(.card(7)) }
    story.when(asked: .remoteStop("tx-1"))
    story.then(.answered(.rejected))
  }

  @Test("a call that names nothing of ours is not supported; vendors are not known")
  func foreignCalls() {
    let story = Story(.sockets(1))
    story.when(asked: nil)
    story.then(.answered(.notSupported))
    story.when(asked: .transferData(TransferData { $0.vendor = "somebody" }))
    story.then(.answered(.unknownVendor))
    story.when(asked: .reportSettings(ReportSettings()))
    story.then(.answered(.accepted))
  }
}
