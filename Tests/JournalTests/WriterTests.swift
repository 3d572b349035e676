import Glibc
import Testing

@testable import Journal

@Suite("The writer of a journal")
struct WriterTests {
  let directory = try? TemporaryDirectory()

  private func here() throws -> TemporaryDirectory { try #require(directory) }

  @Test("a new journal holds the format record as its first commit")
  func newJournal() throws {
    let here = try here()
    let writer = try here.writer()
    #expect(writer.last == 1)
    let expected: [UInt8] = [0x0A, 0x14, 0x0A, 0x10] + Array("ChargePi journal".utf8) + [0x10, 1]
    #expect(try writer.contents() == [expected])
    let hasher = SHA256Hasher()
    let digest = expected.withUnsafeBytes { hasher.digest(of: $0) }
    let hash = (Digest.zero.bytes + digest.bytes).withUnsafeBytes { hasher.digest(of: $0) }
    #expect(writer.head == hash)
    #expect(here.names == ["journal.db", "journal.db-lock", "lock"])
    for name in here.names { #expect(Files.mode(here.path + "/" + name) == 0o600) }
  }

  @Test("a commit gets the next numbers, its hash in its last record, and is there after reopening")
  func commits() throws {
    let here = try here()
    var writer: JournalWriter? = try here.writer()
    #expect(try writer?.commit("a", "b") == 2...3)
    #expect(try writer?.commit("c") == 4...4)
    let head = writer?.head
    writer = nil
    let again = try here.writer()
    #expect(again.last == 4)
    #expect(again.head == head)
    #expect(try again.contents(from: 2) == ["a", "b", "c"].map { Sample.record($0) })
    for (number, isEnd) in [(2, false), (3, true), (4, true)] as [(UInt64, Bool)] {
      let hash = try again.withRecord(number) { RecordFraming.commitHash(in: $0) }
      #expect((hash.flatMap { $0 } != nil) == isEnd)
    }
    #expect(try again.withRecord(5) { $0.count } == nil)
  }

  @Test("a batch is emptied by its commit and can be used again")
  func batchReuse() throws {
    let writer = try here().writer()
    var batch = RecordBatch()
    batch.append { $0 += Sample.record("first") }
    #expect(batch.count == 1)
    _ = try writer.append(&batch)
    #expect(batch.isEmpty && batch.byteCount == 0)
    batch.append { $0 += Sample.record("second") }
    #expect(try writer.append(&batch) == 3...3)
    #expect(try writer.contents(from: 2) == [Sample.record("first"), Sample.record("second")])
  }

  @Test("room is written ahead, is used by the next commits, and disturbs nobody")
  func room() throws {
    let here = try here()
    let writer = try here.writer()
    try writer.keepRoom()
    let size = try writer.space().fileBytes
    #expect(size >= UInt64(JournalWriter.roomBytes))
    for number in 0..<60 {
      try writer.commit("\(number)")
      try writer.keepRoom()
    }
    #expect(try writer.space().fileBytes == size)
    try JournalInspection.check(here.journal)
    #expect(try writer.verifyChain().isIntact)
    let copy = here.path + "/copy.db"
    try writer.copy(to: copy)
    #expect(try JournalReader(path: copy).last == writer.last)
    writer.close()
    let again = try here.writer()
    #expect(again.last == 61)
    // Records smaller than the room, as large, and larger than all of it.
    for byteCount in [20_000, 200_000, 500_000, 524_288, 600_000, 2_000_000]
      + Array(repeating: 20_000, count: 40)
    {
      var batch = RecordBatch()
      batch.append(Sample.record(1, byteCount: byteCount))
      _ = try again.append(&batch)
      try again.keepRoom()
      let free = Int(try again.space().fileBytes) - (try again.records.usedBytes)
      #expect(free >= JournalWriter.leastRoomBytes && free <= JournalWriter.roomBytes)
    }
    #expect(try again.verifyChain().isIntact)
    try JournalInspection.check(here.journal)
  }

  @Test("a builder that throws leaves the batch as it was")
  func throwingBuilder() throws {
    struct Refusal: Error {}
    var batch = Sample.batch("kept")
    #expect(throws: Refusal.self) {
      try batch.append { (bytes) throws(Refusal) in
        bytes += [1, 2, 3]
        throw Refusal()
      }
    }
    #expect(batch.count == 1)
    #expect(batch.byteCount == Sample.record("kept").count)
  }

  @Test("records of every size around a page come back as they were")
  func sizes() throws {
    let writer = try here().writer()
    let sizes = [0, 1, 2000, 2010, 2020, 2030, 4080, 4096, 5000, 70_000, 3_000_000]
    for (index, size) in sizes.enumerated() {
      var batch = RecordBatch()
      batch.append(Sample.record(index, byteCount: size))
      _ = try writer.append(&batch)
    }
    let expected = sizes.enumerated().map { Sample.record($0.offset, byteCount: $0.element) }
    #expect(try writer.contents(from: 2) == expected)
    #expect(try writer.verifyChain().isIntact)
  }

  @Test("a record of another program behind the last one is found before the next commit")
  func gap() throws {
    let writer = try here().writer()
    let foreign = Sample.record("foreign")
    try writer.records.environment.write { (transaction) throws(JournalError) in
      try transaction.put(3, foreign)
    }
    var batch = Sample.batch("ours")
    let error = journalError { _ = try writer.append(&batch) }
    guard case .corrupt = error else {
      Issue.record("expected corrupt, got \(String(describing: error))")
      return
    }
    #expect(batch.count == 1 && batch.byteCount == Sample.record("ours").count)
    #expect(journalError { try writer.commit("later") } == error)
  }

  @Test("the map's end is reported as full, the writer is poisoned, the journal stays whole")
  func mapFull() throws {
    let here = try here()
    var writer: JournalWriter? = try here.writer(mapBytes: 256 << 10)
    var error: JournalError?
    var last: UInt64 = 0
    while error == nil {
      last = writer?.last ?? 0
      error = journalError { try writer?.commit(String(repeating: "x", count: 3000)) }
    }
    #expect(error == .full(path: here.journal))
    #expect(journalError { try writer?.commit("after") } == .full(path: here.journal))
    #expect(journalError { _ = try writer?.contents() } == .full(path: here.journal))
    writer = nil
    let larger = try here.writer()
    #expect(larger.last == last)
    #expect(try larger.verifyChain().isIntact)
    #expect(try larger.commit("now there is room") == last + 1...last + 1)
  }

  @Test("after close every call is an error and the lock is free")
  func closing() throws {
    let here = try here()
    let writer = try here.writer()
    writer.close()
    writer.close()
    #expect(
      journalError { try writer.commit("late") }
        == .os(path: here.journal, call: "use after close", errno: EBADF))
    #expect(try here.writer().last == 1)
  }

  @Test("one process has a journal open once")
  func once() throws {
    let here = try here()
    let writer = try here.writer()
    #expect(
      journalError { _ = try JournalReader(path: here.journal) }
        == .taken(path: here.journal, holderPID: getpid()))
    #expect(writer.last == 1)
  }

  @Test("resident memory goes down when the map is advised away, and reading goes on")
  func adviseAway() throws {
    let writer = try here().writer()
    for _ in 0..<20 { try writer.commit(String(repeating: "x", count: 100_000)) }
    let before = try writer.contents()
    #expect(try residentKilobytes(writer.path) > 1900)
    try writer.adviseAway()
    #expect(try residentKilobytes(writer.path) < 100)
    #expect(try writer.contents() == before)
    try writer.commit("and appending too")
    #expect(try writer.verifyChain().isIntact)
  }

  /// How much of a file's maps is in memory.
  private func residentKilobytes(_ path: String) throws -> Int {
    let file = try FileHandle("/proc/self/smaps", flags: O_RDONLY)
    var bytes = [UInt8](repeating: 0, count: 1 << 22)
    let count = try PageFile.readBytes(file, at: 0, into: &bytes)
    var isOurs = false
    var sum = 0
    for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      // A map's first line: addresses, permissions, …, path.
      if words.count > 4, words[0].contains("-") { isOurs = line.hasSuffix(path) }
      if isOurs, words.first == "Rss:" { sum += Int(words[1]) ?? 0 }
    }
    return sum
  }

  @Test("the space says what the file takes and what can be used again")
  func space() throws {
    let writer = try here().writer(mapBytes: 1 << 26)
    for _ in 0..<50 { try writer.commit(String(repeating: "x", count: 5000)) }
    let space = try writer.space()
    #expect(space.fileBytes > 50 * 8192)
    #expect(space.mapBytes == 1 << 26)
    #expect(space.diskFreeBytes > 0)
    #expect(space.availableBytes <= space.reusableBytes + (1 << 26) - space.fileBytes)
    while try writer.prune(through: 40) > 0 {}
    #expect(try writer.space().reusableBytes > space.reusableBytes + 30 * 8192)
  }
}
