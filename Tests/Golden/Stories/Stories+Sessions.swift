import ChargePiES

/// Stories of sessions that go well, online and offline.
extension GoldenStory {
  static let plainSession = lived(
    "plain-session",
    .socket.with([
      (.sampledInterval, "20"),
      (.sampledMeasurands, "Energy.Active.Import.Register,Power.Active.Import"),
      (.sampledEndMeasurands, "Energy.Active.Import.Register"),
    ]),
    from: "2026-03-02T07:59:30Z", staysAsLeft: true,
    """
    A station starts, registers, and charges one car: cable, card, samples, the same card, cable.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try stage.visit(1, "CARD01", seconds: 45)
    try stage.pass(seconds: 4)
  }

  static let dayOffline = lived(
    "day-offline",
    .forecourt.with([(.sampledInterval, "60"), (.connectionTimeOut, "30")]),
    from: "2026-03-29T00:30:00Z",
    """
    In the morning some cards become known, then nobody can be reached until the evening. Known
    cards, unknown ones and refused ones come, the power is gone for two hours, and in the evening
    everything is told, in order. A checkpoint stands in the middle of the backlog.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try stage.visit(1, "MOTHER", seconds: 20)
    try stage.card("STRANGER")
    try stage.card("Guest")
    try stage.card("GUEST")
    try stage.pass(seconds: 40)
    try stage.configure("AllowOfflineTxForUnknownId", "true")
    stage.central.isReachable = false
    try stage.lose(code: 1_001)
    try offlineMorning(stage)
    try stage.checkpoint()
    try stage.cutPower(seconds: 7_200)
    try stage.start()
    try offlineAfternoon(stage)
    stage.central.isReachable = true
    try stage.wish(.linkUp)
    try stage.pass(seconds: 60)
  }

  private static func offlineMorning(_ stage: Stage) throws {
    try stage.pass(seconds: 3_600)
    try stage.visit(1, "MOTHER", seconds: 70)
    try stage.pass(seconds: 10_800)
    // Refused once by the central system: refused now.
    try stage.visit(1, "STRANGER", seconds: 5)
    // Never seen before, and the setting allows it.
    stage.draw(2, watts: 11_000)
    try stage.plug(2, 1)
    try stage.card("NEWCOMER", [2])
    try stage.pass(seconds: 64)
    try stage.unplug(2, 1)
    try stage.pass(seconds: 7_200)
  }

  private static func offlineAfternoon(_ stage: Stage) throws {
    try stage.pass(seconds: 1_800)
    // At the outlet the card stands for the cable too.
    stage.draw(3, watts: 2_000)
    try stage.card("MOTHER", [3])
    try stage.pass(seconds: 65)
    try stage.card("MOTHER", [3])
    try stage.pass(seconds: 20)
    // Nobody comes with a cable.
    try stage.card("FATHER", [1])
    try stage.pass(seconds: 40)
    // Still running when the connection comes back.
    stage.draw(1, watts: 3_700)
    try stage.plug(1)
    try stage.card("GUEST")
    try stage.pass(seconds: 30)
  }

  static let manyPlaces = lived(
    "many-places",
    // The vault's first entry is the chief's group.
    .forecourt.with([
      (.sampledInterval, "30"), (.masterPassGroup, "1"),
      (.sampledMeasurands, Measurand.supported.joined(separator: ",")),
      (.sampledEndMeasurands, "Energy.Active.Import.Register,SoC"),
    ]),
    from: "2026-05-01T10:00:00Z",
    """
    Several EVSEs and connectors at once: two connectors of one EVSE, an outlet without a plug
    sensor, three phases, every measurand; the family's other card, a cable that chooses another
    place, remote starts and stops, and the card that stops everything.
    """
  ) { stage in
    _ = try VaultBook(vault: stage.vault).intern("MASTER")
    try stage.start()
    try stage.pass(seconds: 5)
    try threeAtOnce(stage)
    try movingCable(stage)
    try remotely(stage)
  }

  private static func threeAtOnce(_ stage: Stage) throws {
    stage.board.parts[1].stateOfCharge = 415
    stage.draw(1, watts: 7_000)
    stage.draw(2, watts: 21_000)
    stage.draw(3, watts: 1_500)
    try stage.plug(2, 2)
    try stage.card("MOTHER")
    try stage.plug(1)
    try stage.card("CARD02")
    try stage.card("CARD03", [3])
    try stage.pass(seconds: 35)
    stage.board.parts[1].stateOfCharge = 420
    stage.draw(2, watts: 0)
    // While one connector charges, the EVSE's other one is of no use.
    try stage.plug(2, 1)
    try stage.pass(seconds: 8)
    try stage.unplug(2, 1)
    try stage.card("FATHER")
    try stage.pass(seconds: 3)
    try stage.unplug(2, 2)
    try stage.card("CHIEF")
    try stage.pass(seconds: 3)
    try stage.unplug(1)
    try stage.pass(seconds: 5)
  }

  private static func movingCable(_ stage: Stage) throws {
    stage.draw(2, watts: 9_000)
    try stage.card("CARD04")
    try stage.pass(seconds: 4)
    try stage.plug(2, 1)
    try stage.pass(seconds: 12)
    try stage.unplug(2, 1, carSideOnly: true)
    try stage.pass(seconds: 2)
    try stage.unplug(2, 1)
    // Within one EVSE, too.
    try stage.card("CARD08", [2, 3])
    try stage.pass(seconds: 1)
    try stage.plug(2, 2)
    try stage.pass(seconds: 3)
    try stage.card("CARD08", [2, 3])
    try stage.unplug(2, 2)
    // The same card twice: it has changed its mind.
    try stage.card("CARD05", [1])
    try stage.card("CARD05", [1])
    try stage.pass(seconds: 2)
  }

  private static func remotely(_ stage: Stage) throws {
    try stage.plug(1)
    try stage.call("RemoteStartTransaction", #"{"idTag":"CARD06","connectorId":1}"#)
    try stage.pass(seconds: 20)
    try stage.call("RemoteStopTransaction", #"{"transactionId":4711}"#)
    let running = stage.central.transaction
    try stage.call("RemoteStopTransaction", #"{"transactionId":\#(running)}"#)
    try stage.pass(seconds: 3)
    try stage.unplug(1)
    try stage.configure("AuthorizeRemoteTxRequests", "true")
    try stage.plug(2, 2)
    try stage.call("RemoteStartTransaction", #"{"idTag":"MOTHER"}"#)
    try stage.pass(seconds: 12)
    try stage.call("RemoteStartTransaction", #"{"idTag":"STRANGER","connectorId":1}"#)
    try stage.pass(seconds: 3)
    try stage.call("RemoteStartTransaction", #"{"idTag":"CARD07","connectorId":0}"#)
    try stage.call("RemoteStartTransaction", #"{"idTag":"CARD07","connectorId":9}"#)
    try stage.call("RemoteStartTransaction", Self.unacceptable)
    try stage.pass(seconds: 3)
  }

  /// A profile of another purpose may not come with a remote start.
  private static let unacceptable = #"""
    {"idTag":"CARD07","connectorId":1,"chargingProfile":{"chargingProfileId":1,"stackLevel":0,\#
    "chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative",\#
    "chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,\#
    "limit":16.0}]}}}
    """#
}
