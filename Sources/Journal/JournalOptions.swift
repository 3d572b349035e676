/// How a journal is opened for writing.
public struct JournalOptions: Sendable {
  /// The address range that is reserved, in bytes: the greatest size that the file can have.
  ///
  /// 64 GiB by default, which costs nothing until it is used. Less is for tests.
  public var mapBytes: Int

  /// Options; `mapBytes` is rounded up to whole pages by LMDB.
  public init(mapBytes: Int = 64 << 30) {
    self.mapBytes = mapBytes
  }
}

/// How much room a journal takes and has, in bytes.
public struct JournalSpace: Equatable, Sendable {
  /// The file's size.
  public var fileBytes: UInt64
  /// Within the file, pages that wait to be used again.
  public var reusableBytes: UInt64
  /// The greatest size that the file can have.
  public var mapBytes: UInt64
  /// What the file system still gives to this user.
  public var diskFreeBytes: UInt64

  /// What can still be written before either the disk or the map is full.
  public var availableBytes: UInt64 {
    let inMap = mapBytes > fileBytes ? mapBytes - fileBytes : 0
    return reusableBytes + min(inMap, diskFreeBytes)
  }
}
