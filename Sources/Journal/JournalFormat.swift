/// What a journal must begin and end with.
enum JournalFormat {
  /// Judges record number 1.
  static func check(_ records: RecordMap) throws(JournalError) {
    let version = try records.withSnapshot { (snapshot) throws(JournalError) -> UInt32? in
      let walk = try LeafWalk(snapshot, from: 1)
      guard let leaf = walk.leaf else { return nil }
      let record = try snapshot.record(leaf, walk.index)
      return record.number == 1 ? RecordFraming.formatVersion(in: record.bytes) : nil
    }
    guard let version else {
      throw .foreign(path: records.path, detail: "its first record is not a journal's")
    }
    guard version <= RecordFraming.knownFormat else {
      throw .newerFormat(path: records.path, found: version, known: RecordFraming.knownFormat)
    }
  }

  /// The last record's number, and the commit hash that it must have.
  static func end(_ records: RecordMap) throws(JournalError) -> (UInt64, Digest) {
    let end = try records.withSnapshot { (snapshot) throws(JournalError) -> (UInt64, Digest?)? in
      let walk = try LeafWalk(snapshot, backFrom: .max)
      guard let leaf = walk.leaf else { return nil }
      let record = try snapshot.record(leaf, walk.index)
      return (record.number, RecordFraming.commitHash(in: record.bytes))
    }
    guard let (number, hash) = end else {
      throw .corrupt(path: records.path, detail: "it has no last record")
    }
    guard let hash else {
      throw .corrupt(
        path: records.path, detail: "its last record, \(number), does not end a commit")
    }
    return (number, hash)
  }
}
