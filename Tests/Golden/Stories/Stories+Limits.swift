import ChargePiES

/// Stories that reach every bound which `apply` keeps, so that another bound would not read them.
extension GoldenStory {
  static let limits = lived(
    "limits",
    .forecourt.with([
      (.sampledInterval, "1"), (.sampledMeasurands, ""),
      (.sampledEndMeasurands, "Energy.Active.Import.Register"),
    ]),
    from: "2026-09-09T09:09:00Z",
    """
    More than fits: faults of an EVSE and of the station, samples of a session, calls whose ids are
    remembered, identifications that wait, and statuses of a connector. A checkpoint follows each.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try samples(stage)
    for number in 1...33 { try stage.call("DataTransfer", #"{"vendorId":"\#(number)"}"#) }
    try stage.checkpoint()
    try waiting(stage)
    try stage.checkpoint()
    try faults(stage)
    try stage.checkpoint()
  }

  /// 122 samples: the 121st thins them out.
  private static func samples(_ stage: Stage) throws {
    stage.draw(1, watts: 7_000)
    try stage.plug(1)
    try stage.card("CARD01", [1])
    try stage.pass(seconds: 122)
    try stage.checkpoint()
    try stage.card("CARD01", [1])
    try stage.pass(seconds: 1)
  }

  /// An answer is missing: cards and statuses pile up behind it.
  private static func waiting(_ stage: Stage) throws {
    stage.central.next("Authorize", .silence)
    for number in 10...27 { try stage.card("CARD\(number)", [3]) }
    for _ in 0..<6 {
      try stage.plug(2)
      try stage.unplug(2)
    }
  }

  private static func faults(_ stage: Stage) throws {
    for number in 1...18 {
      let codes = FaultCode.allCases.filter { $0 != .none }
      try stage.fault(2, codes[number % codes.count], "Word\(number)")
      try stage.fault(0, .accessoryFailure, "Part\(number)")
    }
    // What is there already changes its place in the list.
    try stage.fault(2, .powerMeterFailure, "Word9", "again")
  }

  static let limitsOfMemory = written(
    "limits-of-memory",
    """
    Written by hand: more identifications than the cache keeps, more boots than are remembered, a
    counter beyond any meter's, and currents and leaks at the very edges of what counts as too much.
    """
  ) { directory in
    let scribe = try Scribe(directory)
    try boots(scribe, 1...1)
    try edges(scribe)
    try scribe.checkpoint()
    try boots(scribe, 2...68)
    try scribe.checkpoint()
    try cards(scribe)
    try scribe.checkpoint()
    // Forgotten again, so that what is expected at the end is short enough to be read.
    try scribe.turn(.timeReached(TimeReached()), [.cacheChanged(CacheChanged())])
    scribe.end()
  }

  /// Boots of the board, each with another clock.
  private static func boots(_ scribe: Scribe, _ numbers: ClosedRange<UInt32>) throws {
    for number in numbers {
      scribe.boot = number
      scribe.moment = Int64(number) * 1_000_000_007
      var started = Site.forecourt.started(boot: UInt64(number), nonce: UInt64(number))
      // The settings' defaults once are enough.
      if number > 1 { started.defaults = [] }
      if number % 4 != 0 { started.identity = Identity() }
      if number > 1 && number < 68 { started.evses = [] }
      try scribe.turn(
        .started(started),
        [
          .clockCorrected(
            ClockCorrected {
              $0.offsetNanoseconds = 1_790_000_000_000_000_000 + Int64(number) * 3_600_000_000_000
              $0.quality = number % 3 == 0 ? .csms : .ntp
            })
        ])
    }
  }

  /// Borders of over-current (a tenth, a quarter), leaks (50 W) and counters.
  private static func edges(_ scribe: Scribe) throws {
    func read(
      _ evse: UInt32, _ counter: Int64, milliwatts: Int64, _ currents: PhaseValues
    ) throws {
      try scribe.turn(
        .meterRead(
          MeterRead {
            $0.evse = evse
            $0.counterMilliwattHours = counter
            $0.powerMilliwatts = milliwatts
            $0.currentMilliamperes = currents
          }))
    }
    try read(1, 0, milliwatts: 50_000, [35_200])
    try read(2, 1_000_000, milliwatts: 50_001, [1, 35_201, 2])
    try read(3, -5, milliwatts: 99_999, [20_000])
    try scribe.checkpoint()
    try read(1, 2_000_000_000_000_000_000, milliwatts: 100_000, [40_000])
    try read(1, 2_000_000_000_000_000_001, milliwatts: 100_000, [40_001])
    try read(2, 1_000_500, milliwatts: 60_000, [])
    try read(3, 20, milliwatts: 0, [20_001])
    try scribe.checkpoint()
    for _ in 0..<3 { try read(2, 1_000_600, milliwatts: 60_000, [35_201]) }
  }

  /// 1,010 cards; the first is renewed, so others go before it.
  private static func cards(_ scribe: Scribe) throws {
    var decisions: [Decision] = (1...1_000 as ClosedRange<UInt64>).map { learnt($0 * 3, .accepted) }
    decisions.append(learnt(3, .blocked))
    for number: UInt64 in 1...10 { decisions.append(learnt(number * 30 + 1, .expired)) }
    try scribe.turn(.timeReached(TimeReached()), decisions)
  }

  private static func learnt(_ token: UInt64, _ status: AuthorizationStatus) -> Decision {
    .cacheChanged(
      CacheChanged {
        $0.token = token
        $0.info = TokenInfo { $0.status = status }
      })
  }
}
