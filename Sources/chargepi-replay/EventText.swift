import ChargePiES
import Glibc
import Journal
import Projections

/// Writes whole lines, in large pieces.
struct OutputBuffer {
  private var bytes: [UInt8] = []

  mutating func line(_ text: String) { line(bytes: Array(text.utf8)) }

  mutating func line(bytes line: [UInt8]) {
    bytes.append(contentsOf: line)
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count > 65_536 { flush() }
  }

  /// Writes what is left; a reader that has gone away ends the program quietly.
  mutating func flush() {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(STDOUT_FILENO, $0.baseAddress.map { $0 + offset }, bytes.count - offset)
      }
      if count < 0 && errno != EINTR { exit(0) }
      offset += max(0, count)
    }
    bytes.removeAll(keepingCapacity: true)
  }
}

/// Card numbers for people, from the vault beside a journal where there is one.
struct TokenNames {
  private let vault: Vault?

  /// The vault `vault.db` in the journal's directory; without it tokens are numbers.
  init(beside journal: String) {
    let directory = journal.lastIndex(of: "/").map { String(journal[...$0]) } ?? ""
    let path = directory + "vault.db"
    vault = access(path, R_OK) == 0 ? try? Vault(path: path, readOnly: true) : nil
  }

  /// The text of a token, or its number.
  func text(_ token: UInt64) -> String {
    guard token != 0 else { return "nobody" }
    let entry = try? vault?.token(token)
    return entry?.text ?? "token#\(token)"
  }

  /// A frame as text, with its redactions filled in where they are tokens that are known.
  func text(_ frame: Frame) -> String {
    var text: [UInt8] = []
    var position = 0
    let bytes = frame.text.content
    for redaction in frame.redactions {
      let offset = min(Int(redaction.offset), bytes.count)
      text.append(contentsOf: bytes[position..<max(position, offset)])
      position = max(position, offset)
      let value = redaction.token != 0 ? self.text(redaction.token) : "<secret>"
      text.append(contentsOf: value.utf8)
    }
    text.append(contentsOf: bytes[position...])
    return String(decoding: text, as: UTF8.self)
  }
}

/// One line about an event.
enum EventText {
  static func line(_ event: Event, clock: Clock, names: TokenNames) -> String {
    let time = clock.wallTime(
      boot: event.stamp.boot, monotonicNanoseconds: event.stamp.monotonicNanoseconds)
    let when = time.map {
      ($0.isEstimated ? "~" : "") + Timestamp.text(nanoseconds: $0.nanoseconds)
    }
    let moment = "boot \(event.stamp.boot) +\(event.stamp.monotonicNanoseconds / 1_000_000) ms"
    let number = String(event.number)
    let pad = String(repeating: " ", count: max(0, 8 - number.count))
    return "\(pad)\(number)  \(when ?? moment)  \(what(event.body, names))"
  }

  private static func what(_ body: Event.Body, _ names: TokenNames) -> String {
    switch body {
    case .observation(let observation): return "● " + what(observation, names)
    case .decision(let decision): return "    " + what(decision, names)
    case .checkpoint(let saved): return "■ checkpoint, \(saved.state.content.count) bytes"
    }
  }

  private static func what(_ observation: Observation, _ names: TokenNames) -> String {
    switch observation {
    case .cardRead(let event): return "card read: \(names.text(event.token))"
    case .callReceived(let event): return "received \(names.text(event.frame))"
    case .answerReceived(let event): return "received \(names.text(event.frame))"
    case .frameRefused(let event):
      return "refused (\(event.reason)) \(names.text(event.frame))"
    default: return generic(.observation(observation))
    }
  }

  private static func what(_ decision: Decision, _ names: TokenNames) -> String {
    switch decision {
    case .messageSent(let event):
      let again = event.resends > 0 ? " again (resend \(event.resends))" : ""
      return "sent\(again) \(names.text(event.frame))"
    case .answerSent(let event): return "sent \(names.text(event.frame))"
    case .sessionAuthorized(let event):
      return "session authorized \(event.session) at \(event.evse) for "
        + "\(names.text(event.token)) by \(event.source)"
    default: return generic(.decision(decision))
    }
  }

  /// The kind and its fields, as they are listed.
  private static func generic(_ body: Event.Body) -> String {
    var record = Record()
    record.body = body
    let json = String(decoding: RecordJSON.object(record), as: UTF8.self)
    // {"card_read":{…}} reads as: card read …
    let inner = json.dropFirst(2).dropLast(1)
    guard let end = inner.firstIndex(of: "\"") else { return json }
    let kind = inner[..<end].split(separator: "_").joined(separator: " ")
    let fields = inner[end...].dropFirst(2)
    return fields == "{}" ? kind : "\(kind) \(fields)"
  }
}

/// One line about a session.
enum SessionText {
  static func line(_ entry: LedgerEntry, _ clock: Clock, _ names: TokenNames) -> String {
    let end = entry.endedAt.map { when($0, clock) } ?? "running"
    let reason = entry.endedAt == nil ? "" : " \(entry.reason)"
    let begin = entry.permittedAt.map { when($0, clock) } ?? "-"
    return "\(entry.session)  \(entry.place.evse).\(entry.place.connector)  "
      + "\(names.text(entry.token))  \(begin) to \(end)  "
      + "\(wattHours(entry.energyMilliwattHours)) Wh\(reason)  "
      + "transaction \(entry.reference ?? "-")  \(entry.delivery.rawValue)"
  }

  static func total(_ entries: [LedgerEntry]) -> String {
    let energy = entries.reduce(0) { $0 + $1.energyMilliwattHours }
    return "\(entries.count) sessions, \(wattHours(energy)) Wh"
  }

  private static func when(_ stamp: Stamp, _ clock: Clock) -> String {
    let time = clock.wallTime(
      boot: stamp.boot, monotonicNanoseconds: stamp.monotonicNanoseconds)
    guard let time else {
      return "boot \(stamp.boot) +\(stamp.monotonicNanoseconds / 1_000_000) ms"
    }
    let text = Timestamp.text(nanoseconds: time.nanoseconds, precision: .seconds)
    return (time.isEstimated ? "~" : "") + text
  }

  private static func wattHours(_ milliwattHours: Int64) -> String {
    var writer = JSONWriter(capacityBytes: 16)
    writer.decimal(milliwattHours, scale: 3)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
