import Testing

@testable import ChargePiES

@Suite("Outlets without plug sense")
struct OutletTests {
  @Test("the card chooses the free outlet, and the draw tells charging from suspended")
  func cardChooses() {
    let story = Story(.outlets(2))
    story.givenCharging(1, card: 7)
    story.board.cars[2] = 1_000_000
    story.when(.card(8))
    story.then(
      .asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms), .began(2),
      .authorized(2, 8, .csms), .permitted(2), .contactor(2, closed: true),
      .status(2, .preparing))
    story.pass(1)
    story.then(.flow(2, .charging), .status(2, .charging))
  }

  @Test("staying below the smallest power for 30 seconds ends the session")
  func belowMinimumPower() {
    let story = Story(.outlets(1))
    story.givenCharging()
    story.board.cars[1] = 19_999
    story.pass(1)
    story.then(.flow(1, .suspendedEV), .status(1, .suspendedEV))
    story.pass(29)
    story.then()
    story.pass(1)
    story.then(.contactor(1, closed: false), .ended(1, .belowMinimumPower), .status(1, .available))
  }

  @Test("a draw in between starts the 30 seconds anew")
  func drawInBetween() {
    let story = Story(.outlets(1))
    story.givenCharging()
    story.given {
      $0.board.cars[1] = 0
      $0.pass(29)
      $0.board.cars[1] = 2_300_000
      $0.pass(1)
      $0.board.cars[1] = 0
      $0.pass(29)
    }
    #expect(story.session(1) != nil)
    story.given { $0.pass(2) }
    #expect(story.receipts.map(\.reason) == [.belowMinimumPower])
  }

  @Test("without a smallest power a low draw ends nothing")
  func noMinimum() {
    let story = Story(World.outlets(1).with { $0.minimumPowerMilliwatts = 0 })
    story.givenCharging()
    story.given {
      $0.board.cars[1] = 0
      $0.pass(600)
    }
    #expect(story.session(1)?.flow == .suspendedEV)
  }

  @Test("without any draw the session ends after ConnectionTimeOut")
  func neverDrew() {
    let story = Story(World.outlets(1).with(.connectionTimeOut, "20"))
    story.given { $0.tell(.card(7)) }
    story.pass(3)
    story.then(.flow(1, .suspendedEV), .status(1, .suspendedEV))
    story.pass(16)
    story.then()
    story.pass(1)
    story.then(.contactor(1, closed: false), .ended(1, .belowMinimumPower), .status(1, .available))
  }

  @Test("a socket's car may pause for as long as it likes")
  func socketsPause() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.given {
      $0.board.cars[1] = 0
      $0.pass(3_600)
    }
    #expect(story.session(1)?.flow == .suspendedEV)
  }

  @Test("the card stops an outlet, which is free at once")
  func secondTap() {
    let story = Story(.outlets(1))
    story.givenCharging()
    story.when(.card(7))
    story.then(.contactor(1, closed: false), .ended(1, .local), .status(1, .available))
  }

  @Test("when every outlet is taken a card gets nothing")
  func allTaken() {
    let story = Story(.outlets(1))
    story.givenCharging()
    story.when(.card(8))
    story.then(.asked(8), .cached(8, .accepted), .settled(8, .accepted, .csms))
  }
}
