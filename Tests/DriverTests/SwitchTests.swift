import ChargePiES
import Drivers
import Testing

@Suite("simulated contactors, locks and meters")
struct SwitchTests {
  @Test("a contactor follows its command, and says so once")
  func contactor() throws {
    let bench = Bench()
    bench.start()
    #expect(bench.command(closed: true).contactors == [true])
    #expect(bench.command(closed: true).contactors == [])
    #expect(bench.command(closed: false).contactors == [false])
  }

  @Test("a welded contactor keeps drawing when it is commanded open, until it is mended")
  func welded() throws {
    let bench = Bench()
    bench.start()
    try bench.plug()
    bench.command(closed: true, offer: 16_000)
    try bench.board.setContactor(evse: 1, .welded, nowNanoseconds: bench.moment)
    #expect(bench.take().contactors == [], "closed is closed")
    let opened = bench.command(closed: false)
    #expect(opened.contactors == [])
    #expect(opened.readings.last?.powerMilliwatts == 7_360_000, "what it takes, not the offer")
    let before = try bench.reading().counterMilliwattHours
    bench.pass(milliseconds: 36_000)
    #expect(try bench.reading().counterMilliwattHours == before + 73_600)
    try bench.board.setContactor(evse: 1, .ok, nowNanoseconds: bench.moment)
    let mended = bench.take()
    #expect(mended.contactors == [false])
    #expect(mended.readings.last?.powerMilliwatts == 0)
  }

  @Test("a contactor that welds while it is open lets current flow without a command")
  func weldedOpen() throws {
    let bench = Bench()
    bench.start()
    try bench.plug()
    try bench.board.setContactor(evse: 1, .welded, nowNanoseconds: bench.moment)
    let found = bench.take()
    #expect(found.contactors == [true])
    #expect(found.readings.last?.powerMilliwatts == 7_360_000)
  }

  @Test("a contactor that is stuck open never closes, and nothing is drawn")
  func stuckOpen() throws {
    let bench = Bench()
    bench.start()
    try bench.plug()
    try bench.board.setContactor(evse: 1, .stuckOpen, nowNanoseconds: bench.moment)
    let found = bench.command(closed: true) + bench.pass(milliseconds: 5_000)
    #expect(found.contactors == [])
    #expect(found.readings.isEmpty)
    try bench.board.setContactor(evse: 1, .ok, nowNanoseconds: bench.moment)
    #expect(bench.take().contactors == [true])
  }

  @Test("a lock moves once for each order, and says where it is")
  func lock() {
    let bench = Bench(hasLock: true)
    bench.start()
    #expect(bench.lock(true).locks.map(\.isLocked) == [true])
    #expect(bench.take().locks.isEmpty)
    #expect(bench.lock(true).locks.map(\.isLocked) == [true], "another order, another move")
    #expect(bench.lock(false).locks.map(\.isLocked) == [false])
  }

  @Test(
    "a lock that fails is found where it was not sent",
    arguments: [
      (LockMode.failLock, true), (.failUnlock, false),
    ])
  func failing(mode: LockMode, direction: Bool) throws {
    let bench = Bench(hasLock: true)
    bench.start()
    try bench.board.setLock(evse: 1, mode)
    let other = bench.lock(!direction).locks
    #expect(other.map(\.hasFailed) == [false])
    let failed = bench.lock(direction).locks
    #expect(failed.map(\.hasFailed) == [true])
    #expect(failed.map(\.isLocked) == [!direction])
    try bench.board.setLock(evse: 1, .ok)
    #expect(bench.lock(direction).locks.map(\.isLocked) == [direction])
  }

  @Test("where there is no lock, nothing is said about one")
  func noLock() {
    let bench = Bench(hasLock: false)
    bench.start()
    #expect(bench.lock(true).isEmpty)
  }

  @Test("a meter that is set reads what it was set to, at once and urgently")
  func setMeter() throws {
    let bench = Bench()
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    try bench.board.setMeter(
      evse: 1, counterMilliwattHours: 9_000_000, milliamperes: 5_000, millivolts: 240_000,
      nowNanoseconds: bench.moment)
    let reading = try #require(bench.take().readings.last)
    #expect(reading.isUrgent)
    #expect(reading.counterMilliwattHours == 9_000_000)
    #expect(reading.currentMilliamperes == [5_000])
    #expect(reading.voltageMillivolts == [240_000])
    #expect(reading.powerMilliwatts == 1_200_000)
    bench.pass(milliseconds: 3_600_000, step: 10_000)
    #expect(try bench.reading().counterMilliwattHours == 9_000_000 + 1_200_000)
  }

  @Test("a meter that resets on plug begins at zero with each car", arguments: [true, false])
  func resets(resets: Bool) throws {
    let bench = Bench { $0.metersResetOnPlug = resets }
    bench.start()
    for _ in 0..<2 {
      let found = try bench.plug()
      let reset = found.readings.first { $0.counterMilliwattHours == 0 && $0.isUrgent }
      #expect((reset != nil) == resets)
      bench.command(closed: true)
      bench.pass(milliseconds: 36_000)
      bench.command(closed: false)
      try bench.board.unplug(
        evse: 1, connector: 1, carSideOnly: false, nowNanoseconds: bench.moment)
      _ = bench.take()
    }
    #expect(try bench.reading().counterMilliwattHours == (resets ? 73_600 : 147_200))
  }

  @Test("a closed circuit is read once a second, an open idle one never")
  func cadence() throws {
    let bench = Bench()
    bench.start()
    #expect(bench.pass(milliseconds: 60_000, step: 100).isEmpty, "open and idle")
    try bench.plug()
    #expect(bench.pass(milliseconds: 60_000, step: 100).isEmpty, "open, with a car")
    bench.command(closed: true)
    let readings = bench.pass(milliseconds: 60_000, step: 100).readings
    #expect(readings.count == 60)
    bench.command(closed: false)
    #expect(bench.pass(milliseconds: 60_000, step: 100).isEmpty)
  }

  @Test("the board says when its next reading is due")
  func due() throws {
    let bench = Bench()
    bench.start()
    #expect(bench.board.dueNanoseconds == nil)
    bench.command(closed: true)
    let due = try #require(bench.board.dueNanoseconds)
    #expect(due > bench.moment - nanosecondsPerSecond && due <= bench.moment + nanosecondsPerSecond)
    bench.moment = due
    #expect(bench.take().readings.count == 1)
    #expect(bench.board.dueNanoseconds == due + nanosecondsPerSecond)
  }

  @Test("meters through which current flows are read when somebody asks, the others are not")
  func readMeters() throws {
    let bench = Bench(evses: 2)
    bench.start()
    try bench.plug()
    bench.command(closed: true)
    bench.moment += 250_000_000
    let found = bench.board.readMeters(nowNanoseconds: bench.moment)
    #expect(found.readings.map(\.evse) == [1])
    let quarterOfASecond: Int64 = 7_360_000 / 4 / 3_600
    #expect(found.readings.map(\.counterMilliwattHours) == [quarterOfASecond])
  }

  @Test("what every sensor says at the start: cables, contactors, meters")
  func firstReadings() {
    let bench = Bench(evses: 3)
    let found = bench.start()
    #expect(found.cables.map(\.evse) == [1, 2, 3])
    #expect(found.contactors == [false, false, false])
    #expect(found.readings.map(\.evse) == [1, 2, 3])
    #expect(bench.take().isEmpty)
  }
}
