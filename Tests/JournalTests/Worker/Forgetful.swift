import Glibc
import Journal

/// `forgetful DATA SEED STEPS`: a station that appends, erases, prunes, scrubs, and forgets cards.
///
/// Says what it is about to forget, and what is done when it is done: the cut points hold the
/// files against these lines (Tests/Cuts).
struct Forgetful {
  private let writer: JournalWriter
  private let vault: Vault
  private var state: UInt64
  private var tokens: [UInt64] = []

  static func run(_ parameters: [String]) throws {
    var story = try Forgetful(parameters[0], seed: UInt64(parameters[1]) ?? 1)
    for _ in 0..<(Int(parameters[2]) ?? 0) { try story.step() }
    story.writer.close()
    story.vault.close()
  }

  private init(_ data: String, seed: UInt64) throws {
    writer = try JournalWriter(path: data + "/journal.db", lockPath: data + "/lock")
    vault = try Vault(path: data + "/vault.db", readOnly: false)
    state = seed
  }

  private mutating func step() throws {
    switch random(below: 20) {
    case 0..<7: try append(byteCount: Int(random(below: 40)) * 20)
    case 7: try append(byteCount: 6_000)
    case 8..<11: try learn()
    case 11, 12: try forget()
    case 13: tell("secret \(try vault.setSecret("key", Array("key \(random(below: 9))".utf8)))")
    case 14..<17: try erase()
    case 17: tell("scrubbed \(try writer.scrub())")
    default:
      let number = random(below: writer.last + 1)
      tell("pruning \(number)")
      if try writer.prune(through: number, limit: 8) > 0 { tell("pruned") }
    }
  }

  private mutating func append(byteCount: Int) throws {
    var batch = RecordBatch()
    for index in 0...random(below: 3) {
      let text = "record \(writer.last + 1 + index);" + String(repeating: "=", count: byteCount)
      batch.append(Self.message(Array(text.utf8)))
    }
    tell("appended \(try writer.append(&batch).upperBound)")
  }

  private mutating func erase() throws {
    let number = 2 + random(below: writer.last)
    guard number <= writer.last else { return }
    tell("erasing \(number)")
    if try writer.erase(number) { tell("erased \(number)") }
  }

  private mutating func learn() throws {
    let entry = try vault.intern("CARD-\(random(below: 1_000_000))-CARD", type: 1)
    tokens.append(entry.id)
    tell("token \(entry.id) \(entry.text)")
  }

  private mutating func forget() throws {
    guard !tokens.isEmpty else { return }
    let id = tokens.remove(at: Int(random(below: UInt64(tokens.count))))
    tell("forgetting \(id)")
    try vault.forget(token: id)
    tell("forgot \(id)")
  }

  /// Knuth's linear congruential generator: the same story from the same seed.
  private mutating func random(below bound: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % bound
  }

  private static func message(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x12, UInt8(content.count & 0x7F) | 0x80, UInt8(content.count >> 7)]
    bytes += content
    return bytes
  }
}

/// `remembers DATA`: opens everything for writing, as a start does, and says what is there.
enum Remembers {
  static func run(_ parameters: [String]) throws {
    let data = parameters[0]
    let writer = try JournalWriter(path: data + "/journal.db", lockPath: data + "/lock")
    let vault = try Vault(path: data + "/vault.db", readOnly: false)
    let report = try writer.verifyChain()
    tell("intact \(report.isIntact)")
    tell("last \(writer.last)")
    tell("pruned \(report.prunedThrough ?? 1)")
    try writer.forEach(from: 2) { number, record in
      let isErased = record.count <= 68 && record.first == 0x72
      tell("\(isErased ? "erased" : "record") \(number)")
      return true
    }
    for id in 1...1_000 {
      if let entry = try vault.token(UInt64(id)) { tell("token \(id) \(entry.text)") }
    }
    tell("secret \(try vault.secret("key", version: nil)?.count ?? 0)")
    var batch = RecordBatch()
    batch.append([0x12, 0x00])
    tell("appended \(try writer.append(&batch).upperBound)")
    writer.close()
    vault.close()
  }
}

/// Writes a line by a call of its own: what stands in between sees it at this moment.
private func tell(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  guard write(STDOUT_FILENO, bytes, bytes.count) == bytes.count else { exit(4) }
}
