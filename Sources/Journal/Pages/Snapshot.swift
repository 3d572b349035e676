/// The pages of one consistent state of the file, in the map, for as long as a read transaction
/// pins them.
///
/// Reading goes over these pages with every offset checked, not through LMDB's cursors: those
/// believe what a page says, and a damaged card must end in a sentence, not in a signal. It is also
/// several times faster.
///
/// Only a view: the transaction is the `~Copyable` owner, and the closure that both are lent to
/// bounds its life. (As a `~Copyable` value, the optimiser of Swift 6.0.3 fails on its inlined
/// reads.)
@usableFromInline
struct Snapshot {
  // Right because the map lives as long as the environment, the transaction that pins the
  // pages outlives this value (`RecordMap.withSnapshot`), and `page` checks every address.
  let base: UnsafeRawPointer
  let path: String
  let pageBytes: Int
  /// How many bytes of the map the file backs.
  let readableBytes: Int
  let lastPage: UInt64
  let tree: TreeDescription

  init(base: UnsafeRawPointer, path: String, meta: MetaPage, fileBytes: Int) {
    self.base = base
    self.path = path
    pageBytes = meta.pageBytes
    lastPage = meta.lastPage
    tree = meta.main
    readableBytes = min(fileBytes, (Int(meta.lastPage) + 1) * meta.pageBytes)
  }

  func page(_ number: UInt64, level: Int) throws(JournalError) -> TreePage {
    let start = try address(number, byteCount: pageBytes)
    switch TreePage.checked(start, pageBytes: pageBytes, number: number) {
    case .failure(let fault): throw corrupt(fault.detail)
    case .success(let page):
      guard page.isLeaf == (level == tree.depth) else {
        throw corrupt("page \(number) is at level \(level) of \(tree.depth)")
      }
      return page
    }
  }

  func address(_ number: UInt64, byteCount: Int) throws(JournalError) -> UnsafeRawPointer {
    guard number >= 2, number <= lastPage,
      Int(number) * pageBytes <= readableBytes - byteCount
    else { throw corrupt("page \(number) is needed and not in the file") }
    return base + Int(number) * pageBytes
  }

  /// A value that has pages of its own.
  func bigValue(_ page: TreePage, _ node: TreePage.Node) throws(JournalError)
    -> UnsafeRawBufferPointer
  {
    guard node.flags == PageLayout.bigDataFlag, let first = page.overflowPage(node) else {
      throw corrupt("a node has flags \(node.flags)")
    }
    let header = UnsafeRawBufferPointer(
      start: try address(first, byteCount: pageBytes), count: PageLayout.headerBytes)
    let pages = Int(header.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    guard header.loadUnaligned(as: UInt64.self) == first,
      header.loadUnaligned(fromByteOffset: 10, as: UInt16.self) == PageLayout.overflowFlag,
      PageLayout.headerBytes + node.dataBytes <= pages * pageBytes
    else { throw corrupt("page \(first) does not hold the value that it should") }
    let start = try address(first, byteCount: PageLayout.headerBytes + node.dataBytes)
    return UnsafeRawBufferPointer(start: start + PageLayout.headerBytes, count: node.dataBytes)
  }

  func corrupt(_ detail: String) -> JournalError {
    .corrupt(path: path, detail: detail)
  }
}
