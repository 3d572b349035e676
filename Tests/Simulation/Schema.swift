import Projections

/// Frames against OCPP's own schemas.
enum Schema {
  /// What is wrong with a call's payload; nil when nothing is.
  static func fault(inCall payload: JSON, of type: any OCPPRequest.Type) -> String? {
    do {
      _ = try type.init(json: payload)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// What is wrong with an answer's payload; nil when nothing is.
  static func fault(inAnswer payload: JSON, to type: any OCPPRequest.Type) -> String? {
    check(type, payload)
  }

  private static func check<Request: OCPPRequest>(
    _ type: Request.Type, _ payload: JSON
  ) -> String? {
    do {
      _ = try Request.Response(json: payload)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// A digest of a payload that is the same in every process.
  static func digest(_ payload: JSON) -> UInt64 {
    var writer = JSONWriter(capacityBytes: 256)
    payload.write(to: &writer)
    return Fingerprint64(writer.bytes).value
  }

  /// A time in a payload, nanoseconds since 1970; -1 when there is none.
  static func time(_ json: JSON?) -> Int64 {
    json?.string.flatMap { Timestamp.nanoseconds(parsing: $0) } ?? -1
  }
}

/// Who comes to a station.
enum Visitor {
  /// Cards below this number are known to the central system; the others are strangers.
  static let knownCards = 20

  static func card(_ number: Int64) -> String {
    number < 10 ? "CARD0\(number)" : "CARD\(number)"
  }
}
