import Testing

@testable import ChargePiES

@Suite("Unlocking")
struct UnlockTests {
  @Test("an unlock is answered when the lock has moved")
  func idle() {
    let story = Story(.sockets(1))
    story.when(asked: .unlock(1))
    story.then(.unlocking(1), .lock(1, locked: false), .answered(.unlocked))
  }

  @Test("an unlock ends a running session first")
  func inSession() {
    let story = Story(.sockets(1))
    story.givenCharging()
    story.when(asked: .unlock(1))
    story.then(
      .contactor(1, closed: false), .ended(1, .unlockCommand), .unlocking(1),
      .lock(1, locked: false), .status(1, .finishing), .answered(.unlocked))
  }

  @Test("a lock that will not open is told, and is a fault")
  func fails() {
    let story = Story(.sockets(1))
    story.board.lock = .failsToUnlock
    story.when(asked: .unlock(1))
    story.then(
      .unlocking(1), .lock(1, locked: false), .answered(.unlockFailed),
      .faulted(1, .connectorLockFailure, "ConnectorLock"), .status(1, .faulted))
  }

  @Test("a lock that never moves has failed after five seconds")
  func mute() {
    let story = Story(.sockets(1))
    story.board.lock = .mute
    story.when(asked: .unlock(1))
    story.then(.unlocking(1), .lock(1, locked: false))
    story.pass(5)
    story.then(.answered(.unlockFailed))
  }

  @Test("a fixed cable, and a place that is not there, cannot be unlocked")
  func notSupported() {
    let story = Story(.cables(1))
    story.givenCharging()
    for command in [Command.unlock(1), .unlock(1, 2), .unlock(9), .unlock(0, 0)] {
      story.when(asked: command)
      story.then(.answered(.notSupported))
    }
    #expect(story.session(1)?.isPermitted == true)
  }

  @Test("a second call takes the place of the first, which has failed")
  func second() {
    let story = Story(.sockets(1))
    story.board.lock = .mute
    story.given { $0.tell($0.call(.unlock(1), id: "first")) }
    story.when(asked: .unlock(1))
    story.then(.answered(.unlockFailed), .unlocking(1), .lock(1, locked: false))
    story.when(.lock(1, locked: false))
    story.then(.answered(.unlocked))
  }

  @Test("a lost connection forgets the unlock that waited")
  func lost() {
    let story = Story(.sockets(1))
    story.board.lock = .mute
    story.given { $0.tell($0.call(.unlock(1))) }
    story.when(.linkClosed(1))
    story.then(.planned(failures: 1))
    story.when(.lock(1, locked: false))
    story.then()
  }
}
