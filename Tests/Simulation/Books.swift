/// What a central system has written down of a station's transactions.
struct Books {
  /// A transaction that was opened.
  struct Start: Hashable {
    let messageId: String
    let transaction: Int64
    let payload: UInt64
    let card: String
    let connector: Int64
    let meterStart: Int64
    let timestamp: Int64
  }

  /// A transaction that was closed.
  struct Stop: Hashable {
    let messageId: String
    let transaction: Int64
    let payload: UInt64
    let meterStop: Int64
    let timestamp: Int64
  }

  /// A reading.
  struct Reading: Hashable {
    let messageId: String
    let transaction: Int64?
    let payload: UInt64
  }

  var starts: [Start] = []
  var stops: [Stop] = []
  var readings: [Reading] = []

  /// Everything so far has been checked.
  mutating func close() {
    starts.removeAll(keepingCapacity: true)
    stops.removeAll(keepingCapacity: true)
    readings.removeFirst(max(0, readings.count - 8))
  }
}
