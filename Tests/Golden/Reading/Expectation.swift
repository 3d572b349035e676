import ChargePiES
import Journal

/// What is kept beside a golden journal: all that reading it has to give, byte for byte.
package struct Expectation {
  /// Every event as a line of JSON: the same as `chargepi-replay JOURNAL json` prints. It is long,
  /// so most stories keep its digest alone.
  package let listing: [UInt8]
  /// The files by their names.
  package private(set) var files: [(name: String, bytes: [UInt8])] = []

  /// What today's program reads in a journal.
  package init(_ journal: GoldenJournal) throws {
    let station = try journal.fold()
    let version = Station.stateVersion
    listing = Self.listing(journal)
    add("events.sha256", Array("\(Fingerprint.digest(listing))\n".utf8))
    add("state-\(version).bin", RecordEncoder.encode(station))
    add("state-\(version).json", RecordJSON.object(station) + [UInt8(ascii: "\n")])
    add("transcript.txt", Array(Transcript.text(journal).utf8))
    if let refusal = journal.refusal { add("refusal.txt", Array("\(refusal)\n".utf8)) }
  }

  private mutating func add(_ name: String, _ bytes: [UInt8]) { files.append((name, bytes)) }

  /// One of the files.
  package func bytes(_ name: String) -> [UInt8]? { files.first { $0.name == name }?.bytes }

  private static func listing(_ journal: GoldenJournal) -> [UInt8] {
    var text: [UInt8] = []
    for event in journal.events {
      if case .checkpoint = event.body {
        text += Array("{\"seq\":\(event.number),\"checkpoint\":true}\n".utf8)
      } else {
        text += Array("{\"seq\":\(event.number),".utf8)
        text += RecordJSON.object(Record(event, turnOffset: 0)).dropFirst()
        text.append(UInt8(ascii: "\n"))
      }
    }
    return text
  }
}

/// What went over the wire, in both directions, as the journal has it.
enum Transcript {
  /// One line a frame: the event, `>` for what the station sent and `<` for what it got, the
  /// connection, and the frame with the card numbers that the vault still knows.
  static func text(_ journal: GoldenJournal) -> String {
    var text = ""
    for event in journal.events {
      guard let frame = frame(event.body) else { continue }
      text += "\(event.number) \(frame.sign) \(frame.connection) "
      text += revealed(frame.frame, journal.vault) + "\n"
    }
    return text
  }

  private static func frame(
    _ body: Event.Body
  ) -> (sign: Character, connection: UInt64, frame: Frame)? {
    switch body {
    case .observation(.callReceived(let event)): ("<", event.connection, event.frame)
    case .observation(.answerReceived(let event)): ("<", event.connection, event.frame)
    case .observation(.frameRefused(let event)): ("<", event.connection, event.frame)
    case .decision(.messageSent(let event)): (">", event.connection, event.frame)
    case .decision(.answerSent(let event)): (">", event.connection, event.frame)
    case .observation, .decision, .checkpoint: nil
    }
  }

  /// As the reader prints it: secrets stay hidden, cards without a vault are numbers.
  private static func revealed(_ frame: Frame, _ vault: Vault?) -> String {
    let bytes = frame.text.content
    var text: [UInt8] = []
    var position = 0
    for redaction in frame.redactions {
      let offset = max(position, min(Int(redaction.offset), bytes.count))
      text += bytes[position..<offset]
      position = offset
      let card = (try? vault?.token(redaction.token))?.text ?? "token#\(redaction.token)"
      text += Array((redaction.token == 0 ? "<secret>" : card).utf8)
    }
    text += bytes[position...]
    return String(decoding: text, as: UTF8.self)
  }
}
