import Testing

@testable import ChargePiES

@Suite("Authorization")
struct AuthorizationTests {
  @Test(
    "a card that the central system refuses starts nothing",
    arguments: [AuthorizationStatus.blocked, .expired, .invalid])
  func refused(_ status: AuthorizationStatus) {
    let story = Story(.sockets(1))
    story.central.cards[7] = .refused(status)
    story.given { $0.tell(.plug(1)) }
    story.when(.card(7))
    story.then(.asked(7), .cached(7, status), .settled(7, status, .csms))
  }

  @Test("a card that is busy elsewhere starts nothing, and is not remembered as bad")
  func concurrent() {
    let story = Story(.sockets(1))
    story.central.cards[7] = .refused(.concurrentTransaction)
    story.when(.card(7))
    story.then(.asked(7), .settled(7, .concurrentTransaction, .csms))
    #expect(story.station.cache.isEmpty)
  }

  @Test("with LocalPreAuthorize a cached card starts at once, and is asked about at the start")
  func preAuthorize() {
    let story = Story(World.cables(1).with(.localPreAuthorize, "true"))
    story.givenCached(7, .accepted)
    story.given { $0.tell(.plug(1)) }
    story.when(.card(7))
    story.then(
      .settled(7, .accepted, .cache), .authorized(1, 7, .cache), .permitted(1),
      .contactor(1, closed: true))
  }

  @Test("with LocalPreAuthorize a card that is cached as bad is asked for again")
  func preAuthorizeBad() {
    let story = Story(World.cables(1).with(.localPreAuthorize, "true"))
    story.givenCached(7, .refused(.blocked))
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .began(1),
      .authorized(1, 7, .csms), .status(1, .preparing))
  }

  @Test("with LocalPreAuthorize a card whose time has run out is asked for again")
  func preAuthorizeExpired() {
    let story = Story(World.cables(1).with(.localPreAuthorize, "true"), online: false)
    let wall = 1_800_000_000 * nanosecondsPerSecond
    story.given {
      $0.tell(.clock(wall, .ntp))
      $0.connect()
    }
    story.givenCached(7, .accepted(group: 0, expires: wall + 100 * nanosecondsPerSecond))
    story.pass(101)
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .began(1),
      .authorized(1, 7, .csms), .status(1, .preparing))
  }

  @Test("without the cache nothing is remembered, and clearing it is refused")
  func noCache() {
    let story = Story(World.cables(1).with(.authorizationCacheEnabled, "false"))
    story.when(.card(7))
    story.then(
      .asked(7), .settled(7, .accepted, .csms), .began(1), .authorized(1, 7, .csms),
      .status(1, .preparing))
    story.when(asked: .clearCache(ClearCache()))
    story.then(.answered(.rejected))
  }

  @Test("a cleared cache has forgotten every card")
  func clearedCache() {
    let story = Story(World.cables(1).with(.localPreAuthorize, "true"))
    story.givenCached(7, .accepted)
    story.when(asked: .clearCache(ClearCache()))
    story.then(.answered(.accepted), .cacheCleared)
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .began(1),
      .authorized(1, 7, .csms), .status(1, .preparing))
  }

  @Test("without an answer the offline rules decide, and only once")
  func noAnswer() {
    let story = Story(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    story.central.ignored = [.authorization]
    story.when(.card(7))
    story.then(.asked(7))
    story.when(.card(7))
    story.then()
    story.pass(30)
    story.then(
      .settled(7, .accepted, .offlinePolicy), .began(1), .authorized(1, 7, .offlinePolicy),
      .failed(.authorization), .status(1, .preparing))
  }

  @Test("who was decided about offline is not asked for when the connection is back")
  func notAskedAgain() {
    let story = Story(World.cables(2).with(.allowOfflineTxForUnknownId, "true"))
    story.central.ignored = [.authorization]
    story.given {
      $0.tell(.card(7, at: [1]))
      $0.tell(.card(8, at: [2]))
      $0.disconnect()
    }
    #expect(story.session(1)?.token == 7 && story.session(2)?.token == 8)
    story.given {
      $0.central.ignored = []
      $0.connect()
    }
    #expect(story.station.authority?.authorizations == [])
    #expect(story.sent.filter { $0.kind == .authorization }.count == 1)
  }

  @Test("a connection that is lost while a card is asked for leaves the offline rules")
  func lostWhileAsking() {
    let story = Story(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    story.central.ignored = [.authorization]
    story.when(.card(7))
    story.then(.asked(7))
    story.when(.linkClosed(1))
    story.then(
      .planned(failures: 1), .settled(7, .accepted, .offlinePolicy), .began(1),
      .authorized(1, 7, .offlinePolicy), .status(1, .preparing))
  }

  @Test("a refusal after the start ends the session with StopTransactionOnInvalidId")
  func stopOnInvalid() {
    let story = Story(.cables(1))
    story.central.startedCards[7] = .refused(.blocked)
    story.given { $0.tell(.plug(1)) }
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .authorized(1, 7, .csms),
      .permitted(1), .contactor(1, closed: true), .cached(7, .blocked),
      .contactor(1, closed: false), .ended(1, .deauthorized), .status(1, .finishing))
  }

  @Test("without it the session is kept, without energy")
  func keptOnInvalid() {
    let story = Story(World.cables(1).with(.stopTxOnInvalidId, "false"))
    story.central.startedCards[7] = .refused(.invalid)
    story.given { $0.tell(.plug(1)) }
    story.when(.card(7))
    story.then(
      .asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms), .authorized(1, 7, .csms),
      .permitted(1), .contactor(1, closed: true), .cached(7, .invalid),
      .deauthorized(1, limit: 0), .flow(1, .suspendedEVSE), .contactor(1, closed: false),
      .status(1, .suspendedEVSE))
    story.when(.card(7))
    story.then(.ended(1, .local), .status(1, .finishing))
  }

  @Test("MaxEnergyOnInvalidId lets so much energy through and no more")
  func maxEnergy() {
    let story = Story(
      World.cables(1).with(.stopTxOnInvalidId, "false").with(.maxEnergyOnInvalidId, "10"))
    story.central.startedCards[7] = .refused(.invalid)
    story.board.cars[1] = 3_600_000
    story.given {
      $0.tell(.plug(1))
      $0.tell(.card(7))
      $0.pass(60)
    }
    #expect(story.session(1)?.flow == .suspendedEVSE)
    #expect(story.station.evses[0].meter.reading.registerMilliwattHours == 10_000)
  }

  @Test("what was charged before the refusal counts towards MaxEnergyOnInvalidId")
  func maxEnergyAfterwards() {
    let story = Story(
      World.cables(1).with(.stopTxOnInvalidId, "false").with(.maxEnergyOnInvalidId, "10"))
    story.board.cars[1] = 3_600_000
    story.central.startedCards[7] = .refused(.invalid)
    story.central.ignored = [.transaction]
    story.given {
      $0.tell(.plug(1))
      $0.tell(.card(7))
      $0.pass(6)
      $0.disconnect()
      $0.central.ignored = []
      $0.connect()
      $0.pass(60)
    }
    #expect(story.session(1)?.flow == .suspendedEVSE)
    #expect(story.station.evses[0].meter.reading.registerMilliwattHours == 10_000)
  }

  @Test("identifications that wait are bounded")
  func bounded() {
    let story = Story(.sockets(1))
    story.central.ignored = [.authorization]
    story.given { for card in 1...100 as ClosedRange<UInt64> { $0.tell(.card(card)) } }
    #expect(story.station.authorizations.count == Limits.pendingAuthorizations)
  }
}

extension Story {
  /// A card that the station knows from before, and the central system accepts.
  func givenCached(_ card: UInt64, _ info: TokenInfo) {
    given {
      $0.observe(.card(card))
      let request = $0.station.authorizations.last?.event ?? 0
      let id = $0.station.authority?.open?.messageId ?? ""
      $0.tell(
        .answerReceived(
          AnswerReceived {
            $0.upstream = 1
            $0.kind = .authorization
            $0.source = request
            $0.messageId = id
            $0.token = info
          }))
      if let own = $0.station.evses.first(where: { $0.session?.token == card }) {
        $0.tell(.card(card, at: [own.id]))
      }
    }
    #expect(station.cache.contains { $0.token == card && $0.info == info })
  }
}
