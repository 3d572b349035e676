import Glibc
import Testing

@testable import Drivers

@Suite("the guard trips, says why, and stays open until it may close again")
struct ContactorTripTests {
  @Test("an emergency stop opens everything within 100 ms, a residual current its own EVSE")
  func safety() {
    var options = GuardRig.Options()
    options.evses = 2
    let rig = GuardRig(options)
    rig.pass(seconds: 11)
    rig.command(true, evse: 1)
    rig.command(true, evse: 2)
    rig.pass(milliseconds: 300)
    rig.residual.drive(true)
    rig.pass(milliseconds: 100)
    #expect(!rig.isOn(1))
    #expect(rig.isOn(2))
    rig.stop.drive(true)
    rig.pass(milliseconds: 100)
    #expect(!rig.isOn(2))
    let told = rig.take()
    #expect(told.contains(.tripped(evse: 1, .safety(.residualCurrent))))
    #expect(told.contains(.tripped(evse: 2, .safety(.emergencyStop))))
    #expect(told.contains(.safety(.emergencyStop, evse: 0, isActive: true)))
  }

  @Test("a spike of one look is no emergency")
  func spike() {
    let rig = GuardRig()
    rig.close()
    rig.stop.drive(true)
    rig.look()
    rig.stop.drive(false)
    rig.pass(seconds: 1)
    #expect(rig.isOn())
    #expect(rig.take().trips.isEmpty)
  }

  @Test("a released emergency stop closes nothing: the loop has to open, and close again")
  func latch() {
    let rig = GuardRig()
    rig.close()
    rig.stop.drive(true)
    rig.pass(seconds: 1)
    rig.stop.drive(false)
    rig.pass(seconds: 60)
    #expect(!rig.isOn())
    #expect(rig.take().ended.isEmpty)
    rig.command(false)
    #expect(rig.take().ended == [.safety(.emergencyStop)])
    rig.pass(seconds: 60)
    #expect(!rig.isOn())
    rig.command(true)
    rig.pass(milliseconds: 20)
    #expect(rig.isOn())
  }

  @Test("a trip does not end while its cause lasts, and nothing closes before inputs are known")
  func unknownInputs() {
    var options = GuardRig.Options()
    options.limits.minimumOpenNanoseconds = 0
    let rig = GuardRig(options)
    rig.stop.drive(true)
    rig.command(true)
    rig.pass(seconds: 1)
    #expect(rig.sides[0].edges.isEmpty)
    rig.command(false)
    rig.pass(seconds: 5)
    #expect(rig.take().ended.isEmpty)
    rig.stop.drive(false)
    rig.pass(seconds: 1)
    #expect(rig.take().ended == [.safety(.emergencyStop)])
  }

  @Test("a command to close during an emergency is a trip of its own")
  func closingInDanger() {
    let rig = GuardRig()
    rig.pass(seconds: 11)
    rig.stop.drive(true)
    rig.pass(seconds: 1)
    #expect(rig.take().trips.isEmpty)
    rig.command(true)
    rig.pass(seconds: 1)
    rig.stop.drive(false)
    rig.pass(seconds: 20)
    #expect(!rig.isOn())
    #expect(rig.take().trips == [.safety(.emergencyStop)])
  }

  @Test("a safety input that cannot be read is as bad as an active one")
  func unreadable() {
    let rig = GuardRig()
    rig.close()
    rig.stop.error = .gone
    rig.pass(milliseconds: 100)
    #expect(!rig.isOn())
    var told = rig.take()
    #expect(told.trips == [.safetyUnreadable(.emergencyStop)])
    #expect(told.contains(.input(.safety(.emergencyStop, evse: 0), .gone)))
    rig.command(false)
    rig.stop.error = nil
    rig.pass(seconds: 12)
    told = rig.take()
    #expect(told.contains(.input(.safety(.emergencyStop, evse: 0), nil)))
    #expect(told.ended == [.safetyUnreadable(.emergencyStop)])
    rig.command(true)
    #expect(rig.isOn())
  }

  @Test(
    "more current than allowed opens after 10 s, far more after 2 s, and just the limit never",
    arguments: [(17_600, nil), (17_601, 10), (20_000, 10), (20_001, 2), (60_000, 2)])
  func overCurrent(milliamperes: Int64, seconds: Int64?) {
    let rig = GuardRig()
    rig.sides[0].milliamperes = milliamperes
    rig.close()
    rig.pass(seconds: 30)
    guard let seconds else {
      #expect(rig.isOn())
      return
    }
    #expect(
      rig.take().trips == [
        .overCurrent(milliamperes: milliamperes, limitMilliamperes: 16_000)
      ])
    let edges = rig.sides[0].edges.map(\.nanoseconds)
    let closed = (edges.last ?? 0) - (edges.first ?? 0)
    // The first cycle that shows it comes within a second of the closing.
    #expect(
      (seconds * GuardRig.second...(seconds + 1) * GuardRig.second + 100_000_000)
        .contains(closed))
  }

  @Test("after an over-current it rests, whatever it is told")
  func rest() {
    let rig = GuardRig()
    rig.sides[0].milliamperes = 30_000
    rig.close()
    rig.pass(seconds: 4)
    rig.command(false)
    rig.command(true)
    rig.pass(seconds: 25)
    #expect(!rig.isOn())
    rig.sides[0].milliamperes = 10_000
    rig.pass(seconds: 5)
    #expect(rig.isOn())
    #expect(rig.take().ended.count == 1)
  }

  @Test("a meter that is silent for five seconds opens; its next cycle lets it close again")
  func silentMeter() {
    let rig = GuardRig()
    rig.close()
    rig.sides[0].isMeterAlive = false
    let before = rig.now
    rig.pass(seconds: 7)
    #expect(!rig.isOn())
    let opened = rig.sides[0].edges.last?.nanoseconds ?? 0
    #expect(opened - before <= 5_100 * GuardRig.millisecond)
    guard case .meterSilent(let silence) = rig.take().trips.first else {
      Issue.record("no trip")
      return
    }
    #expect((5_000...5_100).contains(silence / GuardRig.millisecond))
    rig.command(false)
    rig.pass(seconds: 20)
    #expect(rig.take().ended.isEmpty)
    rig.sides[0].isMeterAlive = true
    rig.pass(seconds: 1)
    #expect(rig.take().ended.count == 1)
  }

  @Test("a contactor without a meter, and a limit that says so, do not ask for one")
  func noMeter() {
    var options = GuardRig.Options()
    options.limits.silentMeterNanoseconds = nil
    let rig = GuardRig(options)
    rig.sides[0].isMeterAlive = false
    rig.close()
    rig.pass(seconds: 60)
    #expect(rig.isOn())
  }

  @Test("a loop that does not answer for two seconds opens everything")
  func deadLoop() {
    let rig = GuardRig()
    rig.close()
    rig.pass(seconds: 30)
    #expect(rig.isOn())
    rig.isLoopAlive = false
    let last = rig.control.lastBeatNanoseconds
    rig.pass(seconds: 3)
    #expect(!rig.isOn())
    let opened = rig.sides[0].edges.last?.nanoseconds ?? 0
    #expect(opened - last <= 2_100 * GuardRig.millisecond)
    #expect(opened - last >= 2_000 * GuardRig.millisecond)
    guard case .loopSilent = rig.take().trips.first else {
      Issue.record("no trip")
      return
    }
    // Its command alone is no proof that it lives: it may be old.
    rig.command(false)
    rig.pass(seconds: 20)
    #expect(rig.take().ended.isEmpty)
    rig.isLoopAlive = true
    rig.control.lastBeatNanoseconds = rig.now
    rig.pass(milliseconds: 20)
    #expect(rig.take().ended.count == 1)
  }

  @Test("nobody asks a loop for life while everything is open")
  func idleLoop() {
    let rig = GuardRig()
    rig.isLoopAlive = false
    rig.pass(seconds: 60)
    #expect(rig.asks == 0)
    #expect(rig.take().trips.isEmpty)
  }

  @Test("a process that was stopped as a whole is not taken for a loop that hangs")
  func stoppedProcess() {
    var life = LifeWatch(limits: GuardLimits())
    let second = GuardRig.second
    #expect(life.look(isNeeded: true, lastBeatNanoseconds: 0, nowNanoseconds: 0) == .alive)
    // Five seconds without a look: the loop had no chance to answer.
    let first = life.look(isNeeded: true, lastBeatNanoseconds: 0, nowNanoseconds: 5 * second)
    #expect(first == .ask)
    let next = life.look(
      isNeeded: true, lastBeatNanoseconds: 5 * second + 1, nowNanoseconds: 5 * second + 20_000_000)
    #expect(next == .alive)
  }

  @Test("a relay whose line has gone is reported, and may close again when it is back")
  func lostRelay() {
    let rig = GuardRig()
    rig.close()
    rig.relays[0].error = .gone
    rig.pass(milliseconds: 40)
    var told = rig.take()
    #expect(told.trips == [.relayFailed(.gone)])
    #expect(told.contains(.relay(evse: 1, .gone)))
    rig.command(false)
    rig.pass(seconds: 1)
    rig.relays[0].error = nil
    rig.pass(milliseconds: 40)
    told = rig.take()
    #expect(told.contains(.relay(evse: 1, nil)))
    #expect(told.ended == [.relayFailed(.gone)])
    #expect(!rig.isOn())
    rig.command(true)
    rig.pass(seconds: 11)
    #expect(rig.isOn())
  }

  @Test("a relay that somebody else has moved is found and opened")
  func movedRelay() throws {
    let rig = GuardRig()
    rig.pass(seconds: 2)
    try rig.relays[0].set(true)
    rig.pass(seconds: 2)
    #expect(!rig.isOn())
    let told = rig.take()
    #expect(told.contains(.relay(evse: 1, .os(EIO))))
    #expect(told.last == .relay(evse: 1, nil))
  }
}
