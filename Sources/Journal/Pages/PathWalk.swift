/// The quick judgement: the pages from the main tree's root to one record.
///
/// These are what LMDB reads to append behind the last record, or to replace one.
struct PathWalk {
  let file: PageFile

  /// Judges the way to the last record and says where it is.
  func last() throws(JournalError) -> JournalInspection.Tail {
    let tail = try descend { (page) throws(JournalError) in page.count - 1 }
    guard let tail else { throw corrupt("there is no way to its last record") }
    return tail
  }

  /// Judges the way to a record, whether it is there or not.
  func check(pathTo number: UInt64) throws(JournalError) {
    _ = try descend { (page) throws(JournalError) in try index(of: number, in: page) }
  }

  private func index(of number: UInt64, in page: TreePage) throws(JournalError) -> Int {
    var found = 0
    for index in 0..<page.count {
      guard let node = page.node(index), let key = page.number(node) else {
        throw corrupt("a node is not in its page")
      }
      if key <= number { found = index }
    }
    return found
  }

  private func descend(
    _ choose: (TreePage) throws(JournalError) -> Int
  ) throws(JournalError) -> JournalInspection.Tail? {
    let tree = file.meta.main
    var number = tree.root
    var bytes = [UInt8](repeating: 0, count: file.pageBytes)
    for level in 1...tree.depth {
      guard file.contains(number) else { throw corrupt("page \(number) is not in the file") }
      try file.read(page: number, into: &bytes)
      let here = number
      let tail = try file.withPage(&bytes, here) {
        (page) throws(JournalError) -> JournalInspection.Tail? in
        guard page.isLeaf == (level == tree.depth) else {
          throw corrupt("page \(here) is at level \(level) of \(tree.depth)")
        }
        try checkNodes(page, here)
        guard let node = page.node(try choose(page)) else {
          throw corrupt("a node of page \(here) is not in it")
        }
        if page.isLeaf { return try self.tail(page, node, here) }
        number = node.child
        return nil
      }
      if let tail { return tail }
    }
    return nil
  }

  private func checkNodes(_ page: TreePage, _ number: UInt64) throws(JournalError) {
    for index in 0..<page.count {
      guard let node = page.node(index), page.number(node) != nil else {
        throw corrupt("node \(index) of page \(number) is not in it")
      }
      if page.isLeaf { try checkValue(page, node, number) }
    }
  }

  private func checkValue(
    _ page: TreePage, _ node: TreePage.Node, _ number: UInt64
  ) throws(JournalError) {
    switch node.flags {
    case 0 where node.dataOffset + node.dataBytes <= file.pageBytes: return
    case PageLayout.bigDataFlag:
      if let first = page.overflowPage(node),
        try file.overflowPages(first, dataBytes: node.dataBytes) != nil
      {
        return
      }
    default: break
    }
    throw corrupt("a value of page \(number) is not where it should be")
  }

  private func tail(
    _ page: TreePage, _ node: TreePage.Node, _ number: UInt64
  ) throws(JournalError) -> JournalInspection.Tail {
    var offset = Int(number) * file.pageBytes + node.dataOffset
    if node.flags == PageLayout.bigDataFlag, let first = page.overflowPage(node) {
      offset = Int(first) * file.pageBytes + PageLayout.headerBytes
    }
    return JournalInspection.Tail(
      transaction: file.meta.transaction, number: page.number(node) ?? 0,
      valueOffset: offset, fileBytes: file.fileBytes)
  }

  private func corrupt(_ detail: String) -> JournalError {
    .corrupt(path: file.path, detail: detail)
  }
}

extension PageFile {
  /// Lends a page that was read into `bytes`, if its header is right.
  func withPage<R>(
    _ bytes: inout [UInt8], _ number: UInt64, _ body: (TreePage) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    let result = bytes.withUnsafeBytes { (buffer) -> Result<R, JournalError> in
      guard let start = buffer.baseAddress else {
        return .failure(.corrupt(path: path, detail: "a page without bytes"))
      }
      do throws(JournalError) {
        switch TreePage.checked(start, pageBytes: pageBytes, number: number) {
        case .success(let page): return .success(try body(page))
        case .failure(let fault): return .failure(.corrupt(path: path, detail: fault.detail))
        }
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// How many pages a big value has, or nil when they are not there or too few.
  func overflowPages(_ first: UInt64, dataBytes: Int) throws(JournalError) -> UInt64? {
    guard contains(first) else { return nil }
    var header = [UInt8](repeating: 0, count: PageLayout.headerBytes)
    try read(page: first, into: &header)
    let pages: UInt64? = header.withUnsafeBytes { bytes in
      let flags = bytes.loadUnaligned(fromByteOffset: 10, as: UInt16.self)
      guard bytes.loadUnaligned(as: UInt64.self) == first, flags == PageLayout.overflowFlag
      else { return nil }
      return UInt64(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    }
    guard let pages, pages >= 1, contains(first, count: pages),
      UInt64(PageLayout.headerBytes + dataBytes) <= pages * UInt64(pageBytes)
    else { return nil }
    return pages
  }
}
