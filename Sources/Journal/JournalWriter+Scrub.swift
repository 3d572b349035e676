import CLMDB
import Glibc

extension JournalWriter {
  /// Overwrites the pages that are free with zeros, durably, and what is free within the others, so
  /// that erased and pruned content is gone from the file.
  ///
  /// LMDB moves records within a page and from page to page, and writes pages from buffers that it
  /// uses again as they are: between the nodes of any page in use there may be what once stood
  /// elsewhere. So its buffers are given up first, and these places are written over with zeros. A
  /// power cut meanwhile finds the nodes beside them as they were.
  ///
  /// Gives false when a reader's snapshot still leads to some of them: call it again later. Makes
  /// one commit, without a new record, after which neither of LMDB's two meta pages leads to what
  /// was erased before. Pages that are zero already are not written again. What this cannot reach
  /// is what the storage keeps for itself: a flash card writes elsewhere, and its old cells last
  /// until it needs them.
  public func scrub() throws(JournalError) -> Bool {
    guard try records.environment.snapshots == 0 else { return false }
    try reopen()
    try commitAgain()
    let records = try records
    let readers = try oldestReader(records.environment)
    var pages: [UInt64] = []
    var isComplete = true
    try records.environment.read { (transaction) throws(JournalError) in
      // LMDB's own rule for using pages again: not those that the last commit set free.
      let newest = transaction.id - 1
      try transaction.forEach(inFreeList: true) { (key, list) throws(JournalError) in
        let freedBy = key.loadUnaligned(as: UInt64.self)
        guard freedBy <= min(newest, readers ?? newest) else {
          isComplete = isComplete && freedBy > newest
          return true
        }
        for index in 0..<FreeList.count(list) { pages.append(FreeList.page(list, index)) }
        return true
      }
    }
    let pageBytes = records.pageBytes
    let free = pages.map { Int($0) * pageBytes..<(Int($0) + 1) * pageBytes }
    try overwrite(free + unusedRanges())
    return isComplete
  }

  /// What is between the nodes of the pages that either meta page leads to, as ranges of the file.
  private func unusedRanges() throws(JournalError) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    let newest = try PageFile(path).meta.transaction
    for transaction in [newest, newest - 1] {
      let file = try PageFile(path, transaction: transaction)
      let walk = TreeWalk(
        file: file,
        page: { number, page in
          let offset = Int(number) * file.pageBytes
          ranges.append(offset + page.unused.lowerBound..<offset + page.unused.upperBound)
        })
      try walk.walk(file.meta.main, keys: .integer, content: .values)
      try walk.walk(file.meta.free, keys: .integer, content: .freePages)
    }
    return ranges
  }

  /// A commit that changes nothing: the last record is replaced by itself.
  private func commitAgain() throws(JournalError) {
    let number = last
    let bytes = try records.withSnapshot { (snapshot) throws(JournalError) -> [UInt8]? in
      let walk = try LeafWalk(snapshot, from: number)
      guard let leaf = walk.leaf else { return nil }
      let record = try snapshot.record(leaf, walk.index)
      return record.number == number ? [UInt8](record.bytes) : nil
    }
    guard let bytes else {
      throw .corrupt(path: path, detail: "its last record, \(number), is not there")
    }
    try write { (transaction) throws(JournalError) in try transaction.put(number, bytes) }
  }

  private func overwrite(_ ranges: [Range<Int>]) throws(JournalError) {
    let file = try FileHandle(path, flags: O_RDWR)
    let fileBytes = Int(try file.status().st_size)
    for range in ranges where range.upperBound <= fileBytes {
      var bytes = [UInt8](repeating: 0, count: range.count)
      _ = try PageFile.readBytes(file, at: range.lowerBound, into: &bytes)
      if bytes.contains(where: { $0 != 0 }) {
        try file.zero(at: range.lowerBound, count: range.count)
      }
    }
    try file.sync()
  }

  /// The commit that the oldest snapshot of any reader shows, or nil when there is none.
  private func oldestReader(_ environment: Environment) throws(JournalError) -> UInt64? {
    var text: [UInt8] = []
    // LMDB tells its readers as lines of text only: process, thread, commit ("-" when idle).
    let collect: @convention(c) (UnsafePointer<CChar>?, UnsafeMutableRawPointer?) -> Int32 = {
      // Right because LMDB passes on the pointer to `text` below, during that call.
      guard let line = $0, let text = $1?.assumingMemoryBound(to: [UInt8].self) else { return -1 }
      text.pointee += String(cString: line).utf8
      return 0
    }
    let handle = try environment.opened()
    let code = withUnsafeMutablePointer(to: &text) { mdb_reader_list(handle, collect, $0) }
    guard code >= 0 else {
      throw .os(path: path, call: "mdb_reader_list", errno: EIO)
    }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    return lines.compactMap { $0.split(separator: " ").last.flatMap { UInt64($0) } }.min()
  }
}
