import ChargePiES
import Projections

/// When boots began, and in which of them somebody lied about the time.
struct BootLog {
  /// Moments of the life, by boot number from 1.
  private(set) var beginnings: [Int64] = []
  private(set) var lied: [Bool] = []
  /// Boots in which the time was learnt.
  private(set) var knew: [Bool] = []

  mutating func began(at moment: Int64) {
    guard beginnings.last != moment else { return }
    beginnings.append(moment)
    lied.append(false)
    knew.append(false)
  }

  /// The running boot has learnt the time.
  mutating func learnt() {
    if !knew.isEmpty { knew[knew.count - 1] = true }
  }

  /// Whether the station must still know what a stamp's boot knew (OCPP needs it for its queue).
  func isKnown(_ stamp: Stamp) -> Bool {
    let index = Int(stamp.boot) - 1
    return knew.indices.contains(index) && knew[index]
      && index + Limits.rememberedBoots > beginnings.count
  }

  mutating func lie() {
    if !lied.isEmpty { lied[lied.count - 1] = true }
  }

  /// The moment of the life at which something was stamped; nil for boots that are not known.
  func moment(_ stamp: Stamp) -> Int64? {
    let index = Int(stamp.boot) - 1
    return beginnings.indices.contains(index)
      ? beginnings[index] + stamp.monotonicNanoseconds : nil
  }

  func isTruthful(_ stamp: Stamp) -> Bool {
    let index = Int(stamp.boot) - 1
    return lied.indices.contains(index) && !lied[index]
  }
}

extension Audit {
  func bootBegan(_ moment: Int64) {
    boots.began(at: moment)
    if life?.disk.shadow.integer(.heartbeatInterval) == 0 { clockLied() }
  }

  func clockLied() { boots.lie() }

  /// A session's message tells a time: the true one where it could be known, and never 1970.
  func told(_ payload: JSON, _ message: MessageSent, _ life: Life) throws {
    guard let event = try life.disk.event(message.source), case .decision(let decision) = event.body
    else { throw violation("a message of an event that is not there") }
    var stamp = event.stamp
    var text = payload["timestamp"]
    switch decision {
    case .sessionEnded(let ended): stamp = ended.endedAt ?? stamp
    case .sampleTaken: text = payload["meterValue"]?.elements?.first?["timestamp"]
    default: break
    }
    let time = Schema.time(text)
    try check(Limits.wallNanoseconds.contains(time), "the time \(text as Any) is on the wire")
    guard let wall = life.disk.shadow.wallTime(of: stamp), let moment = boots.moment(stamp) else {
      throw violation("a time is told that nobody knows")
    }
    if wall.isEstimated {
      try check(!boots.isKnown(stamp), "a time that was known is told as a guess")
      return tally.count(.estimatedTime)
    }
    guard boots.isTruthful(stamp) else { return }
    let error = (time - life.central.worldTime(at: moment)) / 1_000_000
    try check(
      abs(error) <= Self.clockErrorMilliseconds,
      "\(message.role) is told with a time that is \(error) ms off")
  }

  /// An answer may come half a minute late, and the clock drifts from one answer to the next.
  private static let clockErrorMilliseconds: Int64 = 45_000
}
