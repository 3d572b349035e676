import Projections

/// What a request gets (CONTRACT §3).
struct Answer {
  var status: Int
  var body: [UInt8]

  /// JSON with a status.
  static func json(_ status: Int, _ write: (inout JSONWriter) -> Void) -> Answer {
    var writer = JSONWriter(capacityBytes: 1_024)
    write(&writer)
    return Answer(status: status, body: writer.bytes + [UInt8(ascii: "\n")])
  }

  /// An error, with a sentence.
  static func error(_ status: Int, _ text: String) -> Answer {
    json(status) {
      $0.beginObject()
      $0.member("error", text)
      $0.endObject()
    }
  }
}

/// A request that cannot be done: the status and why.
struct Refusal: Error {
  let status: Int
  let text: String
}
