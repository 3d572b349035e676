import Testing

@testable import Drivers

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
