import Testing

@testable import Drivers

@Suite("contacts are compared with their relay")
struct ContactWatchTests {
  private func rig(
    feedback: Bool = false, loadVoltage: Bool = false,
    _ change: (inout GuardRig.Options) -> Void = { _ in }
  ) -> GuardRig {
    var options = GuardRig.Options()
    options.hasFeedback = feedback
    options.hasLoadVoltage = loadVoltage
    change(&options)
    return GuardRig(options)
  }

  @Test("current through an open relay, three cycles long and not before the third, is a weld")
  func weldByCurrent() {
    let rig = rig()
    rig.close()
    rig.sides[0].contacts = .welded
    rig.command(false)
    let opened = rig.now
    var found: Int64?
    rig.pass(seconds: 10) {
      if found == nil, rig.take().welds == [true] { found = rig.now }
    }
    let seconds = Double((found ?? 0) - opened) / 1e9
    #expect(seconds > 4 && seconds <= 5.1)
  }

  @Test("a weld is the contact's position, keeps the relay open, and ends when somebody resets it")
  func weldStays() {
    let rig = rig()
    rig.close()
    rig.sides[0].contacts = .welded
    rig.command(false)
    rig.pass(seconds: 6)
    #expect(rig.take().contactors.last == true)
    rig.sides[0].contacts = .following
    rig.command(true)
    rig.pass(seconds: 20)
    #expect(!rig.isOn())
    rig.reset()
    #expect(rig.take().welds == [false])
    rig.pass(milliseconds: 100)
    #expect(rig.isOn())
  }

  @Test("noise is no weld: the threshold is ten times what the meter shows of nothing")
  func noise() {
    var watch = ContactWatch(
      hasLoadVoltage: false, noiseMilliamperes: 100, limits: GuardLimits())
    for _ in 0..<20 {
      watch.see(
        MeterCycle(atNanoseconds: 0, milliamperes: 900, milliwatts: 0, millivolts: 230_000),
        cycles: 1)
    }
    #expect(watch.weld == nil)
    for _ in 0..<3 {
      watch.see(
        MeterCycle(atNanoseconds: 0, milliamperes: 1_001, milliwatts: 0, millivolts: 0), cycles: 1)
    }
    #expect(watch.weld == .load(milliamperes: 1_001, milliwatts: 0))
  }

  @Test("one quiet cycle between suspicious ones begins the proof anew")
  func interrupted() {
    var watch = ContactWatch(hasLoadVoltage: false, noiseMilliamperes: 0, limits: GuardLimits())
    for number in 0..<30 {
      let flows = number % 3 != 0
      watch.see(
        MeterCycle(
          atNanoseconds: 0, milliamperes: flows ? 5_000 : 0, milliwatts: flows ? -1_150_000 : 0,
          millivolts: 0), cycles: 1)
    }
    #expect(watch.weld == nil)
  }

  @Test("with the voltage tap behind the contacts a weld shows without a load")
  func weldByVoltage() {
    let rig = rig(loadVoltage: true)
    rig.sides[0].milliamperes = 0
    rig.close()
    rig.sides[0].contacts = .welded
    rig.command(false)
    rig.pass(seconds: 6)
    #expect(rig.take().contains(.welded(evse: 1, isWelded: true, .loadMillivolts(230_000))))
  }

  @Test("without it, a car that draws nothing hides a weld until one draws")
  func hiddenWeld() {
    let rig = rig()
    rig.sides[0].milliamperes = 0
    rig.close()
    rig.sides[0].contacts = .welded
    rig.command(false)
    rig.pass(seconds: 600)
    #expect(rig.take().welds.isEmpty)
    rig.sides[0].milliamperes = 6_000
    rig.pass(seconds: 4)
    #expect(rig.take().welds == [true])
  }

  @Test("a feedback contact tells a weld after 200 ms, and contacts that bounce tell none")
  func weldByFeedback() {
    let rig = rig(feedback: true)
    rig.close()
    #expect(rig.isOn())
    rig.sides[0].contacts = .welded
    rig.command(false)
    rig.pass(milliseconds: 180)
    #expect(rig.take().welds.isEmpty)
    rig.sides[0].contacts = .following
    rig.pass(milliseconds: 40)
    rig.sides[0].contacts = .welded
    rig.pass(milliseconds: 180)
    #expect(rig.take().welds.isEmpty)
    rig.pass(milliseconds: 60)
    #expect(rig.take().contains(.welded(evse: 1, isWelded: true, .feedback)))
  }

  @Test("contacts that do not close trip: by feedback, or by the voltage behind them")
  func failedToClose() {
    let byFeedback = rig(feedback: true)
    byFeedback.sides[0].contacts = .stuckOpen
    byFeedback.close()
    #expect(!byFeedback.isOn())

    let byVoltage = rig(loadVoltage: true)
    byVoltage.sides[0].contacts = .stuckOpen
    byVoltage.pass(seconds: 11)
    byVoltage.command(true)
    byVoltage.pass(seconds: 6)
    #expect(byVoltage.take().trips == [.failedToClose(.loadMillivolts(0))])
    #expect(!byVoltage.isOn())

    byVoltage.sides[0].contacts = .following
    byVoltage.command(false)
    byVoltage.command(true)
    byVoltage.pass(seconds: 60)
    #expect(!byVoltage.isOn())
    byVoltage.command(false)
    byVoltage.reset()
    #expect(byVoltage.take().ended == [.failedToClose(.loadMillivolts(0))])
    byVoltage.command(true)
    byVoltage.pass(seconds: 30)
    #expect(byVoltage.isOn())
  }

  @Test("a blackout is no broken contactor: voltage that goes later says nothing")
  func blackout() {
    let rig = rig(loadVoltage: true)
    rig.close()
    rig.pass(seconds: 10)
    rig.sides[0].contacts = .stuckOpen
    rig.pass(seconds: 20)
    #expect(rig.isOn())
  }

  @Test("contacts that fell open are told apart from those that never closed, and may try again")
  func fellOpen() {
    let rig = rig(feedback: true)
    rig.close()
    rig.sides[0].contacts = .stuckOpen
    rig.pass(seconds: 1)
    let told = rig.take()
    #expect(told.trips == [.fellOpen])
    #expect(told.contactors == [false])
    rig.command(false)
    rig.command(true)
    rig.sides[0].contacts = .following
    rig.pass(seconds: 28)
    #expect(!rig.isOn())
    rig.pass(seconds: 3)
    #expect(rig.isOn())
  }

  @Test("the reported position is the feedback contact's, where one is wired")
  func position() {
    let rig = rig(feedback: true)
    rig.pass(seconds: 11)
    rig.command(true)
    rig.pass(milliseconds: 500)
    rig.command(false)
    rig.pass(milliseconds: 500)
    #expect(rig.take().contactors == [false, true, false])
  }

  @Test("a feedback contact that cannot be read is told, and the relay's level counts instead")
  func lostFeedback() {
    let rig = rig(feedback: true)
    rig.close()
    rig.feedbacks[0].error = .gone
    rig.pass(seconds: 5)
    #expect(rig.isOn())
    rig.command(false)
    rig.pass(milliseconds: 100)
    let told = rig.take()
    #expect(told.contains(.input(.feedback(evse: 1), .gone)))
    #expect(told.contactors == [false])
  }
}

@Suite("inputs are believed when they have settled")
struct InputTests {
  @Test("a cable is in when its contact has kept still for 100 ms, and told once")
  func plug() {
    let rig = GuardRig()
    rig.pass(seconds: 1)
    #expect(rig.take().contains(.cable(evse: 1, connector: 1, isIn: false)))
    for _ in 0..<10 {
      rig.plug.drive(true)
      rig.pass(milliseconds: 40)
      rig.plug.drive(false)
      rig.pass(milliseconds: 40)
    }
    #expect(rig.take().isEmpty)
    rig.plug.drive(true)
    rig.pass(milliseconds: 140)
    #expect(rig.take() == [.cable(evse: 1, connector: 1, isIn: true)])
    rig.pass(seconds: 10)
    #expect(rig.take().isEmpty)
  }

  @Test("an input that cannot be read is told, and its level told anew when it can")
  func unreadable() {
    let rig = GuardRig()
    rig.plug.drive(true)
    rig.pass(seconds: 1)
    _ = rig.take()
    rig.plug.error = .gone
    rig.pass(seconds: 1)
    #expect(rig.take() == [.input(.plug(evse: 1, connector: 1), .gone)])
    rig.plug.error = nil
    rig.pass(seconds: 1)
    #expect(
      rig.take() == [
        .input(.plug(evse: 1, connector: 1), nil), .cable(evse: 1, connector: 1, isIn: true),
      ])
  }

  @Test("whatever comes, a level is only believed after its time, and errors lose it")
  func debouncing() {
    var random = SeededRandom(seed: 5)
    var input = DebouncedInput(activeNanoseconds: 40, inactiveNanoseconds: 100)
    var looks: [(moment: Int64, reading: PinReading)] = []
    var now: Int64 = 0
    for _ in 0..<20_000 {
      now += Int64(5 + random.below(30))
      let reading: PinReading =
        random.below(20) == 0
        ? .failure(.gone)
        : .success(
          random.below(10) < 8
            ? looks.last.map { (try? $0.reading.get()) ?? false } ?? false : random.below(2) == 0)
      looks.append((now, reading))
      looks = looks.suffix(60)
      let change = input.look(reading, nowNanoseconds: now)
      guard change.level, let level = input.level else { continue }
      let wait: Int64 = level ? 40 : 100
      let run = looks.reversed().prefix { (try? $0.reading.get()) == level }
      #expect(now - (run.last?.moment ?? now) >= wait)
    }
  }

  @Test("what the loop cannot take is kept: of a level the last, of events each")
  func backlog() {
    let rig = GuardRig()
    rig.close()
    rig.isFull = true
    for _ in 0..<50 {
      rig.plug.drive(true)
      rig.pass(milliseconds: 200)
      rig.plug.drive(false)
      rig.pass(milliseconds: 200)
    }
    rig.stop.drive(true)
    rig.pass(seconds: 1)
    #expect(rig.take().isEmpty)
    rig.isFull = false
    rig.pass(milliseconds: 20)
    let told = rig.take()
    #expect(told.filter { $0.level == .input(.plug(evse: 1, connector: 1)) }.count == 1)
    #expect(told.trips == [.safety(.emergencyStop)])
    #expect(told.count < 8)
  }
}

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
