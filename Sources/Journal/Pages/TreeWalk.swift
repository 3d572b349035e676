/// The full judgement: every page of a file's two trees, each read once and trusted in nothing.
///
/// It proves what LMDB takes for granted: each page is in use once, says its own number, holds its
/// nodes within its bounds, keys ascend over the whole tree, all leaves are equally deep, big
/// values have their pages.
final class TreeWalk {
  /// What the values of a tree are.
  enum Content {
    case values
    /// Lists of page numbers, each list preceded by its length (`MDB_IDL`).
    case freePages
  }

  /// Told a key and its value.
  typealias Entry = (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
  /// Told each branch and leaf of both trees, with its number.
  typealias Page = (UInt64, TreePage) -> Void

  private let file: PageFile
  private let entry: Entry?
  private let page: Page?
  private var seen: PageSet
  private var usedPages: UInt64 = 0
  private var freePages: UInt64 = 0
  private var entries: UInt64 = 0
  private var valueCount: UInt64 = 0
  private var order = KeyOrder(rule: .integer)

  init(file: PageFile, entry: Entry? = nil, page: Page? = nil) {
    self.file = file
    self.entry = entry
    self.page = page
    seen = PageSet(count: Int(clamping: file.fileBytes / file.pageBytes + 1))
  }

  func walk(_ tree: TreeDescription, keys: KeyRule, content: Content) throws(JournalError) {
    order = KeyOrder(rule: keys)
    entries = 0
    if tree.isEmpty { return }
    try visit(tree.root, level: 1, tree: tree, content: content)
    guard entries == tree.entries else {
      throw corrupt("a tree has \(entries) entries and should have \(tree.entries)")
    }
    if content == .values { valueCount = entries }
  }

  func report() -> JournalInspection.Report {
    JournalInspection.Report(
      usedPages: usedPages, freePages: freePages, entries: valueCount,
      pageBytes: file.pageBytes, fileBytes: file.fileBytes)
  }

  private func visit(
    _ number: UInt64, level: Int, tree: TreeDescription, content: Content
  ) throws(JournalError) {
    try use(number)
    var bytes = [UInt8](repeating: 0, count: file.pageBytes)
    try file.read(page: number, into: &bytes)
    let children = try withPage(&bytes, number) { (page) throws(JournalError) -> [UInt64] in
      guard page.isLeaf == (level == tree.depth) else {
        throw corrupt("page \(number) is at level \(level) of \(tree.depth)")
      }
      self.page?(number, page)
      if page.isLeaf {
        try visitLeaf(page, number, content)
        return []
      }
      return try branchNodes(page, number)
    }
    for (index, child) in children.enumerated() {
      if index > 0 { try takeSeparator(index, of: number, &bytes) }
      try visit(child, level: level + 1, tree: tree, content: content)
    }
  }

  private func branchNodes(_ page: TreePage, _ number: UInt64) throws(JournalError) -> [UInt64] {
    var children: [UInt64] = []
    for index in 0..<page.count {
      guard let node = page.node(index) else {
        throw corrupt("node \(index) of page \(number) is not in it")
      }
      children.append(node.child)
    }
    return children
  }

  private func takeSeparator(
    _ index: Int, of number: UInt64, _ bytes: inout [UInt8]
  ) throws(JournalError) {
    try withPage(&bytes, number) { (page) throws(JournalError) in
      guard let node = page.node(index), order.takeSeparator(page.key(node)) else {
        throw corrupt("the keys of page \(number) are out of order")
      }
    }
  }

  private func visitLeaf(
    _ page: TreePage, _ number: UInt64, _ content: Content
  ) throws(JournalError) {
    for index in 0..<page.count {
      guard let node = page.node(index) else {
        throw corrupt("node \(index) of page \(number) is not in it")
      }
      guard order.take(page.key(node)) else {
        throw corrupt("the keys of page \(number) are out of order")
      }
      entries += 1
      switch node.flags {
      case 0:
        guard node.dataOffset + node.dataBytes <= file.pageBytes else {
          throw corrupt("value \(index) of page \(number) is not in it")
        }
        let value = UnsafeRawBufferPointer(
          start: page.start + node.dataOffset, count: node.dataBytes)
        try takeValue(value, of: page.key(node), content)
      case PageLayout.bigDataFlag:
        try visitOverflow(page, node, content)
      default:
        throw corrupt("node \(index) of page \(number) has flags \(node.flags)")
      }
    }
  }

  private func visitOverflow(
    _ page: TreePage, _ node: TreePage.Node, _ content: Content
  ) throws(JournalError) {
    guard let first = page.overflowPage(node),
      let pages = try file.overflowPages(first, dataBytes: node.dataBytes)
    else { throw corrupt("a big value's pages are not there") }
    for number in first..<first + pages { try use(number) }
    guard content == .freePages || entry != nil else { return }
    var bytes = [UInt8](repeating: 0, count: PageLayout.headerBytes + node.dataBytes)
    try file.read(page: first, into: &bytes)
    let result = bytes.withUnsafeBytes { (all) -> Result<Void, JournalError> in
      let value = UnsafeRawBufferPointer(rebasing: all[PageLayout.headerBytes...])
      do throws(JournalError) {
        return .success(try takeValue(value, of: page.key(node), content))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func takeValue(
    _ value: UnsafeRawBufferPointer, of key: UnsafeRawBufferPointer, _ content: Content
  ) throws(JournalError) {
    switch content {
    case .values: entry?(key, value)
    case .freePages: try takeFreePages(value)
    }
  }

  private func takeFreePages(_ list: UnsafeRawBufferPointer) throws(JournalError) {
    let word = MemoryLayout<UInt64>.size
    guard list.count >= word else { throw corrupt("a list of free pages is cut off") }
    let count = list.loadUnaligned(as: UInt64.self)
    guard count <= UInt64(list.count / word - 1) else {
      throw corrupt("a list of free pages is longer than its bytes")
    }
    for index in 0..<Int(count) {
      let page = list.loadUnaligned(fromByteOffset: (index + 1) * word, as: UInt64.self)
      guard page >= 2, page <= file.meta.lastPage, seen.insert(page) else {
        throw corrupt("page \(page) is free and in use, or free twice, or does not exist")
      }
      freePages += 1
    }
  }

  private func use(_ number: UInt64) throws(JournalError) {
    guard file.contains(number) else {
      throw corrupt("page \(number) is needed and not in the file (\(file.fileBytes) bytes)")
    }
    guard seen.insert(number) else { throw corrupt("page \(number) is in use twice") }
    usedPages += 1
  }

  private func withPage<R>(
    _ bytes: inout [UInt8], _ number: UInt64, _ body: (TreePage) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    try file.withPage(&bytes, number, body)
  }

  private func corrupt(_ detail: String) -> JournalError {
    .corrupt(path: file.path, detail: detail)
  }
}
