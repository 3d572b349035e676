import Glibc
import Testing

@testable import Journal

@Suite("The hash chain")
struct ChainTests {
  /// A journal without free pages, so that each record's bytes are in the file once.
  private func compact() throws -> (TemporaryDirectory, [UInt8]) {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    try writer.commit("first of two", "second of two")
    try writer.commit("alone")
    try writer.commit("to be erased", "also in the last commit")
    try writer.erase(5)
    let copy = here.path + "/copy.db"
    try writer.copy(to: copy)
    return (here, try Files.read(copy))
  }

  private func records(_ here: TemporaryDirectory) throws -> [[UInt8]] {
    let reader = try JournalReader(path: here.path + "/copy.db")
    var records: [[UInt8]] = []
    try reader.forEach(from: 1) { _, record in
      records.append([UInt8](record))
      return true
    }
    return records
  }

  @Test("changing any single byte of any record is found")
  func everyByte() throws {
    let (here, file) = try compact()
    let path = here.path + "/changed.db"
    for (index, record) in try records(here).enumerated() {
      let position = try #require(file.positions(of: record).first)
      for offset in 0..<record.count {
        for mask in [0x01, 0x80, 0xFF] as [UInt8] {
          var changed = file
          changed[position + offset] ^= mask
          try Files.write(changed, to: path)
          #expect(isFound(path), "record \(index + 1), byte \(offset), mask \(mask)")
        }
      }
    }
  }

  /// Record 1 tells what the file is, so a change there may be found at opening.
  private func isFound(_ path: String) -> Bool {
    do {
      return try !JournalReader(path: path).verifyChain().isIntact
    } catch {
      return true
    }
  }

  @Test("damage is said to be where it is, and what follows is still verified")
  func place() throws {
    let (here, file) = try compact()
    let position = try #require(file.positions(of: Array("alone".utf8)).first)
    var changed = file
    changed[position] ^= 1
    try Files.write(changed, to: here.path + "/changed.db")
    let report = try JournalReader(path: here.path + "/changed.db").verifyChain()
    #expect(report.damages == [.init(first: 4, last: 4, kind: .hashMismatch)])
    #expect(report.commits == 4)
    #expect(report.last == 6)
  }

  @Test("a changed commit hash is one damage, not two")
  func changedHash() throws {
    let (here, file) = try compact()
    let records = try records(here)
    let position = try #require(file.positions(of: records[3]).first)
    var changed = file
    changed[position + records[3].count - 1] ^= 1
    try Files.write(changed, to: here.path + "/changed.db")
    let report = try JournalReader(path: here.path + "/changed.db").verifyChain()
    #expect(report.damages == [.init(first: 4, last: 4, kind: .hashMismatch)])
  }

  @Test("removed records and an unfinished commit are found")
  func removed() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    for text in ["a", "b", "c", "d"] { try writer.commit(text) }
    try writer.records.environment.write { (transaction) throws(JournalError) in
      _ = try transaction.delete(3)
      try transaction.put(6, Sample.record("no commit"))
    }
    let report = try writer.verifyChain()
    #expect(
      report.damages == [
        .init(first: 3, last: 3, kind: .missing),
        .init(first: 4, last: 4, kind: .hashMismatch),
        .init(first: 6, last: 6, kind: .unfinished),
      ])
  }

  @Test("text that looks like a commit hash is none")
  func lookAlike() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    let text = "ends in a z " + String(repeating: "y", count: 32)
    try writer.commit(text, text)
    #expect(try writer.withRecord(2) { RecordFraming.commitHash(in: $0) } == .some(nil))
    #expect(try writer.contents(from: 2) == [Sample.record(text), Sample.record(text)])
    #expect(try writer.verifyChain().isIntact)
  }

  @Test("a verification that is stopped says how far it came and calls nothing damaged")
  func stopped() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    var batch = RecordBatch()
    for number in 0..<25_000 { batch.append(Sample.record("\(number)")) }
    _ = try writer.append(&batch)
    var told: [UInt64] = []
    let report = try writer.verifyChain { number in
      told.append(number)
      return number < 20_000
    }
    #expect(told == [10_000, 20_000])
    #expect(report.last == 20_000)
    #expect(report.isIntact)
    #expect(try writer.verifyChain().last == 25_001)
  }

  @Test("SHA-256 and its description are the standard's")
  func standard() {
    let digest = Array("abc".utf8).withUnsafeBytes { SHA256Hasher().digest(of: $0) }
    #expect(
      digest.description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(MemoryLayout<Digest>.size == 32)
  }
}
