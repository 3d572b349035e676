import ChargePiES

/// Takes card numbers and secrets out of frames, and puts them back.
public enum Concealment {
  /// The vault name of secrets that are found in frames.
  public static let secretName = "frame"

  /// A frame for the journal: what is personal or secret is replaced by its vault number.
  public static func frame(_ bytes: [UInt8], names: any NameStore) throws -> Frame {
    let spans = SensitiveSpans.scan(bytes)
    guard !spans.isEmpty else { return Frame { $0.text = Bytes(bytes) } }
    var frame = Frame()
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var position = 0
    for span in spans {
      text.append(contentsOf: bytes[position..<span.range.lowerBound])
      position = span.range.upperBound
      let value = Array(bytes[span.range])
      guard !value.isEmpty else { continue }
      frame.redactions.append(try redaction(value, span.kind, at: text.count, names))
    }
    text.append(contentsOf: bytes[position...])
    frame.text = Bytes(text)
    return frame
  }

  private static func redaction(
    _ value: [UInt8], _ kind: SensitiveSpan.Kind, at offset: Int, _ names: any NameStore
  ) throws -> Redaction {
    var redaction = Redaction { $0.offset = UInt64(offset) }
    // What is no text cannot be a card number; it is kept as a secret, byte by byte.
    if kind == .token, let text = String(validating: value, as: UTF8.self) {
      redaction.token = try names.intern(text).id
    } else {
      redaction.secret = secretName
      redaction.version = try names.keep(secret: secretName, value)
    }
    return redaction
  }

  /// The bytes on the wire; what was forgotten reads as its number in angle brackets.
  public static func bytes(_ frame: Frame, names: any NameStore) throws -> [UInt8] {
    let text = frame.text.content
    guard !frame.redactions.isEmpty else { return text }
    var bytes: [UInt8] = []
    var position = 0
    for redaction in frame.redactions {
      let offset = min(Int(redaction.offset), text.count)
      bytes.append(contentsOf: text[position..<max(position, offset)])
      position = max(position, offset)
      bytes.append(contentsOf: try value(redaction, names))
    }
    bytes.append(contentsOf: text[position...])
    return bytes
  }

  private static func value(_ redaction: Redaction, _ names: any NameStore) throws -> [UInt8] {
    if redaction.token != 0 {
      return Array((try names.text(redaction.token) ?? "<token \(redaction.token)>").utf8)
    }
    let secret = try names.secret(redaction.secret, version: redaction.version)
    return secret ?? Array("<\(redaction.secret) \(redaction.version)>".utf8)
  }
}
