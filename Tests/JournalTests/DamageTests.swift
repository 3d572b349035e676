import Glibc
import Testing

@testable import Journal

/// What failing cards do to files; each file is opened in another process, which must not crash.
@Suite("Damaged files", .serialized)
struct DamageTests {
  private static let pageBytes = 4096

  private func sample(_ here: TemporaryDirectory) throws -> [UInt8] {
    let writer = try here.writer()
    for number in 0..<150 {
      var batch = RecordBatch()
      batch.append(Sample.record(number, byteCount: number % 20 == 0 ? 7000 : 150))
      batch.append(Sample.record(number, byteCount: 40))
      _ = try writer.append(&batch)
    }
    _ = try writer.prune(through: 60)
    writer.close()
    return try Files.read(here.journal)
  }

  /// Opens, scans, verifies, copies and appends to each file, in one process for all.
  private func probe(_ files: [String]) throws -> [String] {
    let worker = try WorkerProcess(["probe"] + files)
    let lines = worker.lines()
    let status = worker.wait()
    let last = lines.last { $0.hasPrefix("probing") } ?? ""
    #expect(status == 0, "status \(status) while \(last)")
    return lines
  }

  private func probe(_ count: Int, _ change: (Int) throws -> [UInt8]) throws -> [String] {
    let here = try TemporaryDirectory()
    var files: [String] = []
    for index in 0..<count {
      let path = here.path + "/\(index).db"
      try Files.write(try change(index), to: path)
      files.append(path)
    }
    return try probe(files)
  }

  @Test("an undamaged file passes everything")
  func undamaged() throws {
    let file = try sample(TemporaryDirectory())
    let lines = try probe(1) { _ in file }
    #expect(lines.filter { $0.hasPrefix("error") }.isEmpty)
    #expect(lines.contains("intact true"))
  }

  @Test("cut off at every page and between pages, it is an error and never a signal")
  func truncated() throws {
    let file = try sample(TemporaryDirectory())
    let pages = file.count / Self.pageBytes
    let lengths = (0..<pages).flatMap { [$0 * Self.pageBytes, $0 * Self.pageBytes + 1777] }
    let lines = try probe(lengths.count) { Array(file[..<lengths[$0]]) }
    #expect(lines.filter { $0 == "intact true" }.count <= 2)
  }

  @Test("a meta page with any byte changed is an error, or harmless")
  func metaPages() throws {
    let file = try sample(TemporaryDirectory())
    _ = try probe(2 * 152) { index in
      var changed = file
      changed[index % 152 + (index / 152) * Self.pageBytes] ^= UInt8(1 << (index % 8)) | 0x40
      return changed
    }
  }

  @Test("what LMDB leaves of a meta page whose write failed is no damage")
  func takenBack() throws {
    let here = try TemporaryDirectory()
    let writer = try here.writer()
    for number in 0..<6 { try writer.commit("record \(number)") }
    writer.close()
    var bytes = try Files.read(here.journal)
    let file = try PageFile(here.journal)
    // Number and last page are the old ones, the tree is the one of the commit that failed.
    let older = file.meta.transaction % 2 == 0 ? file.pageBytes : 0
    let rootOffset = older + PageLayout.headerBytes + 72 + 40
    withUnsafeBytes(of: file.meta.lastPage + 2) {
      bytes.replaceSubrange(rootOffset..<rootOffset + 8, with: $0)
    }
    try Files.write(bytes, to: here.journal)
    let again = try here.writer()
    #expect(again.last == 7)
    #expect(try again.commit("goes on") == 8...8)
    #expect(try again.verifyChain().isIntact)
  }

  @Test("pages of random bytes are errors and never a signal", arguments: 0..<4)
  func randomPages(_ seed: UInt64) throws {
    let file = try sample(TemporaryDirectory())
    var generator = SeededGenerator(seed: seed)
    _ = try probe(100) { _ in
      var changed = file
      let page = Int.random(in: 0..<file.count / Self.pageBytes, using: &generator)
      for offset in 0..<Self.pageBytes {
        changed[page * Self.pageBytes + offset] = UInt8.random(in: 0...255, using: &generator)
      }
      return changed
    }
  }

  @Test("random bytes in headers and nodes are errors and never a signal", arguments: 0..<6)
  func randomBytes(_ seed: UInt64) throws {
    let file = try sample(TemporaryDirectory())
    var generator = SeededGenerator(seed: 100 + seed)
    _ = try probe(150) { _ in
      var changed = file
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let page = Int.random(in: 0..<file.count / Self.pageBytes, using: &generator)
        // Where the structure is: the header and the offsets, or anywhere.
        let within = Bool.random(using: &generator) ? 64 : Self.pageBytes
        let offset = Int.random(in: 0..<within, using: &generator)
        changed[page * Self.pageBytes + offset] = UInt8.random(in: 0...255, using: &generator)
      }
      return changed
    }
  }

  @Test("pages that changed places are found by verification")
  func swappedPages() throws {
    let file = try sample(TemporaryDirectory())
    let pages = file.count / Self.pageBytes
    let lines = try probe(pages - 3) { index in
      var changed = file
      let first = (index + 2) * Self.pageBytes
      let second = first + Self.pageBytes
      for offset in 0..<Self.pageBytes { changed.swapAt(first + offset, second + offset) }
      return changed
    }
    #expect(lines.contains("intact false") || lines.contains { $0.hasPrefix("error") })
  }
}
