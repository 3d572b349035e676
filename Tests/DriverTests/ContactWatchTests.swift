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

  @Test("a weld that came loose is still one: its position is closed until somebody resets it")
  func looseWeld() {
    let rig = rig(feedback: true)
    rig.close()
    rig.sides[0].contacts = .welded
    rig.command(false)
    rig.pass(seconds: 1)
    #expect(rig.take().welds == [true])
    rig.sides[0].contacts = .following
    rig.pass(seconds: 1)
    #expect(rig.take().contactors.isEmpty)
    rig.reset()
    rig.pass(milliseconds: 200)
    let told = rig.take()
    #expect(told.welds == [false])
    #expect(told.contactors == [false])
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

  @Test("a blackout is no broken contactor, where a feedback contact says that it is closed")
  func blackout() {
    let rig = rig(feedback: true, loadVoltage: true)
    rig.close()
    rig.pass(seconds: 10)
    rig.sides[0].hasMains = false
    rig.pass(seconds: 20)
    #expect(rig.isOn())
    #expect(rig.take().trips.isEmpty)
  }

  @Test("without one, three cycles without voltage are contacts that fell open, and two are none")
  func lostVoltage() {
    let rig = rig(loadVoltage: true)
    rig.close()
    rig.pass(seconds: 10)
    rig.sides[0].contacts = .stuckOpen
    rig.pass(seconds: 2)
    rig.sides[0].contacts = .following
    rig.pass(seconds: 5)
    #expect(rig.isOn())
    rig.sides[0].contacts = .stuckOpen
    rig.pass(seconds: 4)
    #expect(!rig.isOn())
    #expect(rig.take().trips == [.fellOpen])
    rig.command(false)
    rig.command(true)
    rig.sides[0].contacts = .following
    rig.pass(seconds: 31)
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
