import Glibc

/// The one writer of a journal: appends commits, each durable when `append` returns, and reads.
///
/// Owned by one thread, and not `Sendable`. After an error in writing it is poisoned: every later
/// call throws that error until the journal is opened again, because what is in memory may then be
/// ahead of what is on disk.
public final class JournalWriter: JournalReading {
  /// The number of the last record; 1 in a new journal, which is the format record.
  public private(set) var last: UInt64 = 0
  /// The hash of the last commit.
  public private(set) var head: Digest = .zero
  /// Where the journal is.
  public let path: String

  let options: JournalOptions
  let chain = ChainHasher()
  private var lock: WriterLockBox?
  private var map: RecordMap?
  private var poison: JournalError?
  // How far the file reaches, and how much must be in use before more room is tried for again.
  var roomEnd = 0
  var nextRoomAttempt = 0
  // Whether a full inspection has found every page right: then only this process changes them.
  var isInspected = false

  /// Takes the lock, without waiting, and opens the journal, or creates it with its format record.
  ///
  /// Throws `taken` if another process has the lock, `foreign`, `corrupt` or `newerFormat` if the
  /// file is not a journal that this program can continue; a file that is there is never
  /// overwritten.
  public init(
    path: String, lockPath: String, options: JournalOptions = JournalOptions()
  ) throws(JournalError) {
    self.path = path
    self.options = options
    lock = WriterLockBox(lock: try WriterLock(lockPath, journal: path))
    if !FileSystem.exists(path) {
      try JournalCreation.create(path, options: options, chain: chain)
    }
    map = try RecordMap(Environment.Configuration(path: path, mapBytes: options.mapBytes))
    do {
      try readEnd()
      try FileSystem.settle(path)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  /// Closes the environment and releases the lock; idempotent. To be called before `exec`.
  ///
  /// A slot among LMDB's readers that bears this process's own id would otherwise keep pages from
  /// being used again.
  public func close() {
    map?.environment.close()
    map = nil
    lock = nil
  }

  /// The open file.
  public var records: RecordMap {
    get throws(JournalError) {
      if let poison { throw poison }
      guard let map else { throw .os(path: path, call: "use after close", errno: EBADF) }
      return map
    }
  }

  /// Commits the records of the batch together and returns their numbers; durable when it returns.
  ///
  /// The last record gets the commit's hash (field 15), and the batch is emptied. On an error
  /// nothing of it is in the file, the batch is as it was, and the writer is poisoned. An empty
  /// batch is a bug and traps.
  public func append(_ batch: inout RecordBatch) throws(JournalError) -> ClosedRange<UInt64> {
    precondition(!batch.isEmpty, "a commit has at least one record")
    let numbers = last + 1...last + UInt64(batch.count)
    let hash = chain.hash(commit: batch, after: head)
    batch.seal(with: hash)
    let previous = last
    do {
      try write { (transaction) throws(JournalError) in
        try JournalCreation.append(batch, after: previous, in: transaction, path: self.path)
      }
    } catch {
      batch.unseal()
      throw error
    }
    last = numbers.upperBound
    head = hash
    batch.removeAll()
    return numbers
  }

  /// Makes every later call throw this error.
  func poison(with error: JournalError) { poison = error }

  /// Runs a write transaction; its failure poisons the writer.
  func write<R>(
    _ body: (borrowing WriteTransaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    let records = try records
    do {
      return try records.environment.write(body)
    } catch {
      poison = error
      throw error
    }
  }

  /// Opens the file anew, so that LMDB's page buffers go, and with them what still stands in them.
  func reopen() throws(JournalError) {
    let records = try records
    records.environment.close()
    map = nil
    do {
      map = try RecordMap(Environment.Configuration(path: path, mapBytes: options.mapBytes))
    } catch {
      poison = error
      throw error
    }
  }

  /// Gives the map's pages back to the system, so that resident memory stays flat.
  ///
  /// LMDB reads pages back when it commits, and they stay mapped; call it now and then, for example
  /// once a minute.
  public func adviseAway() throws(JournalError) {
    try records.adviseAway()
  }

  private func readEnd() throws(JournalError) {
    let records = try records
    try JournalFormat.check(records)
    (last, head) = try JournalFormat.end(records)
  }
}

/// Holds the lock so that it can be let go before the writer itself.
private final class WriterLockBox {
  private let lock: WriterLock

  init(lock: consuming WriterLock) {
    self.lock = lock
  }
}
