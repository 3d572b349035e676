import ChargePiES
import Projections

extension VirtualStation {
  /// What a friendly central system answers to a call.
  func answer(_ bytes: [UInt8]) throws -> [UInt8] {
    guard case .call(let id, let action, _) = try OCPPFrame.parse(bytes) else {
      throw BenchError.text("the station sent something that is no call")
    }
    return Array("[3,\"\(id)\",\(content(action))]".utf8)
  }

  private func content(_ action: String) -> String {
    switch action {
    case "StartTransaction":
      transactions += 1
      return "{\"transactionId\":\(transactions),\"idTagInfo\":{\"status\":\"Accepted\"}}"
    case "Authorize", "StopTransaction": return "{\"idTagInfo\":{\"status\":\"Accepted\"}}"
    case "BootNotification":
      return "{\"currentTime\":\"\(time)\",\"interval\":300,\"status\":\"Accepted\"}"
    case "Heartbeat": return "{\"currentTime\":\"\(time)\"}"
    default: return "{}"
    }
  }

  private var time: String { Timestamp.text(nanoseconds: Self.epochNanoseconds + now) }
}
