import ChargePiES

/// Stories of what a central system asks for.
extension GoldenStory {
  static let settings = lived(
    "settings", .forecourt.with([(.sampledInterval, "10"), (.lightIntensity, "80")]),
    from: "2026-04-04T04:04:00Z",
    """
    Settings are changed from upstream, also in the middle of a session, refused, asked for, and
    changed in the file between two starts; the password (a secret) is changed; samples by the
    clock; statuses that have to last; readings in the receipt.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try stage.call(
      "GetConfiguration",
      #"{"key":["heartbeatinterval","Colour","AuthorizationKey","ConnectorPhaseRotation"]}"#)
    try writing(stage)
    try inSession(stage)
    try stage.configure("AuthorizationKey", "30313233343536373839303132333435")
    try stage.pass(seconds: 8)
    try stage.call("GetConfiguration", "{}")
    // The file says something new about one setting, and nothing new about another.
    try stage.stop()
    stage.site.settings = [(.sampledInterval, "15"), (.lightIntensity, "80")]
    try stage.start()
    try stage.pass(seconds: 8)
    try shortStatuses(stage)
  }

  private static func writing(_ stage: Stage) throws {
    for (key, value) in [
      ("LightIntensity", "55"), ("LightIntensity", "101"), ("Colour", "red"),
      ("NumberOfConnectors", "9"), ("LocalPreAuthorize", " TRUE "), ("BlinkRepeat", "3"),
      ("ConnectorPhaseRotation", "0.RST, 1.RTS"), ("ConnectorPhaseRotation", "0.XYZ"),
      ("MeterValuesSampledData", "Power.Active.Import,Voltage"),
      ("MeterValuesSampledData", "Warmth"), ("MinimumStatusDuration", "0"),
      ("StopTxnSampledData", "Power.Active.Import"), ("StopTxnAlignedData", "Current.Import"),
      ("MeterValuesAlignedData", "Energy.Active.Import.Interval"),
      ("UnlockConnectorOnEVSideDisconnect", "false"), ("AuthorizationKey", "short"),
      ("ClockAlignedDataInterval", "30"), ("HeartbeatInterval", "900"),
      ("WebSocketPingInterval", "45"),
    ] {
      try stage.configure(key, value)
    }
  }

  private static func inSession(_ stage: Stage) throws {
    stage.draw(1, watts: 5_000)
    try stage.plug(1)
    try stage.card("CARD01")
    try stage.pass(seconds: 13)
    try stage.configure("MeterValueSampleInterval", "25")
    try stage.pass(seconds: 40)
    try unwanted(stage)
    try stage.configure("MeterValueSampleInterval", "0")
    try stage.configure("ClockAlignedDataInterval", "0")
    // The car leaves, and the cable stays locked until its card comes again.
    try stage.unplug(1, carSideOnly: true)
    try stage.pass(seconds: 3)
    try stage.card("CARD01")
    try stage.pass(seconds: 2)
    try stage.unplug(1)
    // Known by now: nobody is asked.
    try stage.visit(1, "CARD01", seconds: 2)
  }

  /// A sample waits behind a silent central system, and then nobody wants to know any more.
  private static func unwanted(_ stage: Stage) throws {
    stage.central.next("StatusNotification", .silence)
    stage.draw(1, watts: 0)
    try stage.pass(seconds: 28)
    try stage.configure("MeterValuesSampledData", "")
    try stage.pass(seconds: 12)
    stage.draw(1, watts: 5_000)
  }

  private static func shortStatuses(_ stage: Stage) throws {
    try stage.configure("MinimumStatusDuration", "6")
    try stage.configure("StopTransactionOnEVSideDisconnect", "false")
    for _ in 0..<3 {
      try stage.plug(2)
      try stage.pass(seconds: 2)
      try stage.unplug(2)
    }
    try stage.pass(seconds: 12)
    stage.draw(1, watts: 4_000)
    try stage.plug(1)
    try stage.card("CARD02")
    try stage.pass(seconds: 6)
    try stage.unplug(1, carSideOnly: true)
    try stage.pass(seconds: 5)
    try stage.plug(1)
    try stage.pass(seconds: 5)
  }

  static let availabilityAndResets = lived(
    "availability-and-resets", .forecourt.with([(.sampledInterval, "0")]),
    from: "2026-08-08T08:08:00Z",
    """
    Places become inoperative and operative, also in the middle of a session; connectors are
    unlocked, or not; the station is reset, softly and hard, with sessions running; connectors and
    EVSEs are gone after a change of the configuration, also where a session ran.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try availability(stage)
    try unlocking(stage)
    try resets(stage)
    try rebuilt(stage)
  }

  private static func change(_ stage: Stage, _ connector: Int, _ type: String) throws {
    try stage.call("ChangeAvailability", #"{"connectorId":\#(connector),"type":"\#(type)"}"#)
    try stage.pass(seconds: 1)
  }

  private static func availability(_ stage: Stage) throws {
    try change(stage, 2, "Inoperative")
    try change(stage, 2, "Inoperative")
    try change(stage, 17, "Inoperative")
    stage.draw(1, watts: 3_000)
    try stage.plug(1)
    try stage.card("CARD01", [1])
    try stage.pass(seconds: 4)
    try change(stage, 1, "Inoperative")
    try stage.checkpoint()
    try stage.card("CARD01", [1])
    try stage.pass(seconds: 1)
    try change(stage, 0, "Inoperative")
    try stage.plug(2, 2)
    try stage.pass(seconds: 1)
    try change(stage, 0, "Operative")
    try stage.unplug(1)
    try stage.unplug(2, 2)
    // A cable that waits for its card.
    try stage.plug(2, 2)
    try change(stage, 3, "Inoperative")
    try change(stage, 3, "Operative")
    try stage.unplug(2, 2)
  }

  private static func unlocking(_ stage: Stage) throws {
    for connector in [2, 9, 3] {
      try stage.call("UnlockConnector", #"{"connectorId":\#(connector)}"#)
      try stage.pass(seconds: 1)
    }
    stage.draw(1, watts: 3_000)
    try stage.plug(1)
    try stage.card("CARD02", [1])
    try stage.pass(seconds: 3)
    stage.board.parts[0].locks[0].isMute = true
    try stage.call("UnlockConnector", #"{"connectorId":1}"#)
    try stage.pass(seconds: 1)
    try stage.checkpoint()
    try stage.call("UnlockConnector", #"{"connectorId":1}"#)
    try stage.pass(seconds: 6)
    stage.board.parts[0].locks[0].isMute = false
    try stage.call("UnlockConnector", #"{"connectorId":1}"#)
    try stage.pass(seconds: 1)
    try stage.unplug(1)
    try stage.pass(seconds: 1)
  }

  private static func resets(_ stage: Stage) throws {
    try stage.call("ClearCache", "{}")
    try stage.configure("AuthorizationCacheEnabled", "false")
    try stage.call("ClearCache", "{}")
    for (card, type) in [("CARD03", "Soft"), ("CARD04", "Hard")] {
      try stage.plug(1)
      try stage.card(card, [1])
      try stage.pass(seconds: 3)
      try stage.call("Reset", #"{"type":"\#(type)"}"#)
      // The harder and the earlier of two wishes counts.
      if type == "Hard" { try stage.call("Reset", #"{"type":"Soft"}"#) }
      try stage.pass(seconds: 20)
      try stage.unplug(1)
      try stage.pass(seconds: 2)
    }
  }

  /// Another day's files: the EVSEs behind the first are gone, and one had a session.
  private static func rebuilt(_ stage: Stage) throws {
    let whole = stage.site
    try stage.plug(2, 2)
    try stage.cutPower(seconds: 100)
    stage.site.evses[1].connectors.removeLast()
    stage.board = StageBoard(stage.site)
    try stage.start()
    try stage.pass(seconds: 3)
    try stage.stop()
    stage.site = whole
    stage.board = StageBoard(whole)
    try stage.start()
    try stage.pass(seconds: 3)
    stage.draw(2, watts: 8_000)
    try stage.plug(2, 2)
    try stage.card("CARD05", [2])
    try stage.pass(seconds: 6)
    try stage.cutPower(seconds: 100)
    var site = Site.socket
    site.identity.serial = ""
    site.evses[0].connectors[0].flatNumber = 7
    stage.site = site
    stage.board = StageBoard(site)
    try stage.start()
    try stage.pass(seconds: 8)
  }

  static let identification = lived(
    "identification",
    .forecourt.with([
      (.sampledInterval, "0"), (.stopTxOnInvalidId, "false"), (.maxEnergyOnInvalidId, "5"),
      (.connectionTimeOut, "20"),
    ]),
    from: "2026-12-31T23:40:00Z",
    """
    Cards that are blocked, expired, unknown, busy elsewhere; a session whose card is refused after
    it has begun, with energy allowed and without; a card whose validity ends with the year; time
    that runs out; an outlet that nobody uses, and one that everybody has left.
    """
  ) { stage in
    stage.site.policy.maximumChargingSeconds = 40
    try stage.start()
    try stage.pass(seconds: 5)
    for card in ["BLOCKED", "OLD", "STRANGER", "BUSY", "GUEST"] {
      try stage.card(card)
      try stage.pass(seconds: 2)
    }
    try stage.pass(seconds: 20)
    try refusedLater(stage)
    try timesOut(stage)
    // The year is over, and with it the guest's time.
    try stage.pass(seconds: 1_200)
    try stage.configure("LocalAuthorizeOffline", "false")
    stage.central.isReachable = false
    try stage.lose()
    try stage.plug(1)
    for card in ["GUEST", "CARD03", "NEWCOMER"] { try stage.card(card) }
    try stage.pass(seconds: 2)
  }

  private static func refusedLater(_ stage: Stage) throws {
    let refused = #"{"transactionId":501,"idTagInfo":{"status":"Blocked"}}"#
    stage.draw(1, watts: 7_100)
    stage.central.next("StartTransaction", .result(refused))
    try stage.plug(1)
    try stage.card("CARD01", [1])
    try stage.pass(seconds: 10)
    try stage.unplug(1)
    try stage.configure("StopTransactionOnInvalidId", "true")
    stage.central.next("StartTransaction", .result(refused))
    try stage.plug(1)
    try stage.card("CARD02", [1])
    try stage.pass(seconds: 3)
    try stage.unplug(1)
    // A group that is learnt late.
    stage.central.next(
      "StartTransaction",
      .result(#"{"transactionId":502,"idTagInfo":{"status":"Accepted","parentIdTag":"CLUB"}}"#))
    try stage.plug(1)
    try stage.card("CARD03", [1])
    try stage.pass(seconds: 44)
    try stage.unplug(1)
  }

  private static func timesOut(_ stage: Stage) throws {
    try stage.card("CARD04", [2])
    try stage.pass(seconds: 22)
    try stage.card("CARD05", [3])
    try stage.pass(seconds: 24)
    stage.draw(3, watts: 900)
    try stage.card("CARD06", [3])
    try stage.pass(seconds: 8)
    stage.draw(3, watts: 20)
    try stage.pass(seconds: 36)
    // Two at once ask, and the connection goes before they are answered.
    stage.central.next("Authorize", .loss)
    try stage.plug(2)
    try stage.card("CARD07", [2])
    try stage.pass(seconds: 5)
    try stage.unplug(2)
  }
}
