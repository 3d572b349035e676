import ChargePiES
import Projections

/// The central system of a story: it answers as a good one does, unless the story says otherwise.
final class StageCentral {
  /// What a call gets.
  enum Reply {
    /// A CALLRESULT with this payload.
    case result(String)
    /// A CALLERROR with this code and description.
    case error(String, String)
    /// Nothing at all.
    case silence
    /// The connection is lost before the answer comes.
    case loss
  }

  /// Whether anybody answers a connection.
  var isReachable = true
  /// How long an answer takes.
  var delayNanoseconds: Int64 = 40_000_000
  /// The interval that it asks for, in seconds.
  var heartbeatSeconds = 600
  /// The transaction that began last.
  private(set) var transaction = 1_000
  /// Every call that was heard: its id and what it asked.
  private(set) var heard: [(id: String, action: String)] = []
  private var planned: [(action: String, reply: Reply)] = []

  /// What the next call of this kind gets.
  func next(_ action: String, _ reply: Reply) { planned.append((action, reply)) }

  /// The id of the last call of a kind that was heard.
  func lastId(_ action: String) -> String { heard.last { $0.action == action }?.id ?? "none" }

  /// Hears a call; `wallNanoseconds` is the true time.
  func reply(to bytes: [UInt8], wallNanoseconds: Int64) throws -> (id: String, reply: Reply) {
    guard case .call(let id, let action, let payload) = try OCPPFrame.parse(bytes) else {
      preconditionFailure("a station's message is a call")
    }
    heard.append((id, action))
    if let index = planned.firstIndex(where: { $0.action == action }) {
      return (id, planned.remove(at: index).reply)
    }
    return (id, .result(answer(action, payload, Timestamp.text(nanoseconds: wallNanoseconds))))
  }

  private func answer(_ action: String, _ payload: JSON, _ time: String) -> String {
    switch action {
    case "BootNotification":
      return #"{"status":"Accepted","currentTime":"\#(time)","interval":\#(heartbeatSeconds)}"#
    case "Heartbeat": return #"{"currentTime":"\#(time)"}"#
    case "Authorize": return #"{"idTagInfo":\#(Self.info(of: payload["idTag"]?.string))}"#
    case "StartTransaction":
      transaction += 1
      let info = Self.info(of: payload["idTag"]?.string)
      return #"{"transactionId":\#(transaction),"idTagInfo":\#(info)}"#
    case "StopTransaction":
      guard let card = payload["idTag"]?.string else { return "{}" }
      return #"{"idTagInfo":\#(Self.info(of: card))}"#
    default: return "{}"
    }
  }

  /// What it thinks of a card: the names of the cards in the stories say it.
  private static func info(of card: String?) -> String {
    switch card {
    case "BLOCKED": #"{"status":"Blocked"}"#
    case "STRANGER": #"{"status":"Invalid"}"#
    case "BUSY": #"{"status":"ConcurrentTx"}"#
    case "OLD": #"{"status":"Expired","expiryDate":"2024-01-01T00:00:00Z"}"#
    case "MOTHER", "FATHER": #"{"status":"Accepted","parentIdTag":"FAMILY"}"#
    case "GUEST": #"{"status":"Accepted","expiryDate":"2027-01-01T00:00:00Z"}"#
    case "CHIEF": #"{"status":"Accepted","parentIdTag":"MASTER"}"#
    default: #"{"status":"Accepted"}"#
    }
  }
}
