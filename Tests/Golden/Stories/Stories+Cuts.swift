import ChargePiES

/// Stories in which processes end, and of clocks.
extension GoldenStory {
  static let powerCut = lived(
    "power-cut", .socket.with([(.sampledInterval, "30")]),
    from: "2026-01-15T16:00:00Z",
    """
    Sessions that are cut: by the power (it goes on), by a kill with a message on the wire (it goes
    out again under its id), with the cable gone afterwards, by an orderly stop, and at a station
    that does not go on after a cut. Checkpoints stand in the middle of sessions.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try cutAndResumed(stage)
    try killedWithMessage(stage)
    try cableGone(stage)
    try stopped(stage)
  }

  private static func cutAndResumed(_ stage: Stage) throws {
    stage.draw(1, watts: 7_000)
    try stage.plug(1)
    try stage.card("CARD01")
    try stage.pass(seconds: 34)
    try stage.checkpoint()
    try stage.pass(seconds: 10)
    try stage.cutPower(seconds: 30)
    try stage.start()
    try stage.pass(seconds: 20)
    // A second cut before anything was settled.
    try stage.cutPower(seconds: 3)
    try stage.start()
    try stage.cutPower(seconds: 3)
    try stage.start()
    try stage.pass(seconds: 12)
  }

  private static func killedWithMessage(_ stage: Stage) throws {
    stage.central.next("StopTransaction", .silence)
    try stage.card("CARD01")
    try stage.pass(seconds: 2)
    try stage.kill(restartSeconds: 2)
    stage.central.next("StopTransaction", .loss)
    try stage.start()
    try stage.pass(seconds: 30)
    try stage.unplug(1)
    try stage.pass(seconds: 5)
  }

  private static func cableGone(_ stage: Stage) throws {
    try stage.plug(1)
    try stage.card("CARD02")
    try stage.pass(seconds: 21)
    try stage.cutPower(seconds: 300)
    stage.board.parts[0].locks[0].cable = .out
    try stage.start()
    try stage.pass(seconds: 12)
    // A cable that waits for its card goes on waiting.
    try stage.plug(1)
    try stage.pass(seconds: 2)
    try stage.kill(restartSeconds: 1)
    try stage.start()
    try stage.pass(seconds: 5)
    try stage.card("CARD03")
    try stage.pass(seconds: 9)
  }

  private static func stopped(_ stage: Stage) throws {
    stage.board.parts[0].locks[0].cable = .out
    try stage.stop()
    try stage.start()
    try stage.pass(seconds: 9)
    try stage.plug(1)
    try stage.card("CARD04")
    try stage.pass(seconds: 9)
    stage.site.policy.resumesAfterPowerLoss = false
    try stage.checkpoint()
    try stage.cutPower(seconds: 60)
    try stage.start()
    try stage.pass(seconds: 10)
  }

  static let unknownClock = lived(
    "unknown-clock", .socket.with([(.sampledInterval, "10"), (.clockAlignedInterval, "60")]),
    from: "2026-10-24T23:58:00Z",
    """
    Boots that do not know the time, before, between and after ones that do, each with a session;
    nobody to tell it until the last, whose central system gives the time. Then the network's time,
    its loss, a clock that was set by hand, and steps. Aligned samples begin when time is known.
    """
  ) { stage in
    stage.central.isReachable = false
    stage.site.settings.append((.allowOfflineTxForUnknownId, "true"))
    // The clock of the fourth boot is fast: what follows seems to have had no time for itself.
    let boots: [(quality: ClockQuality, aheadSeconds: Int64, pause: Int64)] = [
      (.unknown, 0, 40), (.ntp, 0, 3_600), (.unknown, 0, 20), (.ntp, 90, 60), (.unknown, 0, 20),
    ]
    for boot in boots {
      stage.clockQuality = boot.quality
      stage.clockAheadSeconds = boot.aheadSeconds
      try stage.start()
      try stage.pass(seconds: 2)
      try stage.visit(1, "CARD01", seconds: 21)
      try stage.cutPower(seconds: boot.pause)
    }
    stage.clockQuality = .unknown
    stage.clockAheadSeconds = 0
    try stage.start()
    try stage.visit(1, "CARD02", seconds: 11)
    stage.central.isReachable = true
    try stage.pass(seconds: 60)
    try clocks(stage)
  }

  private static func clocks(_ stage: Stage) throws {
    try stage.setClock(.setByHand, aheadSeconds: 90)
    try stage.setClock(.ntp, aheadSeconds: 5)
    try stage.visit(1, "CARD03", seconds: 8)
    try stage.setClock(.unknown, aheadSeconds: 0)
    try stage.call("DataTransfer", #"{"vendorId":"clock"}"#)
    try stage.pass(seconds: 61)
    try stage.setClock(.setByHand, aheadSeconds: -30)
    try stage.pass(seconds: 61)
    // Nobody's word: before 2020.
    try stage.see(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = 5 * nanosecondsPerSecond
          $0.quality = .ntp
        }))
    try stage.pass(seconds: 5)
  }
}
