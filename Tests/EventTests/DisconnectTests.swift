import Testing

@testable import ChargePiES

@Suite("Disconnecting the car")
struct DisconnectTests {
  private func story(stop: Bool, unlock: Bool) -> Story {
    let world = World.sockets(1).with(.stopTxOnEVSideDisconnect, "\(stop)")
      .with(.unlockOnEVSideDisconnect, "\(unlock)")
    let story = Story(world)
    story.givenCharging()
    return story
  }

  @Test("with both settings the session ends and the cable is released")
  func stopAndUnlock() {
    let story = story(stop: true, unlock: true)
    story.when(.cable(1, .socketOnly))
    story.then(
      .contactor(1, closed: false), .ended(1, .evDisconnected), .lock(1, locked: false),
      .status(1, .finishing))
    story.when(.unplug(1))
    story.then(.status(1, .available))
  }

  @Test("without unlocking the cable stays until its card comes")
  func stopWithoutUnlock() {
    let story = story(stop: true, unlock: false)
    story.when(.cable(1, .socketOnly))
    story.then(
      .contactor(1, closed: false), .ended(1, .evDisconnected), .status(1, .finishing))
    story.when(.card(8))
    _ = story.claimAll()
    #expect(story.station.evses[0].connectors[0].isLocked)
  }

  @Test("the card that charged releases a cable that was kept")
  func cardReleases() {
    let story = story(stop: true, unlock: false)
    story.given { $0.tell(.cable(1, .socketOnly)) }
    story.when(.card(7))
    story.then(.lock(1, locked: false))
    #expect(!story.station.evses[0].connectors[0].isLocked)
  }

  @Test("a central system releases a cable that was kept")
  func callReleases() {
    let story = story(stop: true, unlock: false)
    story.given { $0.tell(.cable(1, .socketOnly)) }
    story.when(asked: .unlock(1))
    story.then(.unlocking(1), .lock(1, locked: false), .answered(.unlocked))
  }

  @Test(
    "without stopping the session waits, suspended, and goes on with the car",
    arguments: [true, false])
  func withoutStop(_ unlock: Bool) {
    let story = story(stop: false, unlock: unlock)
    story.when(.cable(1, .socketOnly))
    story.then(.contactor(1, closed: false), .flow(1, .suspendedEV), .status(1, .suspendedEV))
    story.pass(600)
    _ = story.claimAll()
    story.when(.plug(1))
    story.then(.contactor(1, closed: true))
    story.pass(1)
    story.then(.flow(1, .charging), .status(1, .charging))
  }

  @Test("a cable that leaves the socket always ends the session", arguments: [true, false])
  func outOfSocket(_ stop: Bool) {
    let story = story(stop: stop, unlock: true)
    story.when(.unplug(1))
    story.then(
      .contactor(1, closed: false), .ended(1, .evDisconnected), .lock(1, locked: false),
      .status(1, .available))
  }

  @Test("a fixed cable has only the car's side")
  func fixedCable() {
    let story = Story(World.cables(1).with(.stopTxOnEVSideDisconnect, "false"))
    story.givenCharging()
    story.when(.unplug(1))
    story.then(.contactor(1, closed: false), .flow(1, .suspendedEV), .status(1, .suspendedEV))
    story.when(asked: .remoteStop("tx-1"))
    story.then(.answered(.accepted), .ended(1, .remote), .status(1, .available))
  }

  @Test("a car that leaves before anybody is identified leaves nothing")
  func beforeAuthorization() {
    let story = Story(.sockets(1))
    story.given { $0.tell(.plug(1)) }
    story.when(.unplug(1))
    story.then(.ended(1, .cancelled), .status(1, .available))
    #expect(story.receipts.last?.wasPermitted == false)
  }
}
