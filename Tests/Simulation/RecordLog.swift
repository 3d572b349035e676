import ChargePiES

/// Records as bytes, one behind the other; the first is number 2, as the first event of a journal.
struct RecordLog {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// The number of the record before the first.
  private var base: UInt64 = 1

  /// The number of the last record.
  var last: UInt64 { base + UInt64(ends.count) }
  var byteCount: Int { bytes.count }

  mutating func append(_ record: Record) {
    // Handed over and back, so that the buffer is never copied.
    var encoder = RecordEncoder()
    swap(&encoder.output, &bytes)
    record.append(to: &encoder)
    swap(&encoder.output, &bytes)
    ends.append(bytes.count)
  }

  mutating func append(_ other: RecordLog) {
    let start = bytes.count
    bytes += other.bytes
    for end in other.ends { ends.append(start + end) }
  }

  /// Loses the records behind the given one.
  mutating func truncate(after number: UInt64) {
    ends.removeLast(Int(last - number))
    bytes.removeLast(bytes.count - (ends.last ?? 0))
  }

  /// Empties it; the next record has the number behind the given one.
  mutating func removeAll(after number: UInt64) {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    base = number
  }

  func addAll(to chain: inout Fingerprint64) {
    chain.add(UInt64(ends.count))
    chain.add(bytes)
  }

  /// Lends the bytes of a record that is there.
  func withRecord<R>(_ number: UInt64, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let index = Int(number - base) - 1
    let start = index == 0 ? 0 : ends[index - 1]
    let end = ends[index]
    return try bytes.withUnsafeBytes {
      try body(UnsafeRawBufferPointer(rebasing: $0[start..<end]))
    }
  }
}
