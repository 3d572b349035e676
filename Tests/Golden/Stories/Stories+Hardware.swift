import ChargePiES

/// The story of what breaks.
extension GoldenStory {
  static let brokenHardware = lived(
    "broken-hardware", .forecourt.with([(.sampledInterval, "0")]),
    from: "2026-07-07T18:00:00Z",
    """
    Everything breaks once, mostly in the middle of a session: a silent meter, contactors that weld
    or do not close, current through an open contactor, a lock, over-current, the emergency stop, a
    driver's own trip, readers and displays, counters that jump, and a full disk.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try meters(stage)
    try contactors(stage)
    try locks(stage)
    try currents(stage)
    try people(stage)
    try storage(stage)
  }

  /// Somebody charges for some seconds.
  private static func charge(
    _ stage: Stage, _ evse: UInt32, _ card: String, _ seconds: Int64
  ) throws {
    stage.draw(evse, watts: 6_900)
    try stage.plug(evse)
    try stage.card(card, [evse])
    try stage.pass(seconds: seconds)
  }

  private static func meters(_ stage: Stage) throws {
    try charge(stage, 1, "CARD01", 4)
    stage.board.parts[0].counter = 3
    try stage.pass(seconds: 4)
    stage.board.parts[0].counter += 5_000_000
    try stage.pass(seconds: 4)
    stage.board.parts[0].isSilent = true
    try stage.pass(seconds: 9)
    stage.board.parts[0].isSilent = false
    try stage.read(1)
    try stage.unplug(1)
    try stage.pass(seconds: 2)
    // Nobody is there: the register follows the meter that was set.
    stage.board.parts[0].counter += 9_000_000
    try stage.read(1)
    try stage.see(
      .meterRead(
        MeterRead {
          $0.evse = 2
          $0.counterMilliwattHours = 12
          $0.isUrgent = true
          $0.quality = 33
        }))
    try stage.pass(seconds: 1)
  }

  private static func contactors(_ stage: Stage) throws {
    try charge(stage, 1, "CARD02", 5)
    stage.stick(1, true)
    try stage.card("CARD02", [1])
    try stage.pass(seconds: 3)
    stage.stick(1, false)
    try stage.pass(seconds: 2)
    try stage.unplug(1)
    stage.stick(1, true)
    try charge(stage, 1, "CARD03", 4)
    stage.stick(1, false)
    try stage.pass(seconds: 2)
    // It rests before it closes, and says so.
    stage.stick(2, true)
    try stage.plug(2)
    try stage.card("CARD04", [2])
    let later = stage.station.now.monotonicNanoseconds + 4 * nanosecondsPerSecond
    try stage.see(
      .contactorSensed(
        ContactorSensed {
          $0.evse = 2
          $0.deferredUntilNanoseconds = later
        }))
    try stage.pass(seconds: 3)
    stage.stick(2, false)
    try stage.pass(seconds: 4)
    try stage.unplug(2)
    // Without feedback the meter sees a weld.
    stage.board.parts[2].hasFeedback = false
    try stage.kill(restartSeconds: 1)
    try stage.start()
    stage.board.parts[2].leakMilliwatts = 60_000
    for _ in 0..<3 {
      try stage.pass(seconds: 1)
      try stage.read(3)
    }
    try stage.pass(seconds: 1)
    stage.board.parts[2].leakMilliwatts = 0
    try stage.read(3)
    try stage.pass(seconds: 5)
  }

  private static func locks(_ stage: Stage) throws {
    try stage.unplug(1)
    stage.board.parts[0].locks[0].isBroken = true
    try charge(stage, 1, "CARD05", 3)
    stage.board.parts[0].locks[0].isBroken = false
    try stage.unplug(1)
    try charge(stage, 1, "CARD05", 4)
    stage.board.parts[0].locks[0].isBroken = true
    try stage.card("CARD05", [1])
    try stage.pass(seconds: 2)
    stage.board.parts[0].locks[0].isBroken = false
    try stage.unplug(1)
    try stage.pass(seconds: 2)
  }

  private static func currents(_ stage: Stage) throws {
    try charge(stage, 1, "CARD06", 4)
    stage.draw(1, watts: 10_000)
    try stage.pass(seconds: 5)
    // A tenth too much for ten seconds.
    stage.draw(1, watts: 8_400)
    try stage.pass(seconds: 32)
    try stage.unplug(1)
    try stage.pass(seconds: 2)
    try charge(stage, 1, "CARD06", 4)
    stage.draw(1, watts: 8_400)
    try stage.pass(seconds: 12)
    try stage.unplug(1)
    try stage.pass(seconds: 30)
  }

  private static func people(_ stage: Stage) throws {
    try charge(stage, 1, "CARD07", 3)
    try charge(stage, 2, "CARD08", 3)
    try stage.see(
      .tripReported(
        TripReported {
          $0.evse = 2
          $0.code = .groundFailure
          $0.info = "residual current"
        }))
    try stage.pass(seconds: 1)
    try stage.fault(0, .otherError, "EmergencyStop", "the emergency stop is pressed")
    try stage.pass(seconds: 3)
    try stage.fault(0, .otherError, "EmergencyStop", isActive: false)
    try stage.fault(0, .readerFailure, "MFRC522", "no answer on SPI 0.0")
    try stage.fault(0, .accessoryFailure, "Display", "no answer at 0x27")
    try stage.fault(2, .weakSignal)
    try stage.fault(2, .highTemperature, "NTC", "71 °C")
    try stage.fault(2, .highTemperature, "NTC", isActive: false)
    try stage.fault(0, .readerFailure, "MFRC522", isActive: false)
    try stage.pass(seconds: 2)
  }

  private static func storage(_ stage: Stage) throws {
    for free: Int64 in [40 << 20, 90 << 20, -1, 10 << 20] {
      try stage.see(.storageRead(StorageRead { $0.freeBytes = free }))
      try stage.pass(seconds: 2)
    }
    try stage.plug(1)
    try stage.card("CARD09")
    try stage.pass(seconds: 2)
  }
}
