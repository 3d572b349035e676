import ChargePiES

/// What a central system asks of the station, at any time.
extension CentralSystem {
  func ask(_ disturbance: Disturbance, at now: Int64) {
    guard line != 0 else { return }
    switch disturbance.kind {
    case .remoteStart:
      let place = disturbance.amount % 3 == 0 ? "" : "\"connectorId\":\(connector(disturbance)),"
      let card = Visitor.card(disturbance.amount)
      startedRemotely.insert(card)
      call("RemoteStartTransaction", "{\(place)\"idTag\":\"\(card)\"}", now)
    case .remoteStop:
      let transaction = books.starts.last?.transaction ?? 1
      call("RemoteStopTransaction", "{\"transactionId\":\(transaction)}", now)
    case .remoteStopWrong:
      let wrong = [-1, 0, 7, Int64(Int32.max)][Int(disturbance.amount % 4)]
      call("RemoteStopTransaction", "{\"transactionId\":\(wrong)}", now)
    case .resetSoft: call("Reset", "{\"type\":\"Soft\"}", now)
    case .resetHard: call("Reset", "{\"type\":\"Hard\"}", now)
    case .unlock: unlock(connector(disturbance), at: now)
    case .inoperative, .operative:
      let number = disturbance.amount % 4 == 0 ? 0 : connector(disturbance)
      let type = disturbance.kind == .operative ? "Operative" : "Inoperative"
      call("ChangeAvailability", "{\"connectorId\":\(number),\"type\":\"\(type)\"}", now)
    case .setting: set(disturbance.amount, now)
    case .reportSettings:
      let keys =
        disturbance.amount % 2 == 0 ? "{}" : "{\"key\":[\"HeartbeatInterval\",\"Nothing\"]}"
      call("GetConfiguration", keys, now)
    case .clearCache: call("ClearCache", "{}", now)
    case .unsupported:
      let calls = [
        ("GetLocalListVersion", "{}"), ("TriggerMessage", "{\"requestedMessage\":\"Heartbeat\"}"),
        ("CancelReservation", "{\"reservationId\":1}"), ("Nonsense", "{}"),
        ("ClearChargingProfile", "{}"),
      ]
      let (action, payload) = calls[Int(disturbance.amount) % calls.count]
      call(action, payload, now)
    case .dataTransfer: call("DataTransfer", "{\"vendorId\":\"nobody\",\"data\":\"x\"}", now)
    case .repeatedCall: repeatCall(now)
    case .brokenFrame:
      say(Self.broken[Int(disturbance.amount) % Self.broken.count], over: line, at: now)
    default: break
    }
  }

  private func connector(_ disturbance: Disturbance) -> Int64 {
    let evse = character.layout.first { $0.id == disturbance.evse }
    return Int64(evse?.connectors.first?.flatNumber ?? 9)
  }

  /// A call with an id of its own; some central systems count from zero on each connection.
  private func call(_ action: String, _ payload: String, _ now: Int64) {
    callNumber += 1
    let id = "cs-\(callNumber)"
    calls.append((id, action, line))
    say("[2,\"\(id)\",\"\(action)\",\(payload)]", over: line, at: now)
  }

  func unlock(_ number: Int64, at now: Int64) {
    guard line != 0 else { return }
    call("UnlockConnector", "{\"connectorId\":\(number)}", now)
  }

  /// The same call under the same id, a moment later.
  private func repeatCall(_ now: Int64) {
    call("ChangeConfiguration", "{\"key\":\"BlinkRepeat\",\"value\":\"\(callNumber % 9)\"}", now)
    tally.count(.callRepeated)
    let text =
      "[2,\"cs-\(callNumber)\",\"ChangeConfiguration\","
      + "{\"key\":\"BlinkRepeat\",\"value\":\"\(callNumber % 9)\"}]"
    say(text, over: line, at: now + 50_000_000)
  }

  private static let broken = [
    "nonsense", "[]", "[2]", "[2,\"b1\",\"Reset\"]", "[9,\"b2\",{}]", "{\"a\":1}", "[3,\"b3\",{}]",
    "[4,\"b4\",\"InternalError\",\"\",{}]", "[2,\"b5\",\"Reset\",{\"type\":\"Sideways\"}]",
    "[2,\"b6\",\"StatusNotification\",{}]", "[2,7,\"Reset\",{}]", "[3,\"b7\"",
  ]

  /// Settings that a central system may change, back and forth.
  private static let settings: [(String, [String])] = [
    ("HeartbeatInterval", ["86400", "3600", "86400", "0"]),
    ("MeterValueSampleInterval", ["900", "300", "0", "60"]),
    ("ClockAlignedDataInterval", ["0", "3600", "900"]),
    ("ConnectionTimeOut", ["60", "30", "120"]),
    ("TransactionMessageAttempts", ["1", "2", "3", "5"]),
    ("TransactionMessageRetryInterval", ["0", "5", "60", "120"]),
    ("LocalPreAuthorize", ["true", "false"]), ("LocalAuthorizeOffline", ["true", "false"]),
    ("StopTransactionOnInvalidId", ["true", "false"]),
    ("StopTransactionOnEVSideDisconnect", ["true", "false"]),
    ("UnlockConnectorOnEVSideDisconnect", ["true", "false"]),
    ("MaxEnergyOnInvalidId", ["0", "300", "2000"]), ("MinimumStatusDuration", ["0", "5", "30"]),
    ("WebSocketPingInterval", ["0", "30", "60"]),
    ("AuthorizeRemoteTxRequests", ["true", "false"]),
    ("AuthorizationCacheEnabled", ["true", "false"]),
    ("StopTxnSampledData", ["", "Energy.Active.Import.Register", "Power.Active.Import"]),
    (
      "MeterValuesSampledData",
      ["Energy.Active.Import.Register", "", "SoC", "Voltage,Current.Import"]
    ),
    ("MeterValuesAlignedData", ["Energy.Active.Import.Register", ""]),
    ("NoSuchKey", ["1"]), ("NumberOfConnectors", ["9"]), ("HeartbeatInterval", ["-1"]),
  ]

  private func set(_ amount: Int64, _ now: Int64) {
    let (key, values) = Self.settings[Int(amount) % Self.settings.count]
    let value = values[Int(amount / 22) % values.count]
    call("ChangeConfiguration", "{\"key\":\"\(key)\",\"value\":\"\(value)\"}", now)
  }

  /// It has come to its senses.
  func becomeFriendly(at now: Int64) {
    guard line != 0 else { return }
    call("ChangeAvailability", "{\"connectorId\":0,\"type\":\"Operative\"}", now)
    // Who keeps sessions of cars that have left blocks his own station.
    let kept = "{\"key\":\"StopTransactionOnEVSideDisconnect\",\"value\":\"true\"}"
    call("ChangeConfiguration", kept, now)
  }
}
