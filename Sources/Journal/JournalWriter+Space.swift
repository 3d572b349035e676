import Glibc

extension JournalWriter {
  /// How much room the journal takes and has.
  ///
  /// Costs two system calls and a walk over the list of free pages, which is short unless much was
  /// pruned.
  public func space() throws(JournalError) -> JournalSpace {
    let records = try records
    let pageBytes = UInt64(records.pageBytes)
    var reusablePages: UInt64 = 0
    try records.environment.read { (transaction) throws(JournalError) in
      try transaction.forEach(inFreeList: true) { (_, list) throws(JournalError) in
        reusablePages += UInt64(FreeList.count(list))
        return true
      }
    }
    var volume = statvfs()
    guard statvfs(path, &volume) == 0 else {
      throw .os(path: path, call: "statvfs", errno: errno)
    }
    return JournalSpace(
      fileBytes: UInt64(try RecordMap.size(of: records.environment)),
      reusableBytes: reusablePages * pageBytes,
      mapBytes: UInt64(try RecordMap.mapBytes(records.environment)),
      diskFreeBytes: UInt64(volume.f_bavail) * UInt64(volume.f_frsize))
  }
}

/// A list of free pages as LMDB keeps it (`MDB_IDL`): its length, then the numbers.
enum FreeList {
  static func count(_ list: UnsafeRawBufferPointer) -> Int {
    let word = MemoryLayout<UInt64>.size
    guard list.count >= word else { return 0 }
    return min(Int(clamping: list.loadUnaligned(as: UInt64.self)), list.count / word - 1)
  }

  static func page(_ list: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
    let word = MemoryLayout<UInt64>.size
    return list.loadUnaligned(fromByteOffset: (index + 1) * word, as: UInt64.self)
  }
}
