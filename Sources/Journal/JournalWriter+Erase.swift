extension JournalWriter {
  /// Replaces the content of a record by its digest; false when the number is not there.
  ///
  /// The chain stays valid, since it is over digests. The old content is no longer part of the
  /// journal when this returns, but stands in pages that are free now: `scrub` overwrites those.
  /// Record 1 says what the file is and cannot be erased; asking for it is a bug and traps.
  @discardableResult
  public func erase(_ number: UInt64) throws(JournalError) -> Bool {
    precondition(number != 1, "the format record cannot be erased")
    guard let old = try storedRecord(number) else { return false }
    if old.isErased { return true }
    try inspectPath(to: number)
    try write { (transaction) throws(JournalError) in
      // LMDB shifts within a page when a value shrinks; what is left between the values shall be
      // zeros.
      if !old.isBig { try transaction.put(number, [UInt8](repeating: 0, count: old.byteCount)) }
      try transaction.put(number, old.erasedForm)
    }
    return true
  }

  /// What erasing a record needs to know of it.
  struct StoredRecord {
    var byteCount: Int
    var isBig: Bool
    var isErased: Bool
    var commitHash: Digest?
    var erasedForm: [UInt8]
  }

  func storedRecord(_ number: UInt64) throws(JournalError) -> StoredRecord? {
    try records.withSnapshot { (snapshot) throws(JournalError) -> StoredRecord? in
      let walk = try LeafWalk(snapshot, from: number)
      guard let leaf = walk.leaf else { return nil }
      let record = try snapshot.record(leaf, walk.index)
      guard record.number == number else { return nil }
      let end = RecordFraming.sealOffset(in: record.bytes) ?? record.bytes.count
      let hash = RecordFraming.commitHash(in: record.bytes)
      let digest = chain.digest(of: record.bytes, contentEnd: end)
      return StoredRecord(
        byteCount: record.bytes.count,
        isBig: leaf.node(walk.index)?.flags == PageLayout.bigDataFlag,
        isErased: RecordFraming.erasedDigest(in: record.bytes) != nil,
        commitHash: hash,
        erasedForm: RecordFraming.erasedForm(digest: digest, commitHash: hash))
    }
  }

  private func inspectPath(to number: UInt64) throws(JournalError) {
    if !isInspected { try JournalInspection.path(to: number, in: path) }
  }
}
