import Glibc

/// One SPI transaction as spidev takes it: all bytes in one row, cut into segments with pauses.
///
/// What comes in takes the place of what went out, so one row serves both ways.
struct SPIMessage {
  /// Bytes that go out without a pause in between; a pause follows.
  struct Segment: Hashable {
    var range: Range<Int>
    var pauseMicroseconds: UInt16 = 0
  }

  var bytes: [UInt8] = []
  private(set) var segments: [Segment] = []
  private var transfers: [Range<Int>] = []

  /// The longest time that one transaction may pause for, in nanoseconds: the bus stands still.
  static let longestPauseNanoseconds: Int64 = 1_000_000_000

  init(_ steps: [SPIStep]) throws(BusError) {
    for step in steps {
      switch step {
      case .transfer(let out):
        let range = bytes.count..<bytes.count + out.count
        bytes += out
        transfers.append(range)
        if !out.isEmpty { segments.append(Segment(range: range)) }
      case .pause(let nanoseconds):
        guard nanoseconds <= Self.longestPauseNanoseconds else { throw .os(EINVAL) }
        append(pauseMicroseconds: (max(0, nanoseconds) + 999) / 1_000)
      }
    }
  }

  /// A pause belongs to the segment before it; what is left stands in segments without bytes.
  private mutating func append(pauseMicroseconds: Int64) {
    var left = pauseMicroseconds
    if let last = segments.indices.last, left > 0 {
      let room = Int64(UInt16.max - segments[last].pauseMicroseconds)
      segments[last].pauseMicroseconds += UInt16(min(left, room))
      left -= min(left, room)
    }
    while left > 0 {
      let part = min(left, Int64(UInt16.max))
      segments.append(
        Segment(range: bytes.count..<bytes.count, pauseMicroseconds: UInt16(part)))
      left -= part
    }
  }

  /// The segments in groups that spidev takes in one call each.
  ///
  /// - Parameters:
  ///   - bytes: what it takes (`bufsiz`).
  ///   - count: segments that fit into one request's number.
  func groups(bytes limit: Int, count: Int) -> [[Segment]] {
    var groups: [[Segment]] = []
    var room = 0
    for segment in segments.flatMap({ Self.cut($0, limit) }) {
      if groups.isEmpty || segment.range.count > room || groups[groups.count - 1].count == count {
        groups.append([])
        room = limit
      }
      groups[groups.count - 1].append(segment)
      room -= segment.range.count
    }
    return groups
  }

  private static func cut(_ segment: Segment, _ limit: Int) -> [Segment] {
    guard segment.range.count > limit else { return [segment] }
    var parts: [Segment] = []
    var start = segment.range.lowerBound
    while start < segment.range.upperBound {
      let end = min(start + limit, segment.range.upperBound)
      parts.append(Segment(range: start..<end))
      start = end
    }
    parts[parts.count - 1].pauseMicroseconds = segment.pauseMicroseconds
    return parts
  }

  /// What came in, one array for each transfer.
  var received: [[UInt8]] { transfers.map { Array(bytes[$0]) } }
}
