import Glibc
import Testing

@testable import Journal

@Suite("Reading a journal")
struct ReadingTests {
  private func filled(_ count: Int, bytes: Int) throws -> TemporaryDirectory {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    var batch = RecordBatch()
    for number in 2...count {
      batch.append(Sample.record(number, byteCount: number % 97 == 0 ? 9000 : bytes))
      if number % 7 == 0 || number == count { _ = try writer.append(&batch) }
    }
    return here
  }

  @Test("every range is scanned in both directions, over leaves and big values")
  func ranges() throws {
    let here = try filled(3000, bytes: 50)
    let reader = try JournalReader(path: here.journal)
    #expect(try reader.last == 3000)
    for (first, last) in [(0, 3000), (1, 1), (2, 97), (1500, 2500), (2999, 5000), (4000, 5000)] {
      var numbers: [UInt64] = []
      try reader.forEach(from: UInt64(first), through: UInt64(last)) { number, _ in
        numbers.append(number)
        return true
      }
      let low = max(first, 1)
      let high = min(last, 3000)
      #expect(numbers == (low > high ? [] : (low...high).map { UInt64($0) }))
      var back: [UInt64] = []
      try reader.forEachReversed(from: UInt64(last), through: UInt64(first)) { number, _ in
        back.append(number)
        return true
      }
      #expect(back == numbers.reversed())
    }
  }

  @Test("single records are found by number, with their bytes")
  func lookUp() throws {
    let here = try filled(1000, bytes: 80)
    let reader = try JournalReader(path: here.journal)
    for number in [2, 97, 500, 970, 999] {
      let expected = Sample.record(number, byteCount: number % 97 == 0 ? 9000 : 80)
      let isSame = try reader.withRecord(UInt64(number)) { $0.starts(with: expected) }
      #expect(isSame == true)
    }
    #expect(try reader.withRecord(0) { _ in true } == nil)
    #expect(try reader.withRecord(1001) { _ in true } == nil)
    #expect(try reader.withRecord(.max) { _ in true } == nil)
  }

  @Test("a scan stops when its body says so, and passes on what its body throws")
  func stopping() throws {
    struct Stop: Error {}
    let here = try filled(100, bytes: 10)
    let reader = try JournalReader(path: here.journal)
    var seen: UInt64 = 0
    try reader.forEach(from: 1) { number, _ in
      seen = number
      return number < 42
    }
    #expect(seen == 42)
    #expect(throws: Stop.self) { try reader.forEach(from: 1) { _, _ in throw Stop() } }
    #expect(throws: Stop.self) { try reader.forEachReversed { _, _ in throw Stop() } }
    #expect(throws: Stop.self) { try reader.withRecord(1) { _ in throw Stop() } }
  }

  @Test("records can be looked up while others are scanned")
  func nested() throws {
    let here = try filled(200, bytes: 10)
    let reader = try JournalReader(path: here.journal)
    var sizes = 0
    try reader.forEach(from: 1) { number, record in
      if try reader.withRecord(number, { $0.count }) == record.count { sizes += 1 }
      return true
    }
    #expect(sizes == 200)
  }

  @Test("a scan that takes longer than a second renews its snapshot and misses nothing")
  func renewal() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    for _ in 0..<100 { try writer.commit(String(repeating: "x", count: 1000)) }
    var numbers: [UInt64] = []
    try writer.forEach(from: 1) { number, _ in
      numbers.append(number)
      if number == 20 {
        usleep(1_100_000)
        try writer.commit("while it is scanned")
      }
      return true
    }
    #expect(numbers == Array(1...102))
  }

  @Test("reading in a directory that cannot be written creates nothing")
  func readOnlyDirectory() throws {
    let here = try filled(50, bytes: 10)
    unlink(here.journal + "-lock")
    unlink(here.lock)
    chmod(here.journal, 0o400)
    chmod(here.path, 0o500)
    let reader = try JournalReader(path: here.journal)
    #expect(try reader.last == 50)
    #expect(try reader.verifyChain().isIntact)
    #expect(reader.usesLockFile == false)
    #expect(here.names == ["journal.db"])
    reader.close()
    #expect(here.names == ["journal.db"])
  }

  @Test("LMDB's lock file is used when it is there, and passed over when it is none")
  func lockFile() throws {
    let here = try filled(50, bytes: 10)
    var reader: JournalReader? = try JournalReader(path: here.journal)
    #expect(reader?.usesLockFile == true)
    reader = nil
    try Files.write(Array("not a lock file".utf8), to: here.journal + "-lock")
    reader = try JournalReader(path: here.journal)
    #expect(try reader?.last == 50)
    reader = nil
    #expect(try here.writer().last == 50)
  }

  @Test("a copy has the same records and chain, mode 0600, and replaces nothing")
  func copying() throws {
    let here = try filled(500, bytes: 60)
    let writer = try here.writer()
    let copy = here.path + "/copy.db"
    try writer.copy(to: copy)
    #expect(Files.mode(copy) == 0o600)
    let reader = try JournalReader(path: copy)
    #expect(try reader.contents() == writer.contents())
    #expect(try reader.verifyChain().head == writer.head)
    #expect(
      journalError { try writer.copy(to: copy) }
        == .os(path: copy, call: "open", errno: EEXIST))
    reader.close()
    let continued = try JournalWriter(path: copy, lockPath: here.path + "/other-lock")
    #expect(try continued.commit("goes on") == 501...501)
  }

  @Test("a million records: the speed of appending, scanning and verifying is printed")
  func million() throws {
    let here = try TemporaryDirectory(onDisk: true)
    let result = try WorkerProcess.run("bench", here.path, "200", "1000000")
    #expect(result.status == 0)
    #expect(result.lines.count == 9)
    for line in result.lines { print("journal:", line) }
  }
}
