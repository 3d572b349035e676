import Glibc
import Testing

@testable import Journal

@Suite("A journal and several processes", .serialized)
struct ProcessTests {
  @Test("killed at any moment, the journal has every acknowledged commit and an intact chain")
  func kill() throws {
    let here = try TemporaryDirectory()
    var generator = SeededGenerator(seed: 1)
    for round in 0..<25 {
      let worker = try WorkerProcess(["append", here.journal, here.lock, "1000000", "200"])
      var last = worker.line().flatMap { UInt64($0) } ?? 0
      usleep(UInt32.random(in: 0...60_000, using: &generator))
      #expect(worker.kill() == SIGKILL)
      last = worker.lines().last { !$0.isEmpty }.flatMap { UInt64($0) } ?? last
      let writer = try here.writer()
      #expect(writer.last == last || writer.last == last + 1, "round \(round)")
      let report = try writer.verifyChain()
      #expect(report.isIntact && report.last == writer.last && report.head == writer.head)
    }
  }

  @Test("a second writer is told who has the journal, and gets it when that one is gone")
  func twoWriters() throws {
    let here = try TemporaryDirectory()
    let worker = try WorkerProcess(["hold", here.journal, here.lock])
    #expect(worker.line() == "holding")
    #expect(
      journalError { _ = try here.writer() }
        == .taken(path: here.journal, holderPID: worker.pid))
    #expect(worker.kill() == SIGKILL)
    #expect(try here.writer().last == 1)
  }

  @Test("a reader sees an intact chain at every moment while a writer appends")
  func liveReader() throws {
    let here = try TemporaryDirectory()
    let worker = try WorkerProcess(["append", here.journal, here.lock, "3000", "300"])
    _ = worker.line()
    let reader = try JournalReader(path: here.journal)
    #expect(reader.usesLockFile)
    var seen: UInt64 = 0
    for _ in 0..<30 {
      let report = try reader.verifyChain()
      #expect(report.isIntact, "\(report)")
      #expect(report.last >= seen)
      seen = report.last
    }
    let copy = here.path + "/copy.db"
    try reader.copy(to: copy)
    #expect(try JournalReader(path: copy).verifyChain().isIntact)
    #expect(worker.lines().last == "3001")
    #expect(worker.wait() == 0)
    #expect(try reader.last == 3001)
  }

  @Test("readers come and go beside a live writer without harm to either")
  func manyReaders() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    let readers = try (0..<4).map { _ in try WorkerProcess(["read", here.journal, "40"]) }
    for number in 0..<600 { try writer.commit("\(number)") }
    for reader in readers {
      let lines = reader.lines()
      #expect(reader.wait() == 0, "\(lines.last ?? "")")
      #expect(lines.first == "lock file true")
      #expect(lines.count == 41)
    }
    #expect(try writer.verifyChain().isIntact)
  }

  @Test("the file size limit is reported as no space; what was committed stays")
  func fileSizeLimit() throws {
    let here = try TemporaryDirectory()
    try here.writer().close()
    let result = try WorkerProcess.run("fill", here.journal, here.lock, "300000")
    try expectNoSpace(here.journal, here.lock, result)
  }

  @Test("a full disk is reported as no space; what was committed stays")
  func fullDisk() throws {
    let here = try TemporaryDirectory()
    let disk = here.path + "/disk"
    mkdir(disk, 0o700)
    defer { rmdir(disk) }
    // Mounting takes the super-user; elsewhere the file size limit above has to do.
    guard mount("tmpfs", disk, "tmpfs", 0, "size=1m") == 0 else { return }
    defer { umount(disk) }
    let (journal, lock) = (disk + "/journal.db", disk + "/lock")
    let result = try WorkerProcess.run("fill", journal, lock, "0")
    try expectNoSpace(journal, lock, result)
    #expect(
      journalError { try JournalReader(path: journal).copy(to: disk + "/copy.db") }
        == .noSpace(path: disk + "/copy.db"))
  }

  private func expectNoSpace(
    _ journal: String, _ lock: String, _ result: (status: Int32, lines: [String])
  ) throws {
    let expected = JournalError.noSpace(path: journal)
    #expect(result.status == 3 << 8)
    #expect(result.lines.last == "error \(expected)")
    #expect(result.lines.dropLast().last == "again Optional(\(expected))")
    let reader = try JournalReader(path: journal)
    let report = try reader.verifyChain()
    #expect(report.isIntact)
    #expect(report.last > 10)
    #expect(result.lines.first == "last \(report.last)")
  }
}
