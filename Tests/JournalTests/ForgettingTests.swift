import Glibc
import Testing

@testable import Journal

@Suite("Erasing and pruning")
struct ForgettingTests {
  @Test("an erased record keeps the chain verifiable and is gone from the file after scrubbing")
  func erase() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    try writer.commit("card 04A1B2C3", "behind it")
    try writer.commit("big card 04A1B2C3" + String(repeating: "!", count: 20_000))
    for number in 0..<50 { try writer.commit("later \(number)") }
    let head = writer.head
    #expect(try writer.erase(2))
    #expect(try writer.erase(4))
    #expect(try writer.erase(4))
    #expect(try !writer.erase(400))
    #expect(try writer.scrub())
    let report = try writer.verifyChain()
    #expect(report.isIntact)
    #expect(report.erased == 2)
    #expect(report.head == head)
    #expect(try Files.read(here.journal).positions(of: Array("04A1B2C3".utf8)).isEmpty)
    #expect(try writer.withRecord(2) { $0.count } == 34)
    #expect(try writer.withRecord(4) { $0.count } == 68)
    #expect(try writer.commit("and on") == 55...55)
    #expect(try writer.verifyChain().isIntact)
  }

  @Test("what stood between the records is gone after scrubbing, and stays away", arguments: 1...8)
  func leftBetween(seed: UInt64) throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let length = Int.random(in: 0..<40, using: &random) * 20
      try writer.commit("record \(writer.last + 1);" + String(repeating: "=", count: length))
      try writer.erase(UInt64.random(in: 2...writer.last, using: &random))
    }
    let erased = (2...writer.last).shuffled(using: &random).prefix(20)
    for number in erased { try writer.erase(number) }
    #expect(try writer.scrub())
    // LMDB writes from buffers that it has used before.
    for number in 0..<5 { try writer.commit("behind \(number)") }
    let content = try Files.read(here.journal)
    for number in erased {
      #expect(content.positions(of: Array("record \(number);".utf8)).isEmpty)
    }
    #expect(try writer.verifyChain().isIntact)
  }

  @Test("pruning leaves the format record, the hash and all that follows, after every step")
  func prune() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    for number in 0..<300 { try writer.commit("a\(number)", "b\(number)", "c\(number)") }
    let kept = try writer.contents(from: 302)
    var steps = 0
    while try writer.prune(through: 303, limit: 20) > 0 {
      steps += 1
      let report = try writer.verifyChain()
      #expect(report.isIntact, "after step \(steps)")
      #expect(report.head == writer.head)
    }
    #expect(steps >= 300 / 20)
    #expect(try writer.contents(from: 302) == kept)
    let report = try writer.verifyChain()
    #expect(report.prunedThrough == 301)
    #expect(report.first == 1 && report.last == 901)
    #expect(report.records == 602)
    #expect(try writer.prune(through: 303) == 0)
    while try writer.prune(through: .max) > 0 {}
    #expect(try writer.contents(from: 899).count == 3)
    #expect(try writer.verifyChain().isIntact)
    #expect(try writer.commit("goes on") == 902...902)
    writer.close()
    #expect(try here.writer().verifyChain().isIntact)
  }

  @Test("a commit that is longer than the limit is pruned as a whole")
  func longCommit() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    var batch = RecordBatch()
    for number in 0..<100 { batch.append(Sample.record("\(number)")) }
    _ = try writer.append(&batch)
    try writer.commit("last")
    #expect(try writer.prune(through: 50, limit: 10) == 0)
    #expect(try writer.prune(through: 101, limit: 10) == 99)
    #expect(try writer.verifyChain().prunedThrough == 101)
  }

  @Test("after scrubbing the commit before the last is whole too: a power cut may lead back to it")
  func scrubKeepsBoth() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    for number in 0..<60 {
      try writer.commit("record \(number)" + String(repeating: "=", count: 300))
    }
    for number in 2...30 { try writer.erase(UInt64(number)) }
    #expect(try writer.scrub())
    let newest = try PageFile(here.journal).meta.transaction
    for transaction in [newest, newest - 1] {
      let file = try PageFile(here.journal, transaction: transaction)
      var pages = 0
      let walk = TreeWalk(file: file, page: { _, _ in pages += 1 })
      try walk.walk(file.meta.main, keys: .integer, content: .values)
      try walk.walk(file.meta.free, keys: .integer, content: .freePages)
      #expect(pages > 3, "commit \(transaction)")
    }
  }

  @Test("scrubbing waits for a reader's snapshot")
  func scrubWaits() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    try writer.commit("secret of record two")
    try writer.commit("another")
    try writer.forEach(from: 1) { number, _ in
      guard number == 1 else { return true }
      try writer.erase(2)
      #expect(try !writer.scrub())
      return true
    }
    #expect(try writer.scrub())
    #expect(try Files.read(here.journal).positions(of: Array("secret".utf8)).isEmpty)
    #expect(try writer.verifyChain().isIntact)
  }
}
