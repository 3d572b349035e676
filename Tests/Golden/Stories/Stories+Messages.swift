import ChargePiES

/// Stories of messages that go wrong.
extension GoldenStory {
  static let parkedGroup = lived(
    "parked-group",
    .socket.with([
      (.messageAttempts, "2"), (.messageAttemptInterval, "5"), (.sampledInterval, "10"),
    ]),
    from: "2026-02-10T12:00:00Z",
    """
    A start is refused until it is parked, and its session's messages with it. One group is queued
    again by an operator and told, one is released, one comes back because the answer to its start
    comes after all, and one is still parked at the end; readings that are refused on principle are
    parked at once.
    """
  ) { stage in
    try stage.start()
    try stage.pass(seconds: 5)
    try parked(stage, "CARD01")
    if let session = stage.station.authority?.parked.first?.session {
      try stage.wish(.retryParked, session)
    }
    try stage.pass(seconds: 5)
    try parked(stage, "CARD02")
    try stage.checkpoint()
    if let session = stage.station.authority?.parked.first?.session {
      try stage.wish(.releaseParked, session)
    }
    try parked(stage, "CARD03")
    let late = stage.central.lastId("StartTransaction")
    try stage.pass(seconds: 30)
    try stage.frame(#"[3,"\#(late)",{"transactionId":3001,"idTagInfo":{"status":"Blocked"}}]"#)
    try stage.pass(seconds: 5)
    try hopeless(stage)
    try letGo(stage)
    try parked(stage, "CARD05")
  }

  /// A session whose start is refused twice.
  private static func parked(_ stage: Stage, _ card: String) throws {
    for _ in 0..<2 {
      stage.central.next("StartTransaction", .error("InternalError", "the books are closed"))
    }
    try stage.visit(1, card, seconds: 14)
    try stage.pass(seconds: 10)
  }

  /// Its start is let go while it runs: what follows can never be told.
  private static func letGo(_ stage: Stage) throws {
    for _ in 0..<2 { stage.central.next("StartTransaction", .error("InternalError", "no")) }
    stage.draw(1, watts: 7_000)
    try stage.plug(1)
    try stage.card("CARD07")
    try stage.pass(seconds: 8)
    if let session = stage.station.evses.first?.session?.id {
      try stage.wish(.releaseParked, session)
    }
    try stage.pass(seconds: 6)
    try stage.card("CARD07")
    try stage.pass(seconds: 2)
    try stage.unplug(1)
  }

  /// Readings are not supported, and a stop is refused once.
  private static func hopeless(_ stage: Stage) throws {
    stage.central.next("MeterValues", .error("NotSupported", ""))
    stage.central.next("StopTransaction", .error("FormationViolation", "once more, please"))
    try stage.visit(1, "CARD04", seconds: 22)
    try stage.pass(seconds: 10)
    // Its stop is never answered in time, and then it is, twice.
    stage.central.next("StopTransaction", .silence)
    try stage.visit(1, "CARD06", seconds: 4)
    let id = stage.central.lastId("StopTransaction")
    try stage.pass(seconds: 31)
    try stage.frame(#"[3,"\#(id)",{"idTagInfo":{"status":"Accepted"}}]"#)
    try stage.frame(#"[3,"\#(id)",{"idTagInfo":{"status":"Accepted"}}]"#)
    try stage.pass(seconds: 10)
  }

  static let answers = lived(
    "answers",
    .socket.with([
      (.messageAttempts, "3"), (.messageAttemptInterval, "4"), (.sampledInterval, "0"),
    ]),
    from: "2026-02-11T12:00:00Z",
    """
    Registrations that are refused, pending and unanswered; answers that are unknown, late, twice,
    or cannot be read; errors; frames that are no frames; calls that are repeated, unknown or
    malformed; a connection that is half open, and one that an operator keeps down.
    """
  ) { stage in
    stage.central.next(
      "BootNotification",
      .result(#"{"status":"Rejected","currentTime":"2026-02-11T12:00:10Z","interval":7}"#))
    stage.central.next(
      "BootNotification",
      .result(#"{"status":"Pending","currentTime":"2026-02-11T12:00:10Z","interval":0}"#))
    stage.central.next("BootNotification", .error("GenericError", "not now"))
    stage.central.next("BootNotification", .result(#"{"status":"Perhaps"}"#))
    try stage.start()
    try stage.pass(seconds: 10)
    try stage.call("RemoteStartTransaction", #"{"idTag":"CARD01","connectorId":1}"#)
    try stage.pass(seconds: 110)
    try badFrames(stage)
    try badAnswers(stage)
    try silence(stage)
    try stage.wish(.linkDown)
    try stage.plug(1)
    try stage.pass(seconds: 4)
    // An attempt succeeds after the operator has said no.
    try stage.see(
      .linkOpened(
        LinkOpened {
          $0.upstream = 1
          $0.connection = 99
        }))
    try stage.pass(seconds: 1)
    try stage.wish(.linkUp)
    try stage.pass(seconds: 4)
    stage.central.next("StatusNotification", .silence)
    try stage.fault(1, .groundFailure, "RCD", "30 mA")
    try stage.pass(seconds: 3)
  }

  private static func badFrames(_ stage: Stage) throws {
    for text in [
      "no frame at all", "[]", "{}", #"[2,"a"]"#, #"[2,7,"Reset",{"type":"Soft"}]"#,
      #"[2,"b","Reset",{"type":"Gentle"}]"#, #"[2,"c","Reset",{}]"#, #"[2,"d","Dance",{}]"#,
      #"[2,"e","BootNotification",{}]"#, #"[2,"f","TriggerMessage",{"requestedMessage":"Dance"}]"#,
      #"[2,"g","SendLocalList",{"listVersion":1,"updateType":"Full"}]"#,
      #"[2,"h","ChangeAvailability",{"connectorId":-1,"type":"Operative"}]"#,
      #"[3,"nobody",{}]"#, #"[4,"nobody","InternalError","",{}]"#, #"[5,"i",{}]"#,
      #"[2,"j","RemoteStartTransaction",{"idTag":"A card number that is longer than 20"}]"#,
      #"[2,"k","DataTransfer",{"vendorId":"org.example","messageId":"m","data":"ÄÖ € 中"}]"#,
      #"[2,"k","DataTransfer",{"vendorId":"org.example","messageId":"m","data":"again"}]"#,
    ] {
      try stage.frame(text)
    }
    // Longer than any frame may be: the daemon keeps nothing of it.
    try stage.see(
      .frameRefused(
        FrameRefused {
          $0.upstream = 1
          $0.connection = 1
          $0.reason = "a message of more than 1 MiB"
          $0.frame = Frame { $0.isTruncated = true }
        }))
    try stage.pass(seconds: 2)
  }

  private static func badAnswers(_ stage: Stage) throws {
    stage.central.next("Authorize", .result("{}"))
    try stage.plug(1)
    try stage.card("CARD01")
    try stage.pass(seconds: 2)
    stage.central.next("Authorize", .error("InternalError", "who knows"))
    try stage.card("CARD02")
    try stage.pass(seconds: 2)
    stage.central.next("StartTransaction", .result(#"{"transactionId":"many"}"#))
    stage.central.next("StartTransaction", .silence)
    stage.draw(1, watts: 6_000)
    try stage.card("CARD03")
    try stage.pass(seconds: 10)
    // The first attempt is answered while the second is open.
    let second = stage.central.lastId("StartTransaction")
    let first = String(second.prefix { $0 != "." })
    try stage.frame(#"[3,"\#(first)",{"transactionId":77,"idTagInfo":{"status":"Accepted"}}]"#)
    try stage.frame(#"[3,"\#(second)",{"transactionId":78,"idTagInfo":{"status":"Accepted"}}]"#)
    try stage.pass(seconds: 35)
    stage.central.next("StatusNotification", .error("InternalError", ""))
    stage.central.next("StopTransaction", .error("", ""))
    try stage.card("CARD03")
    try stage.pass(seconds: 8)
    // Not answered in time, and there is a newer one by then.
    stage.central.next("StatusNotification", .silence)
    try stage.unplug(1)
    try stage.plug(1)
    try stage.pass(seconds: 31)
    try stage.unplug(1)
    try stage.pass(seconds: 2)
  }

  /// Two calls in a row without an answer: the connection is given up.
  private static func silence(_ stage: Stage) throws {
    stage.central.next("Authorize", .silence)
    stage.central.next("StatusNotification", .silence)
    try stage.plug(1)
    try stage.card("CARD01")
    try stage.pass(seconds: 70)
    try stage.unplug(1)
    try stage.pass(seconds: 5)
    stage.central.next("StatusNotification", .loss)
    try stage.plug(1)
    try stage.pass(seconds: 8)
    try stage.unplug(1)
    try stage.pass(seconds: 4)
  }
}
