import ChargePiES
import Projections
import Testing

@Suite("times on the wire are the best knowledge at the first sending")
struct ClockWordingTests {
  private let offline: [Variable: String] = [
    .allowOfflineTxForUnknownId: "true", .sampledInterval: "0",
  ]

  /// A whole session without a connection; returns the true times of its start and its stop.
  private func charge(_ rig: Rig, seconds: Int64 = 10) throws -> (start: Int64, stop: Int64) {
    try rig.begin(1, "04A1B2C3")
    let start = rig.wall
    try rig.pass(seconds: seconds)
    try rig.swipe("04A1B2C3", at: [1])
    let stop = rig.wall
    try rig.plug(1, .out)
    return (start, stop)
  }

  private func times(_ rig: Rig) -> [Int64] {
    rig.calls.filter { $0.sent.kind == .transaction }.compactMap {
      $0.payload["timestamp"]?.string.flatMap { Timestamp.nanoseconds(parsing: $0) }
    }
  }

  private func clock(_ rig: Rig, _ wall: Int64, _ quality: ClockQuality) throws {
    try rig.observe(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = wall
          $0.quality = quality
        }))
  }

  @Test("what happened before this boot knew the time is stamped with the time that it was")
  func learntLater() throws {
    let rig = try Rig(settings: offline)
    let truth = try charge(rig)
    #expect(rig.station.clock.current.quality == .unknown)
    try rig.pass(seconds: 100)
    try rig.connect()
    #expect(times(rig) == [truth.start, truth.stop])
  }

  @Test("a clock that was wrong by years is corrected for the past of its boot")
  func corrected() throws {
    let rig = try Rig(settings: offline)
    try clock(rig, Timestamp.nanoseconds(parsing: "2019-01-01T00:00:00Z") ?? 0, .setByHand)
    let truth = try charge(rig)
    try clock(rig, rig.wall, .ntp)
    try rig.connect()
    #expect(times(rig) == [truth.start, truth.stop])
  }

  @Test("what was sent once keeps its time when the clock is corrected afterwards")
  func frozen() throws {
    let rig = try Rig(settings: offline)
    try clock(rig, rig.wall - 7_200_000_000_000, .setByHand)
    rig.script = { $0.action == "StartTransaction" ? .silence : .usual }
    let truth = try charge(rig)
    try rig.connect()
    // The boot notification's answer corrected the clock before the first message was worded.
    #expect(times(rig) == [truth.start])
    try clock(rig, rig.wall + 3_600_000_000_000, .ntp)
    try rig.disconnect()
    rig.script = { _ in .usual }
    try rig.connect()
    #expect(times(rig) == [truth.start, truth.start, truth.stop + 3_600_000_000_000])
    #expect(
      rig.calls("StartTransaction").map(\.bytes).dropFirst().first
        == rig.calls("StartTransaction").first?.bytes)
  }

  @Test("a boot that never knew the time lies between its neighbours, in order")
  func unknownBoot() throws {
    let rig = try Rig(settings: offline)
    try rig.connect()
    try rig.pass(seconds: 100)
    try rig.disconnect()
    let before = rig.wall
    try rig.restart(newBoot: true, after: 3_600_000_000_000)
    _ = try charge(rig)
    try rig.restart(newBoot: true, after: 3_600_000_000_000)
    let after = rig.wall
    try rig.connect()
    let told = times(rig)
    try #require(told.count == 2)
    #expect(told[0] > before)
    #expect(told[1] - told[0] == 10_000_000_000)
    #expect(told[1] < after)
    #expect(rig.station.clock.earlier.map(\.quality) == [.csms, .unknown])
  }

  @Test("a boot that never knew the time, before any that did, is told as before it")
  func unknownFirstBoot() throws {
    let rig = try Rig(settings: offline)
    _ = try charge(rig)
    try rig.restart(newBoot: true)
    let after = rig.wall
    try rig.connect()
    let told = times(rig)
    try #require(told.count == 2)
    #expect(told[0] < told[1])
    #expect(told[1] < after)
    #expect(told[0] > after - 3_600_000_000_000, "never 1970")
  }

  @Test("a boot that fits between its neighbours keeps its own pace")
  func pace() throws {
    var clock = Clock()
    clock.earlier = [
      BootClock {
        $0.boot = 1
        $0.offsetNanoseconds = 1_000_000_000_000
        $0.quality = .ntp
        $0.lastNanoseconds = 5_000_000_000
      },
      BootClock {
        $0.boot = 2
        $0.lastNanoseconds = 100_000_000_000
      },
    ]
    clock.current = BootClock {
      $0.boot = 3
      $0.offsetNanoseconds = 1_200_000_000_000
      $0.quality = .ntp
    }
    for second in Int64(0)...100 {
      let time = clock.wallTime(boot: 2, monotonicNanoseconds: second * 1_000_000_000)
      #expect(time?.nanoseconds == 1_005_000_000_000 + second * 1_000_000_000)
      #expect(time?.isEstimated == true)
    }
  }

  @Test("without any time nothing of a session is sent, and nothing is lost")
  func noTimeAtAll() throws {
    let rig = try Rig(settings: offline)
    rig.script = { call in
      guard call.action == "BootNotification" else { return .usual }
      return .result(#"{"status":"Accepted","currentTime":"2026-11-23T09:00:00Z","interval":300}"#)
    }
    let truth = try charge(rig)
    #expect(rig.upstream.transactions.count == 2)
    #expect(rig.station.wallTime(of: rig.station.now) == nil)
    try rig.connect()
    let told = times(rig)
    #expect(told.count == 2)
    #expect(told.last.map { $0 - (told.first ?? 0) } == truth.stop - truth.start)
  }
}
