import Glibc

/// Writing records into a journal file, the first one included.
enum JournalCreation {
  /// Makes a journal under another name and then gives it its own: a power cut leaves either none
  /// or a whole one.
  static func create(
    _ path: String, options: JournalOptions, chain: ChainHasher
  ) throws(JournalError) {
    let newPath = path + ".new"
    try FileSystem.removeIfPresent(newPath)
    do {
      try writeFormatRecord(newPath, options: options, chain: chain)
    } catch {
      try FileSystem.removeIfPresent(newPath)
      throw error
    }
    try FileSystem.replace(path, with: newPath)
  }

  private static func writeFormatRecord(
    _ path: String, options: JournalOptions, chain: ChainHasher
  ) throws(JournalError) {
    try FileSystem.createEmpty(path)
    let environment = try Environment(
      Environment.Configuration(path: path, mapBytes: options.mapBytes, usesLockFile: false))
    defer { environment.close() }
    var batch = RecordBatch()
    batch.append(RecordFraming.formatRecord())
    batch.seal(with: chain.hash(commit: batch, after: .zero))
    try environment.write { (transaction) throws(JournalError) in
      try transaction.declareIntegerKeys()
      try append(batch, after: 0, in: transaction, path: path)
    }
    try FileSystem.sync(path)
  }

  /// Puts the records of a batch behind the last one, whose number must be `last`.
  static func append(
    _ batch: RecordBatch, after last: UInt64, in transaction: borrowing WriteTransaction,
    path: String
  ) throws(JournalError) {
    // LMDB refuses numbers that do not ascend, but not gaps: another program's record would make
    // one.
    let found = try transaction.lastNumber()
    guard found == last else {
      throw .corrupt(path: path, detail: "its last record is \(found), and was \(last) before")
    }
    let result = batch.bytes.withUnsafeBytes { (bytes) -> Result<Void, JournalError> in
      do throws(JournalError) {
        var start = 0
        for (index, end) in batch.ends.enumerated() {
          let record = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
          try transaction.append(last + UInt64(index) + 1, record)
          start = end
        }
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}
