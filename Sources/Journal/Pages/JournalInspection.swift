import Glibc

/// A look at the structure of an LMDB file that trusts none of it.
///
/// LMDB is fast because it believes its pages: a wrong offset in one makes it read anywhere. So a
/// file is judged by this code before LMDB sees it. The quick judgement reads what LMDB reads in
/// order to append (a few pages); the full one reads every page that is in use.
public struct JournalInspection {
  /// What the full judgement found.
  public struct Report: Equatable, Sendable {
    /// Pages that hold records, counted with branches and overflow pages.
    public var usedPages: UInt64 = 0
    /// Pages that wait to be used again.
    public var freePages: UInt64 = 0
    /// Entries of the main tree.
    public var entries: UInt64 = 0
    /// The size of a page in bytes.
    public var pageBytes: Int = 0
    /// The size of the file in bytes.
    public var fileBytes: Int = 0
  }

  /// Where the last record is, as the quick judgement found it.
  struct Tail: Equatable {
    var transaction: UInt64
    var number: UInt64
    /// Where its value begins in the file.
    var valueOffset: Int
    var fileBytes: Int
  }

  private init() {}

  /// Walks every page in use of a journal at rest and throws what is wrong with it.
  ///
  /// For a live one use `verifyChain`, which holds a snapshot meanwhile: here, pages that are used
  /// again while they are looked at would seem damaged.
  /// Reads the whole file once: about a second per gigabyte that the system has in memory.
  @discardableResult
  public static func check(_ path: String) throws(JournalError) -> Report {
    try check(path, keys: .integer)
  }

  /// The same for any tree; `transaction` is the state that a snapshot pins, if there is one.
  ///
  /// `entry` is told each key and value of the main tree, once its page is found to be right.
  @discardableResult
  static func check(
    _ path: String, keys: KeyRule, transaction: UInt64? = nil, entry: TreeWalk.Entry? = nil
  ) throws(JournalError) -> Report {
    let file = try PageFile(path, transaction: transaction)
    try requireKeys(keys, file)
    let walk = TreeWalk(file: file, entry: entry)
    try walk.walk(file.meta.main, keys: keys, content: .values)
    try walk.walk(file.meta.free, keys: .integer, content: .freePages)
    return walk.report()
  }

  /// Judges meta pages, the path to the last record and, for a writer, the list of free pages.
  static func tail(_ path: String, forWriting: Bool) throws(JournalError) -> Tail {
    let file = try PageFile(path)
    try requireKeys(.integer, file)
    let isShort = (file.meta.lastPage + 1) * UInt64(file.pageBytes) > UInt64(file.fileBytes)
    let walk = TreeWalk(file: file)
    // Pages at the end may be numbered and never written, if they are free: then all must be seen.
    if isShort { try walk.walk(file.meta.main, keys: .integer, content: .values) }
    if forWriting { try walk.walk(file.meta.free, keys: .integer, content: .freePages) }
    return try PathWalk(file: file).last()
  }

  /// Repeats a look at a file that a live writer may change meanwhile, when what it sees is damage.
  ///
  /// Without a snapshot, pages may be used again while they are looked at; real damage is there
  /// every time.
  static func repeated<R>(
    _ look: () throws(JournalError) -> R
  ) throws(JournalError) -> R {
    for _ in 1..<10 {
      do {
        return try look()
      } catch .corrupt {
        usleep(1000)
      }
    }
    return try look()
  }

  /// Judges the pages that lead to one record, which LMDB reads in order to replace it.
  static func path(to number: UInt64, in path: String) throws(JournalError) {
    try PathWalk(file: try PageFile(path)).check(pathTo: number)
  }

  private static func requireKeys(_ keys: KeyRule, _ file: PageFile) throws(JournalError) {
    let main = file.meta.main
    let expected: UInt16 = keys == .integer ? TreeDescription.integerKeyFlag : 0
    guard main.flags == expected else {
      throw .foreign(path: file.path, detail: "it is the LMDB file of another program")
    }
    guard !main.isEmpty else {
      throw .foreign(path: file.path, detail: "it is an LMDB file without entries")
    }
  }
}
