/// A branch or leaf page of a B+tree, read with every offset checked against the page.
///
/// It only borrows the page's bytes: whoever makes one keeps them alive, be it a buffer or a
/// snapshot of the map.
@usableFromInline
struct TreePage {
  @usableFromInline let start: UnsafeRawPointer
  @usableFromInline let pageBytes: Int
  /// The number of nodes.
  @usableFromInline let count: Int
  let isLeaf: Bool

  /// Takes a page whose header is right for the number `page`; otherwise says what is wrong.
  static func checked(
    _ start: UnsafeRawPointer, pageBytes: Int, number: UInt64
  ) -> Result<TreePage, PageFault> {
    let ownNumber = start.loadUnaligned(as: UInt64.self)
    guard ownNumber == number else {
      return .failure(PageFault("page \(number) says it is page \(ownNumber)"))
    }
    let flags = start.loadUnaligned(fromByteOffset: 10, as: UInt16.self)
    guard flags == PageLayout.branchFlag || flags == PageLayout.leafFlag else {
      return .failure(PageFault("page \(number) has flags \(flags), so is no branch or leaf"))
    }
    let lower = Int(start.loadUnaligned(fromByteOffset: 12, as: UInt16.self))
    let upper = Int(start.loadUnaligned(fromByteOffset: 14, as: UInt16.self))
    guard lower > PageLayout.headerBytes, lower % 2 == 0, lower <= upper, upper <= pageBytes else {
      return .failure(PageFault("page \(number) has its bounds at \(lower) and \(upper)"))
    }
    let count = (lower - PageLayout.headerBytes) / 2
    return .success(
      TreePage(
        start: start, pageBytes: pageBytes, count: count, isLeaf: flags == PageLayout.leafFlag))
  }

  /// What lies between the nodes' places and the nodes themselves (`mp_lower`, `mp_upper`).
  var unused: Range<Int> {
    let upper = Int(start.loadUnaligned(fromByteOffset: 14, as: UInt16.self))
    return PageLayout.headerBytes + 2 * count..<upper
  }

  /// The bytes from a node's header to the end of its key, or nil when they are not in the page.
  func node(_ index: Int) -> Node? {
    let position = PageLayout.headerBytes + 2 * index
    let offset = Int(start.loadUnaligned(fromByteOffset: position, as: UInt16.self))
    guard offset >= PageLayout.headerBytes + 2 * count,
      offset + PageLayout.nodeHeaderBytes <= pageBytes
    else { return nil }
    let header = start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let node = Node(header: header, offset: offset)
    return offset + PageLayout.nodeHeaderBytes + node.keyBytes <= pageBytes ? node : nil
  }

  func key(_ node: Node) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start + node.keyOffset, count: node.keyBytes)
  }

  /// An integer key; 0 for the first node of a branch, which LMDB keeps without one.
  func number(_ node: Node) -> UInt64? {
    if node.keyBytes == 0, !isLeaf { return 0 }
    guard node.keyBytes == MemoryLayout<UInt64>.size else { return nil }
    return start.loadUnaligned(fromByteOffset: node.keyOffset, as: UInt64.self)
  }

  /// The page number that a big value's node holds, or nil when it is not in the page.
  func overflowPage(_ node: Node) -> UInt64? {
    let offset = node.keyOffset + node.keyBytes
    guard offset + MemoryLayout<UInt64>.size <= pageBytes else { return nil }
    return start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  /// A node's header: lengths, flags, and where its key begins.
  struct Node {
    var header: UInt64
    var offset: Int

    var keyOffset: Int { offset + PageLayout.nodeHeaderBytes }
    var keyBytes: Int { Int(header >> 48) }
    var flags: UInt16 { UInt16(truncatingIfNeeded: header >> 32) }
    /// The size of a leaf's value, wherever it is.
    var dataBytes: Int { Int(UInt32(truncatingIfNeeded: header)) }
    /// The page below a branch's node.
    var child: UInt64 { header & 0xFFFF_FFFF_FFFF }
    /// Where a value that is in the page itself begins.
    var dataOffset: Int { keyOffset + keyBytes }
  }
}

/// What is wrong with a page, in words.
@usableFromInline
struct PageFault: Error {
  var detail: String

  init(_ detail: String) {
    self.detail = detail
  }
}
