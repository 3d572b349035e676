import ChargePiES
import Projections

/// A disk in memory: keeps events as they are committed, and counts how often it is searched.
final class MemoryStore: EventStore {
  /// Committed events; the first is event 2, as in a journal.
  private(set) var events: [Event] = []
  /// How often the queue was searched for messages.
  private(set) var searches = 0
  /// How many messages such searches found in all.
  private(set) var found = 0

  var chainHash: [UInt8] { [UInt8(truncatingIfNeeded: events.count)] }

  func commit(_ events: [Event]) throws { self.events += events }

  func event(_ number: UInt64) throws -> Event? {
    guard let first = events.first, number >= first.number else { return nil }
    let index = Int(number - first.number)
    return index < events.count ? events[index] : nil
  }

  func queued(
    after number: UInt64, most: Int
  ) throws -> [(number: UInt64, message: MessageQueued)] {
    searches += 1
    var list: [(number: UInt64, message: MessageQueued)] = []
    for event in events where event.number > number && list.count < most {
      guard case .decision(.messageQueued(let message)) = event.body, message.kind == .transaction
      else { continue }
      list.append((event.number, message))
    }
    found += list.count
    return list
  }
}

/// A vault in memory.
final class MemoryNames: NameStore {
  private(set) var texts: [String] = []
  private(set) var secrets: [String: [[UInt8]]] = [:]
  /// Identifications that were forgotten.
  var forgotten: Set<UInt64> = []

  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64) {
    let exact = texts.firstIndex { $0.utf8.elementsEqual(text.utf8) }
    if exact == nil { texts.append(text) }
    let folded = text.lowercased()
    let canonical = texts.firstIndex { $0.lowercased() == folded } ?? texts.count - 1
    return (UInt64(exact ?? texts.count - 1) + 1, UInt64(canonical) + 1)
  }

  func text(_ id: UInt64) throws -> String? {
    guard id >= 1, Int(id) <= texts.count, !forgotten.contains(id) else { return nil }
    return texts[Int(id) - 1]
  }

  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32 {
    secrets[name, default: []].append(value)
    return UInt32(secrets[name]?.count ?? 0)
  }

  func secret(_ name: String, version: UInt32) throws -> [UInt8]? {
    guard let versions = secrets[name], version >= 1, Int(version) <= versions.count else {
      return nil
    }
    return versions[Int(version) - 1]
  }
}

/// A generator with a seed (SplitMix64), so that what failed can be run again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
