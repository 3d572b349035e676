import Testing

@testable import Drivers

@Suite("locks move once for each order, and say where they got")
struct LockMotorTests {
  private func rig(feedback: Bool) -> GuardRig {
    var options = GuardRig.Options()
    options.hasLock = true
    options.hasLockFeedback = feedback
    let rig = GuardRig(options)
    rig.pass(seconds: 2)
    return rig
  }

  @Test("after the start it is unlocked")
  func start() {
    for feedback in [true, false] {
      let told = rig(feedback: feedback).take()
      #expect(told.contains(.lock(evse: 1, connector: 1, isLocked: false, hasFailed: false)))
    }
  }

  @Test("without feedback it has arrived when it has had its time")
  func blind() {
    let rig = rig(feedback: false)
    _ = rig.take()
    rig.commandLock(true, order: 1)
    #expect(rig.lock.isActive)
    rig.pass(milliseconds: 980)
    #expect(rig.take().isEmpty)
    rig.pass(milliseconds: 60)
    #expect(rig.take() == [.lock(evse: 1, connector: 1, isLocked: true, hasFailed: false)])
  }

  @Test("with feedback it has arrived when its bolt has")
  func arriving() {
    let rig = rig(feedback: true)
    _ = rig.take()
    rig.commandLock(true, order: 1)
    rig.pass(milliseconds: 300)
    rig.bolt.drive(true)
    rig.pass(milliseconds: 140)
    #expect(rig.take() == [.lock(evse: 1, connector: 1, isLocked: true, hasFailed: false)])
  }

  @Test("a bolt that does not move has failed, where it was")
  func failing() {
    let rig = rig(feedback: true)
    _ = rig.take()
    rig.commandLock(true, order: 1)
    rig.pass(milliseconds: 1_100)
    #expect(rig.take() == [.lock(evse: 1, connector: 1, isLocked: false, hasFailed: true)])
    // Another order is another try.
    rig.commandLock(true, order: 2)
    rig.bolt.drive(true)
    rig.pass(milliseconds: 1_100)
    #expect(rig.take() == [.lock(evse: 1, connector: 1, isLocked: true, hasFailed: false)])
  }

  @Test("an order to be where it is is answered, and an old order moves nothing")
  func sameAgain() {
    let rig = rig(feedback: true)
    _ = rig.take()
    rig.commandLock(false, order: 3)
    rig.pass(milliseconds: 1_100)
    #expect(rig.take() == [.lock(evse: 1, connector: 1, isLocked: false, hasFailed: false)])
    rig.commandLock(true, order: 3)
    rig.pass(milliseconds: 1_100)
    #expect(rig.take().isEmpty)
    #expect(!rig.lock.isActive)
  }

  @Test("a bolt that somebody forces open is told")
  func forced() {
    let rig = rig(feedback: true)
    rig.commandLock(true, order: 1)
    rig.bolt.drive(true)
    rig.pass(seconds: 2)
    _ = rig.take()
    rig.bolt.drive(false)
    rig.pass(milliseconds: 200)
    #expect(rig.take() == [.lock(evse: 1, connector: 1, isLocked: false, hasFailed: true)])
  }

  @Test("a relay that cannot be driven is a lock that failed")
  func relay() {
    let rig = rig(feedback: false)
    _ = rig.take()
    rig.lock.error = .gone
    rig.commandLock(true, order: 1)
    rig.pass(seconds: 2)
    #expect(rig.take() == [.lock(evse: 1, connector: 1, isLocked: false, hasFailed: true)])
  }
}
