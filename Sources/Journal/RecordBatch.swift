/// The records of one commit, one behind the other in a single buffer.
///
/// A commit holds whole turns and is made hundreds of times an hour: one growing buffer that is
/// emptied and used again costs no allocation once it has found its size.
public struct RecordBatch {
  var bytes: [UInt8] = []
  var ends: [Int] = []

  /// An empty batch.
  public init() {}

  /// The number of records.
  public var count: Int { ends.count }

  /// Whether there is no record in it: such a batch cannot be committed.
  public var isEmpty: Bool { ends.isEmpty }

  /// The size of all records together, in bytes, without the commit hash.
  public var byteCount: Int { bytes.count }

  /// Adds a record that `build` appends to the buffer.
  ///
  /// `build` must only append, and must append one Protocol Buffers message without fields 14 and
  /// 15, which belong to the journal; anything else is a bug and traps, in debug builds at the
  /// latest in `append`.
  @inlinable
  public mutating func append<E: Error>(_ build: (inout [UInt8]) throws(E) -> Void) throws(E) {
    let start = beginRecord()
    do {
      try build(&buffer)
    } catch {
      truncate(to: start)
      throw error
    }
    endRecord(from: start)
  }

  /// Adds a record that is already encoded.
  public mutating func append(_ record: [UInt8]) {
    bytes += record
    ends.append(bytes.count)
  }

  /// Makes it empty, by default without giving the memory back.
  public mutating func removeAll(keepingCapacity: Bool = true) {
    bytes.removeAll(keepingCapacity: keepingCapacity)
    ends.removeAll(keepingCapacity: keepingCapacity)
  }

  /// Lends the bytes of one record; `index` counts from 0.
  public func withRecord<R>(at index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    let start = index == 0 ? 0 : ends[index - 1]
    return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[index]])) }
  }

  @usableFromInline
  var buffer: [UInt8] {
    get { bytes }
    _modify { yield &bytes }
  }

  @usableFromInline
  func beginRecord() -> Int { bytes.count }

  @usableFromInline
  mutating func endRecord(from start: Int) {
    precondition(bytes.count >= start, "a record's builder must only append")
    ends.append(bytes.count)
  }

  @usableFromInline
  mutating func truncate(to length: Int) {
    if bytes.count > length { bytes.removeSubrange(length...) }
  }

  /// Puts field 15 behind the last record.
  mutating func seal(with hash: Digest) {
    RecordFraming.appendCommitHash(hash, to: &bytes)
    ends[ends.count - 1] = bytes.count
  }

  /// Takes field 15 away again, after a commit that failed.
  mutating func unseal() {
    bytes.removeLast(RecordFraming.digestFieldBytes)
    ends[ends.count - 1] = bytes.count
  }
}
