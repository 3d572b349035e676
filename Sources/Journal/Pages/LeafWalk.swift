/// A walk over the leaves of a snapshot, in either direction.
///
/// `~Copyable` and a local of the closure that the snapshot is lent to, so that no page outlives
/// its snapshot.
@usableFromInline
struct LeafWalk: ~Copyable {
  private struct Step {
    var page: TreePage
    var index: Int
  }

  // The branches from the root down to the leaf's parent.
  private var branches: [Step] = []
  @usableFromInline var leaf: TreePage?
  /// The node of the leaf where reading begins.
  @usableFromInline var index = 0

  /// Begins at the first record whose number is not below `number`.
  @usableFromInline
  init(_ snapshot: Snapshot, from number: UInt64) throws(JournalError) {
    try descend(snapshot) { (page) in Self.child(for: number, in: page) }
    guard let leaf else { return }
    guard let first = Self.firstNode(notBelow: number, in: leaf) else {
      throw snapshot.corrupt("a node is not in its page")
    }
    index = first
    if index == leaf.count { try next(snapshot) }
  }

  /// Begins at the last record whose number is not above `number`.
  @usableFromInline
  init(_ snapshot: Snapshot, backFrom number: UInt64) throws(JournalError) {
    try descend(snapshot) { (page) in Self.child(for: number, in: page) }
    guard let leaf else { return }
    let above = number == .max ? leaf.count : Self.firstNode(notBelow: number + 1, in: leaf)
    guard let above else { throw snapshot.corrupt("a node is not in its page") }
    index = above - 1
    if index < 0 { try previous(snapshot) }
  }

  /// Goes on to the next leaf; `leaf` is nil behind the last one.
  @usableFromInline
  mutating func next(_ snapshot: Snapshot) throws(JournalError) {
    leaf = nil
    index = 0
    while let step = branches.popLast() {
      guard step.index + 1 < step.page.count else { continue }
      try enter(step.page, step.index + 1, snapshot) { _ in 0 }
      return
    }
  }

  /// Goes on to the leaf before; `leaf` is nil before the first one.
  @usableFromInline
  mutating func previous(_ snapshot: Snapshot) throws(JournalError) {
    leaf = nil
    while let step = branches.popLast() {
      guard step.index > 0 else { continue }
      try enter(step.page, step.index - 1, snapshot) { $0.count - 1 }
      index = (leaf?.count ?? 0) - 1
      return
    }
  }

  private mutating func descend(
    _ snapshot: Snapshot, _ choose: (TreePage) -> Int?
  ) throws(JournalError) {
    guard !snapshot.tree.isEmpty else { return }
    let root = try snapshot.page(snapshot.tree.root, level: 1)
    try follow(root, snapshot, choose)
  }

  private mutating func enter(
    _ branch: TreePage, _ index: Int, _ snapshot: Snapshot, _ choose: (TreePage) -> Int?
  ) throws(JournalError) {
    guard let node = branch.node(index) else {
      throw snapshot.corrupt("a node is not in its page")
    }
    branches.append(Step(page: branch, index: index))
    try follow(snapshot.page(node.child, level: branches.count + 1), snapshot, choose)
  }

  private mutating func follow(
    _ start: TreePage, _ snapshot: Snapshot, _ choose: (TreePage) -> Int?
  ) throws(JournalError) {
    var page = start
    while !page.isLeaf {
      guard let index = choose(page), let node = page.node(index) else {
        throw snapshot.corrupt("a node is not in its page")
      }
      branches.append(Step(page: page, index: index))
      page = try snapshot.page(node.child, level: branches.count + 1)
    }
    leaf = page
  }

  /// The last child whose first number is not above `number`.
  private static func child(for number: UInt64, in page: TreePage) -> Int? {
    guard number < .max else { return page.count - 1 }
    return firstNode(notBelow: number + 1, in: page).map { max($0 - 1, 0) }
  }

  /// By halving; nil when a node is not in the page.
  private static func firstNode(notBelow number: UInt64, in page: TreePage) -> Int? {
    var low = 0
    var high = page.count
    while low < high {
      let middle = (low + high) / 2
      guard let node = page.node(middle), let key = page.number(node) else { return nil }
      if key < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Snapshot {
  /// The record at a node of a leaf: inlined into the loops that read millions of them.
  @inlinable
  func record(_ leaf: TreePage, _ index: Int) throws(JournalError)
    -> (number: UInt64, bytes: UnsafeRawBufferPointer)
  {
    let position = PageLayout.headerBytes + 2 * index
    let offset = Int(leaf.start.loadUnaligned(fromByteOffset: position, as: UInt16.self))
    let keyOffset = offset + PageLayout.nodeHeaderBytes
    guard keyOffset + 8 <= leaf.pageBytes else { throw misplaced() }
    let header = leaf.start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let number = leaf.start.loadUnaligned(fromByteOffset: keyOffset, as: UInt64.self)
    // The upper half holds the flags (none) and the key's length (8).
    guard header >> 32 == 8 << 16 else { return (number, try otherRecord(leaf, index)) }
    let byteCount = Int(UInt32(truncatingIfNeeded: header))
    guard keyOffset + 8 + byteCount <= leaf.pageBytes else { throw misplaced() }
    return (number, UnsafeRawBufferPointer(start: leaf.start + keyOffset + 8, count: byteCount))
  }

  @usableFromInline
  func otherRecord(_ leaf: TreePage, _ index: Int) throws(JournalError) -> UnsafeRawBufferPointer {
    guard let node = leaf.node(index), leaf.number(node) != nil else { throw misplaced() }
    return try bigValue(leaf, node)
  }

  @usableFromInline
  func misplaced() -> JournalError {
    corrupt("a record is not in its page")
  }
}
