import ChargePiES
import Projections

/// A central system of OCPP 1.6 that is hostile but legal: it speaks real JSON, takes its time,
/// refuses, forgets and repeats itself, and writes down what it was told.
final class CentralSystem {
  let seed: UInt64
  let character: Character
  let weather: Weather
  let tally: Tally
  var chance: Chance
  /// The line that it takes for the station's; 0 for none.
  var line: UInt64 = 0
  var books = Books()
  private var nextTransaction: Int64 = 1_000
  /// Transaction ids that it may give a second time.
  private var earlierTransactions: [Int64] = []
  /// Cards that it has ever vouched for, by name.
  private(set) var accepted: Set<String> = []
  /// Cards with which it has asked for a start.
  var startedRemotely: Set<String> = []
  /// What it will say, in order of time.
  private var replies: [(at: Int64, line: UInt64, bytes: [UInt8])] = []
  /// Its calls that wait for an answer, by id.
  var calls: [(id: String, action: String, line: UInt64)] = []
  var callNumber = 0
  /// Nanoseconds between the life's beginning and what its clock says.
  let epochNanoseconds: Int64
  /// What it was last told of each connector, by number.
  private(set) var statuses: [Int64: String] = [:]
  /// The interval that it tells with a registration, in seconds.
  let heartbeatSeconds: Int64
  /// The first rule that the station has broken on the wire.
  var complaint: String?

  init(
    seed: UInt64, _ character: Character, _ weather: Weather, _ tally: Tally,
    heartbeatSeconds: Int64
  ) {
    self.heartbeatSeconds = heartbeatSeconds
    self.seed = seed
    self.character = character
    self.weather = weather
    self.tally = tally
    chance = Chance(seed: seed, 5)
    epochNanoseconds = 1_767_225_600 * nanosecondsPerSecond  // 1 January 2026.
  }

  /// The world's time, which the board's clock drifts against.
  func worldTime(at now: Int64) -> Int64 {
    epochNanoseconds + now + now / 1_000_000 * character.driftPartsPerMillion
  }

  /// The time that it tells.
  private func toldTime(at now: Int64) -> String {
    let error: Int64 = weather.isOn(.wrongTime, at: now) ? 3_600 * nanosecondsPerSecond : 0
    return Timestamp.text(nanoseconds: worldTime(at: now) + error)
  }

  /// When it will say something next.
  var due: Int64 { replies.first?.at ?? .max }

  /// What it says now, one at a time.
  func takeReply(at now: Int64) -> (line: UInt64, bytes: [UInt8])? {
    guard let first = replies.first, first.at <= now else { return nil }
    replies.removeFirst()
    return (first.line, first.bytes)
  }

  func say(_ text: String, over line: UInt64, at moment: Int64) {
    let index = replies.lastIndex { $0.at <= moment }.map { $0 + 1 } ?? 0
    replies.insert((moment, line, Array(text.utf8)), at: index)
  }

  func opened(_ line: UInt64) { self.line = line }

  func closed(_ line: UInt64) {
    if self.line == line { self.line = 0 }
    calls.removeAll { $0.line == line }
  }

  /// A frame of the station has arrived.
  func receive(_ bytes: [UInt8], over line: UInt64, at now: Int64) {
    guard let frame = try? OCPPFrame.parse(bytes) else {
      complaint = "the station sent no frame: \(String(decoding: bytes, as: UTF8.self))"
      return
    }
    switch frame {
    case .call(let id, let action, let payload):
      answer(id, action, payload, bytes, line, now)
    case .result(let id, let payload): answered(id, payload, line)
    case .error(let id, _, _, _): answered(id, nil, line)
    }
  }

  /// The station answered one of its calls.
  private func answered(_ id: String, _ payload: JSON?, _ line: UInt64) {
    guard let index = calls.firstIndex(where: { $0.id == id && $0.line == line }) else {
      // What is no call gets an error all the same, where it had an id.
      guard !id.hasPrefix("b") else { return }
      complaint = "an answer to a call that was not made, or a second one: \(id)"
      return
    }
    let action = calls.remove(at: index).action
    guard let payload, let type = OCPP16.requests.first(where: { $0.actionName == action }) else {
      return
    }
    if let fault = Schema.fault(inAnswer: payload, to: type) {
      complaint = "the answer to \(action) breaks its schema: \(fault)"
    }
  }

  /// Works out what becomes of a call, and when that is said.
  private func answer(
    _ id: String, _ action: String, _ payload: JSON, _ bytes: [UInt8], _ line: UInt64,
    _ now: Int64
  ) {
    if weather.isOn(.silent, at: now), !chance.isOnce(in: 4) {
      if chance.isOnce(in: 2) { _ = reply(id, action, payload, bytes, now) }
      return tally.count(.answerUnheard)
    }
    if action == "StatusNotification", let number = payload["connectorId"]?.integer {
      statuses[number] = payload["status"]?.string
    }
    let moment = now + pause(now)
    if let error = refusal(action, now) {
      if chance.isOnce(in: 3) {
        tally.count(.bookedAndRefused)
        _ = reply(id, action, payload, bytes, now)
      }
      tally.count(.answerWithError)
      say("[4,\"\(id)\",\"\(error)\",\"no\",{}]", over: line, at: moment)
      return
    }
    let content = reply(id, action, payload, bytes, now)
    if weather.isOn(.badAnswers, at: now), chance.isOnce(in: 3) {
      tally.count(.answerBroken)
      say(broken(id), over: line, at: moment)
      return
    }
    var text = "[3,\"\(id)\",\(content)]"
    if weather.isOn(.staleAnswers, at: now), chance.isOnce(in: 2) {
      tally.count(.answerOverNextConnection)
      // Line 0: whichever the station has by then.
      say(text, over: 0, at: moment + chance.between(1...120) * nanosecondsPerSecond)
      return
    }
    if chance.isOnce(in: 16) { text = "[3, \"\(id)\" ,\n\(content) ]" }
    say(text, over: line, at: moment)
    if weather.isOn(.duplicateAnswers, at: now), chance.isOnce(in: 2) {
      tally.count(.answerTwice)
      say(text, over: line, at: moment + chance.between(0...40) * nanosecondsPerSecond)
    }
  }

  private func broken(_ id: String) -> String {
    switch chance.below(4) {
    case 0: "[3,\"\(id)\",{\"status\":\"Whatever\"}]"
    case 1: "[3,\"\(id)\"]"
    case 2: "[3,\"\(id)x\",{}]"
    default: "[3,\"\(id)\",{\"idTagInfo\":7,\"currentTime\":\"never\",\"transactionId\":\"x\"}]"
    }
  }

  private func pause(_ now: Int64) -> Int64 {
    if weather.isOn(.lateAnswers, at: now), chance.isOnce(in: 2) {
      tally.count(.answerLate)
      return chance.between(30_001...90_000) * 1_000_000
    }
    let isSlow = weather.isOn(.slowAnswers, at: now)
    return chance.between(isSlow ? 1_000...29_500 : 2...400) * 1_000_000
  }

  /// The error that a call gets; nil for none.
  private func refusal(_ action: String, _ now: Int64) -> String? {
    if weather.isOn(.refusesReadings, at: now), action == "MeterValues" {
      tally.count(.readingsRefused)
      return chance.isOnce(in: 2) ? "NotSupported" : "NotImplemented"
    }
    guard weather.isOn(.errors, at: now), chance.isOnce(in: 2) else { return nil }
    return chance.one(of: ["InternalError", "GenericError", "ProtocolError", "SecurityError"])
  }
}

extension CentralSystem {
  /// What it answers, having done what was asked.
  private func reply(
    _ id: String, _ action: String, _ payload: JSON, _ bytes: [UInt8], _ now: Int64
  ) -> String {
    switch action {
    case "BootNotification": return registration(now)
    case "Heartbeat": return "{\"currentTime\":\"\(toldTime(at: now))\"}"
    case "Authorize": return "{\"idTagInfo\":\(worth(payload["idTag"]?.string ?? "", now))}"
    case "StartTransaction": return start(id, payload, now)
    case "StopTransaction": return stop(id, payload, now)
    case "MeterValues":
      books.readings.append(
        Books.Reading(
          messageId: id, transaction: payload["transactionId"]?.integer,
          payload: Schema.digest(payload)))
      return "{}"
    default: return "{}"
    }
  }

  private func registration(_ now: Int64) -> String {
    let time = toldTime(at: now)
    for (mood, word) in [(Disturbance.Kind.pending, "Pending"), (.rejected, "Rejected")]
    where weather.isOn(mood, at: now) {
      tally.count(.notAccepted)
      let pause = chance.isOnce(in: 5) ? 0 : chance.between(10...1_800)
      return "{\"status\":\"\(word)\",\"currentTime\":\"\(time)\",\"interval\":\(pause)}"
    }
    return "{\"status\":\"Accepted\",\"currentTime\":\"\(time)\",\"interval\":\(heartbeatSeconds)}"
  }

  /// What a card is worth today.
  private func worth(_ card: String, _ now: Int64) -> String {
    if weather.isOn(.refusals, at: now), chance.isOnce(in: 2) {
      tally.count(.identificationRefused)
      return "{\"status\":\"\(chance.one(of: ["Invalid", "Blocked", "Expired", "ConcurrentTx"]))\"}"
    }
    let digits = card.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }
    let number = Int(String(decoding: digits, as: UTF8.self)) ?? 99
    guard number < Visitor.knownCards else { return "{\"status\":\"Invalid\"}" }
    accepted.insert(card)
    let group = number % 4 == 1 ? ",\"parentIdTag\":\"FAMILY\(number % 8)\"" : ""
    let tomorrow = Timestamp.text(nanoseconds: worldTime(at: now) + 86_400_000_000_000)
    let expiry = number % 5 == 0 ? ",\"expiryDate\":\"\(tomorrow)\"" : ""
    return "{\"status\":\"Accepted\"\(group)\(expiry)}"
  }

  private func start(_ id: String, _ payload: JSON, _ now: Int64) -> String {
    let digest = Schema.digest(payload)
    let card = payload["idTag"]?.string ?? ""
    let known = books.starts.first { $0.payload == digest }
    if let known, character.centralKnowsDuplicates {
      tally.count(.startKnownAgain)
      return "{\"transactionId\":\(known.transaction),\"idTagInfo\":\(worth(card, now))}"
    }
    if known != nil { tally.count(.startBookedTwice) }
    var transaction = nextTransaction
    if weather.isOn(.reusedTransactions, at: now), let earlier = earlierTransactions.last {
      tally.count(.transactionNumberReused)
      transaction = earlier
    } else {
      nextTransaction += 1
    }
    books.starts.append(
      Books.Start(
        messageId: id, transaction: transaction, payload: digest, card: card,
        connector: payload["connectorId"]?.integer ?? -1,
        meterStart: payload["meterStart"]?.integer ?? -1,
        timestamp: Schema.time(payload["timestamp"])))
    return "{\"transactionId\":\(transaction),\"idTagInfo\":\(worth(card, now))}"
  }

  private func stop(_ id: String, _ payload: JSON, _ now: Int64) -> String {
    let transaction = payload["transactionId"]?.integer ?? -1
    earlierTransactions.append(transaction)
    earlierTransactions.removeFirst(max(0, earlierTransactions.count - 4))
    books.stops.append(
      Books.Stop(
        messageId: id, transaction: transaction, payload: Schema.digest(payload),
        meterStop: payload["meterStop"]?.integer ?? -1,
        timestamp: Schema.time(payload["timestamp"])))
    guard let card = payload["idTag"]?.string, chance.isOnce(in: 2) else { return "{}" }
    return "{\"idTagInfo\":\(worth(card, now))}"
  }
}
