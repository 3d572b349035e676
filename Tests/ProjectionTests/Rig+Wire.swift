import ChargePiES
import Projections
import Testing

/// The central system's side of the wire.
extension Rig {
  func note(_ sent: MessageSent) throws {
    let bytes = try Concealment.bytes(sent.frame, names: names)
    guard case .call(let id, let action, let payload) = try OCPPFrame.parse(bytes) else {
      Issue.record("what was sent is no call: \(String(decoding: bytes, as: UTF8.self))")
      return
    }
    #expect(id == sent.messageId)
    #expect(id.unicodeScalars.count <= 36, "OCPP-J 1.6 §4.1.4")
    #expect(sent.connection == connection, "a frame for a connection that is gone")
    let type = try #require(OCPP16.requests.first { $0.actionName == action })
    do {
      _ = try type.init(json: payload)
    } catch {
      Issue.record("\(action) breaks its schema: \(error)")
    }
    let call = SentCall(
      id: id, action: action, payload: payload, bytes: bytes, start: starts,
      connection: sent.connection, sent: sent)
    if let outstanding, outstanding.call.connection == connection {
      let age = moment - outstanding.since
      #expect(age >= 30_000_000_000, "OCPP-J 1.6 §4.1.1: one call is outstanding at a time")
    }
    outstanding = (call, moment)
    calls.append(call)
  }

  func note(_ answer: AnswerSent) throws {
    let bytes = try Concealment.bytes(answer.frame, names: names)
    let frame = try OCPPFrame.parse(bytes)
    #expect(frame.id == answer.messageId)
    answers.append(frame)
  }

  /// A text frame from the central system, read by the dialect as the daemon reads it.
  @discardableResult
  func receive(_ text: String) throws -> [Event] {
    if let id = outstanding?.call.id,
      text.hasPrefix("[3,\"\(id)\"") || text.hasPrefix("[4,\"\(id)\"")
    {
      outstanding = nil
    }
    return try observe(
      Self.dialect.read(
        Array(text.utf8), from: upstream, in: engine.station, names: names))
  }

  /// A call of the central system; returns the payload of the answer, read by its message type.
  @discardableResult
  func ask(_ action: String, _ payload: String, id: String = "") throws -> JSON {
    let before = answers.count
    let own = id.isEmpty ? "cs-\(before)-\(moment)" : id
    try receive("[2,\"\(own)\",\"\(action)\",\(payload)]")
    try #require(answers.count == before + 1, "\(action) was not answered")
    guard case .result(own, let result) = answers[before] else {
      Issue.record("\(action) was answered with \(answers[before])")
      return .null
    }
    if let type = OCPP16.requests.first(where: { $0.actionName == action }) {
      try check(type, result)
    }
    return result
  }

  private func check<Request: OCPPRequest>(_ type: Request.Type, _ result: JSON) throws {
    _ = try Request.Response(json: result)
  }

  /// The call that waits for its answer.
  var open: SentCall? {
    guard let open = upstream.open else { return nil }
    return calls.last { $0.id == open.messageId && $0.connection == connection }
  }

  /// Answers the open call.
  @discardableResult
  func answer(_ payload: String) throws -> [Event] {
    let call = try #require(open, "no call waits for an answer")
    return try receive("[3,\"\(call.id)\",\(payload)]")
  }

  /// Refuses the open call.
  @discardableResult
  func refuse(_ code: String = "InternalError") throws -> [Event] {
    let call = try #require(open, "no call waits for an answer")
    return try receive("[4,\"\(call.id)\",\"\(code)\",\"\",{}]")
  }

  /// Answers what waits, as the script says, until nothing waits or the script is silent.
  func serve() throws {
    for _ in 0..<100_000 {
      guard let call = open else { return }
      switch script(call) {
      case .usual: try answer(usual(call))
      case .result(let payload): try answer(payload)
      case .error(let code): try refuse(code)
      case .silence: return
      }
    }
    Issue.record("the conversation does not end")
  }

  private func usual(_ call: SentCall) -> String {
    switch call.action {
    case "BootNotification":
      let time = Timestamp.text(nanoseconds: wall)
      return #"{"status":"Accepted","currentTime":"\#(time)","interval":300}"#
    case "Heartbeat": return #"{"currentTime":"\#(Timestamp.text(nanoseconds: wall))"}"#
    case "Authorize": return #"{"idTagInfo":{"status":"Accepted"}}"#
    case "StartTransaction":
      lastTransaction += 1
      return #"{"transactionId":\#(lastTransaction),"idTagInfo":{"status":"Accepted"}}"#
    default: return "{}"
    }
  }

  /// Opens a connection, and answers what follows.
  func connect(serving: Bool = true) throws {
    connection += 1
    let number = connection
    try observe(
      .linkOpened(
        LinkOpened {
          $0.upstream = 1
          $0.connection = number
        }))
    if serving { try serve() }
  }

  /// Loses the connection.
  func disconnect() throws {
    let number = connection
    try observe(
      .linkClosed(
        LinkClosed {
          $0.upstream = 1
          $0.connection = number
          $0.code = 1_006
        }))
  }

  /// The actions of the calls from a position on.
  func actions(from first: Int = 0) -> [String] { calls[first...].map(\.action) }

  /// The calls of one action.
  func calls(_ action: String) -> [SentCall] { calls.filter { $0.action == action } }
}
