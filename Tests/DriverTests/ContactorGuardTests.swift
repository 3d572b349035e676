import Glibc
import Testing

@testable import Drivers

@Suite("the contactors' guard switches by its rules")
struct ContactorGuardTests {
  @Test("it closes when it is told to, after the rest that a start needs, and says until when")
  func closing() {
    let rig = GuardRig()
    rig.pass(seconds: 1)
    rig.command(true)
    #expect(!rig.isOn())
    let told = rig.take()
    #expect(told.contains(.contactor(evse: 1, isClosed: false)))
    #expect(
      told.contains(.closureDeferred(evse: 1, untilNanoseconds: 1_010 * GuardRig.second)))

    rig.pass(seconds: 8, milliseconds: 960)
    #expect(!rig.isOn())
    rig.pass(milliseconds: 60)
    #expect(rig.isOn())
    #expect(rig.take().contactors == [true])
  }

  @Test("it opens in the moment in which it is told to, and rests before it closes again")
  func opening() {
    let rig = GuardRig()
    rig.close()
    rig.command(false)
    #expect(!rig.isOn())
    rig.command(true)
    rig.pass(seconds: 9, milliseconds: 900)
    #expect(!rig.isOn())
    rig.pass(milliseconds: 200)
    #expect(rig.isOn())
  }

  @Test("an opening between two looks is not missed")
  func openingBetweenLooks() {
    let rig = GuardRig()
    rig.close()
    rig.control.change(1) {
      _ = $0.command(false)
      _ = $0.command(true)
    }
    rig.pass(milliseconds: 20)
    #expect(!rig.isOn())
    #expect(rig.take().trips.isEmpty)
  }

  @Test("it closes no more often in a minute than it may")
  func rate() {
    var options = GuardRig.Options()
    options.limits.minimumOpenNanoseconds = 1_000_000_000
    let rig = GuardRig(options)
    for _ in 0..<200 {
      rig.command(true)
      rig.pass(milliseconds: 700)
      rig.command(false)
      rig.pass(milliseconds: 700)
    }
    let closures = rig.sides[0].edges.filter(\.isClosed).map(\.nanoseconds)
    #expect(closures.count > 20)
    for (index, moment) in closures.enumerated().dropFirst(6) {
      #expect(moment - closures[index - 6] >= 60 * GuardRig.second)
    }
  }

  @Test("without inputs and with everything open it looks twice a second, otherwise fifty times")
  func period() {
    let world = SimulatedWorld()
    let wiring = StationWiring(contactors: [
      ContactorWiring(
        evse: 1, relay: SimulatedPin(world: world), maximumMilliamperes: 16_000)
    ])
    var limits = GuardLimits()
    limits.minimumOpenNanoseconds = 0
    var mind = ContactorGuard(wiring, limits: limits, nowNanoseconds: 0)
    #expect(mind.periodNanoseconds == 500_000_000)
    mind.command(true, evse: 1, nowNanoseconds: 0)
    #expect(mind.periodNanoseconds == 20_000_000)
    _ = mind.look(
      GuardSenses(evses: [EVSESenses()], lastBeatNanoseconds: 0), nowNanoseconds: 0)
    #expect(mind.evses[0].contactor.isClosed)
    #expect(mind.periodNanoseconds == 20_000_000)
    #expect(GuardRig().task.run(nowNanoseconds: 0) == 20_000_000)
  }

  @Test("held open, everything opens, and no command closes anything again")
  func heldOpen() {
    let rig = GuardRig()
    rig.close()
    rig.control.holdOpen()
    rig.pass(milliseconds: 20)
    #expect(!rig.isOn())
    rig.command(false)
    rig.command(true)
    rig.pass(seconds: 60)
    #expect(!rig.isOn())
  }

  @Test("at the end relays and locks are inactive")
  func ending() {
    var options = GuardRig.Options()
    options.hasLock = true
    let rig = GuardRig(options)
    rig.close()
    rig.commandLock(true, order: 1)
    #expect(rig.lock.isActive)
    rig.task.end()
    #expect(!rig.isOn())
    #expect(!rig.lock.isActive)
  }

  @Test("a commanded lock that is not wired, or an EVSE that is not there, is nobody's")
  func unknownPlaces() {
    let rig = GuardRig()
    rig.command(true, evse: 7)
    rig.commandLock(true, order: 1)
    rig.pass(seconds: 20)
    #expect(!rig.isOn())
    #expect(!rig.lock.isActive)
  }
}
