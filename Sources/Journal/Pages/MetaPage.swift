/// One B+tree as a meta page describes it (`MDB_db`, 48 bytes).
@usableFromInline
struct TreeDescription: Equatable {
  static let byteCount = 48
  static let noRoot = UInt64.max
  static let integerKeyFlag: UInt16 = 0x08

  /// The page size in the free list's description; unused in the other.
  var pad: UInt32
  var flags: UInt16
  var depth: Int
  var branchPages: UInt64
  var leafPages: UInt64
  var overflowPages: UInt64
  var entries: UInt64
  var root: UInt64

  init(_ bytes: UnsafeRawBufferPointer) {
    pad = bytes.loadUnaligned(as: UInt32.self)
    flags = bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
    depth = Int(bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
    branchPages = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    leafPages = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    overflowPages = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    entries = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
    root = bytes.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
  }

  var isEmpty: Bool { root == Self.noRoot }
}

/// A meta page: one of the two first pages of an LMDB 0.9 file on a 64-bit little-endian machine.
///
/// LMDB trusts these numbers and the pages that they lead to. A file that comes from a failing card
/// or from somewhere else deserves no trust, so they are read here first. Layout: `MDB_page` (16
/// bytes) and `MDB_meta` of LMDB 0.9.
@usableFromInline
struct MetaPage: Equatable {
  static let byteCount = PageLayout.headerBytes + 136
  static let magic: UInt32 = 0xBEEF_C0DE
  static let version: UInt32 = 1

  var pageFlags: UInt16
  var magic: UInt32
  var version: UInt32
  var mapBytes: UInt64
  var free: TreeDescription
  var main: TreeDescription
  var lastPage: UInt64
  var transaction: UInt64

  init(_ page: UnsafeRawBufferPointer) {
    pageFlags = page.loadUnaligned(fromByteOffset: 10, as: UInt16.self)
    let meta = UnsafeRawBufferPointer(rebasing: page[PageLayout.headerBytes...])
    magic = meta.loadUnaligned(as: UInt32.self)
    version = meta.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    mapBytes = meta.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    free = TreeDescription(UnsafeRawBufferPointer(rebasing: meta[24..<72]))
    main = TreeDescription(UnsafeRawBufferPointer(rebasing: meta[72..<120]))
    lastPage = meta.loadUnaligned(fromByteOffset: 120, as: UInt64.self)
    transaction = meta.loadUnaligned(fromByteOffset: 128, as: UInt64.self)
  }

  /// The page size that the file was made with: the machine's at that time, 4 KiB or 16 KiB.
  var pageBytes: Int { Int(free.pad) }

  var isMeta: Bool {
    pageFlags & PageLayout.metaFlag != 0 && magic == Self.magic && version == Self.version
  }

  /// What cannot be right about this page whatever the file's size, or nil.
  var fault: String? { formFault ?? contentFault }

  /// What is wrong with what LMDB reads of either meta page, the older one included.
  var formFault: String? {
    let sizes = PageLayout.minimumPageBytes...PageLayout.maximumPageBytes
    guard isMeta else { return "a meta page is not one" }
    guard sizes.contains(pageBytes), pageBytes & (pageBytes - 1) == 0 else {
      return "a meta page names a page size of \(free.pad)"
    }
    return nil
  }

  /// What is wrong with the state that it describes.
  private var contentFault: String? {
    guard lastPage >= 1, lastPage < 1 << 47 / UInt64(pageBytes) else {
      return "a meta page names \(lastPage) as the last page"
    }
    guard mapBytes <= 1 << 47 else { return "a meta page names a map of \(mapBytes) bytes" }
    for tree in [free, main] {
      if let fault = treeFault(tree) { return fault }
    }
    return nil
  }

  private func treeFault(_ tree: TreeDescription) -> String? {
    if tree.isEmpty {
      return tree.depth == 0 && tree.entries == 0 ? nil : "an empty tree has entries"
    }
    guard tree.root >= 2, tree.root <= lastPage else {
      return "a tree's root is page \(tree.root) of \(lastPage)"
    }
    guard (1...PageLayout.maximumDepth).contains(tree.depth) else {
      return "a tree is \(tree.depth) pages deep"
    }
    return nil
  }
}
