import Glibc
import Testing

@testable import Journal

@Suite("Files that are no journal of ours")
struct ForeignFileTests {
  private func errors(_ here: TemporaryDirectory) -> (JournalError?, JournalError?) {
    let reading = journalError { _ = try JournalReader(path: here.journal) }
    let writing = journalError { _ = try here.writer() }
    return (reading, writing)
  }

  private func expectForeign(_ here: TemporaryDirectory) throws {
    let before = try Files.read(here.journal)
    let (reading, writing) = errors(here)
    guard case .foreign = reading, case .foreign = writing else {
      Issue.record("read: \(String(describing: reading)), write: \(String(describing: writing))")
      return
    }
    #expect(try Files.read(here.journal) == before)
  }

  // Not written within `@Test(…)`: a closure there crashes the compiler of Swift 6.0.3.
  private static let foreignContents: [[UInt8]] = [
    [], Array("a few words\n".utf8),
    Array("SQLite format 3\0".utf8) + [UInt8](repeating: 7, count: 8192),
    (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 &+ $0 / 256) },
  ]

  @Test(
    "empty, text, SQLite and random files are foreign and stay as they are",
    arguments: foreignContents)
  func foreignBytes(_ bytes: [UInt8]) throws {
    let here = try TemporaryDirectory()
    try Files.write(bytes, to: here.journal)
    try expectForeign(here)
  }

  @Test(
    "LMDB files of other programs are foreign and stay as they are",
    arguments: [
      "named", "strings", "numbers", "gap", "empty",
    ])
  func foreignLMDB(_ kind: String) throws {
    let here = try TemporaryDirectory()
    #expect(try WorkerProcess.run("foreign", kind, here.journal).status == 0)
    try expectForeign(here)
  }

  @Test("a journal of a newer format is refused by reader and writer")
  func newer() throws {
    let here = try TemporaryDirectory()
    #expect(try WorkerProcess.run("foreign", "newer", here.journal).status == 0)
    let expected = JournalError.newerFormat(path: here.journal, found: 9, known: 1)
    let (reading, writing) = errors(here)
    #expect(reading == expected)
    #expect(writing == expected)
  }

  @Test("a directory, a pipe, nothing at all, and a missing directory")
  func noFile() throws {
    let here = try TemporaryDirectory()
    #expect(
      journalError { _ = try JournalReader(path: here.journal) }
        == .missing(path: here.journal))
    #expect(here.names.isEmpty)
    mkdir(here.journal, 0o700)
    let (reading, writing) = errors(here)
    #expect(reading == .foreign(path: here.journal, detail: "it is a directory"))
    #expect(writing == .foreign(path: here.journal, detail: "it is a directory"))
    rmdir(here.journal)
    mkfifo(here.journal, 0o600)
    #expect(errors(here).1 == .foreign(path: here.journal, detail: "it is no plain file"))
    let nowhere = here.path + "/nowhere/journal.db"
    #expect(
      journalError { _ = try JournalWriter(path: nowhere, lockPath: here.lock) }
        == .os(path: nowhere + ".new", call: "open", errno: ENOENT))
  }

  @Test("without permission the error names the call and the advice")
  func noPermission() throws {
    let here = try TemporaryDirectory()
    try here.writer().close()
    chmod(here.journal, 0o000)
    // The super-user is let in anywhere: then there is nothing to see here.
    guard geteuid() != 0 else { return }
    #expect(errors(here).0 == .os(path: here.journal, call: "open", errno: EACCES))
  }

  @Test(
    "every error says what is wrong and what to do",
    arguments: [
      JournalError.full(path: "/d/journal.db"), .noSpace(path: "/d/journal.db"),
      .corrupt(path: "/d/journal.db", detail: "a page is gone"),
      .foreign(path: "/d/journal.db", detail: "it is empty"),
      .newerFormat(path: "/d/journal.db", found: 3, known: 1),
      .taken(path: "/d/journal.db", holderPID: 17), .taken(path: "/d/journal.db", holderPID: nil),
      .missing(path: "/d/journal.db"), .os(path: "/d/journal.db", call: "open", errno: EACCES),
    ])
  func descriptions(_ error: JournalError) {
    let sentences = error.description.split(separator: ".")
    #expect(error.description.contains("/d/journal.db"))
    #expect(sentences.count >= 3)
  }
}
