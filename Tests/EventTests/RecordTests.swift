import TestSupport
import Testing

@testable import ChargePiES

@Suite("The encoding of records")
struct RecordTests {
  private func decoded(_ bytes: [UInt8]) throws -> Record {
    try RecordDecoder.decode(Record.self, from: bytes)
  }

  private func isSame(_ first: Record, _ second: Record) -> Bool {
    first.body == second.body && first.stamp == second.stamp && first.format == second.format
      && first.turnOffset == second.turnOffset
  }

  @Test("there are as many kinds as the design has observations, decisions and checkpoints")
  func kinds() {
    let kinds = KindLister.all
    #expect(Set(kinds).count == kinds.count)
    #expect(kinds == kinds.sorted())
    #expect(kinds.allSatisfy { $0 >= Record.firstKind && $0 <= Record.checkpointKind })
    #expect(kinds.count >= 19 + 35 + 1)
  }

  @Test("every kind of event reads back as it was written", arguments: KindLister.all)
  func roundTrip(_ kind: UInt32) throws {
    for seed in 0..<40 as Range<UInt64> {
      let record = RandomFiller.make(Record.self, seed: seed, kind: kind)
      #expect(record.body != nil)
      let bytes = RecordEncoder.encode(record)
      let copy = try decoded(bytes)
      #expect(isSame(copy, record), "seed \(seed)")
      #expect(RecordEncoder.encode(copy) == bytes)
      bytes.withUnsafeBytes { #expect(Record.kind(of: $0) == kind) }
    }
  }

  @Test("an empty event of every kind is still that kind", arguments: KindLister.all)
  func emptyEvents(_ kind: UInt32) throws {
    var bytes: [UInt8] = []
    var tag = UInt64(kind) << 3 | 2
    while tag >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: tag) | 0x80)
      tag >>= 7
    }
    bytes += [UInt8(tag), 0]
    let record = try decoded(bytes)
    #expect(record.body != nil)
    bytes.withUnsafeBytes { #expect(Record.kind(of: $0) == kind) }
  }

  @Test("the whole state reads back as it was written", arguments: 0..<40 as Range<UInt64>)
  func state(_ seed: UInt64) throws {
    let station = RandomFiller.make(Station.self, seed: seed)
    let bytes = RecordEncoder.encode(station)
    #expect(try RecordDecoder.decode(Station.self, from: bytes) == station)
  }

  @Test("fields that nobody knows are skipped", arguments: KindLister.all)
  func unknownFields(_ kind: UInt32) throws {
    let strangers: [[UInt8]] = [
      [0xF8, 0xFF, 0x01, 0xAC, 0x02],  // 4095: a number
      [0xFA, 0xFF, 0x01, 0x03, 1, 2, 3],  // 4095: three bytes
      [0xF9, 0xFF, 0x01, 1, 2, 3, 4, 5, 6, 7, 8],  // 4095: 64 bits
      [0xFD, 0xFF, 0x01, 1, 2, 3, 4],  // 4095: 32 bits
    ]
    var random = SeededRandom(seed: UInt64(kind))
    let record = RandomFiller.make(Record.self, seed: 1, kind: kind)
    var bytes: [UInt8] = []
    for field in fields(RecordEncoder.encode(record)) {
      bytes += random.pick(strangers) + field.bytes
    }
    #expect(isSame(try decoded(bytes + random.pick(strangers)), record))
  }

  @Test("the unknown field that is told is the record's own, the smallest, and none of a part's")
  func toldUnknown() throws {
    let wanted: [(bytes: [UInt8], skipped: UInt32)] = [
      ([0x0A, 0x03, 0x72, 0x01, 0x00], 0), ([0x72, 0x01, 0x00], 14),
      ([0xF8, 0xFF, 0x01, 0x01, 0x72, 0x01, 0x00], 14), ([0x10, 0x01], 0),
    ]
    for (bytes, skipped) in wanted {
      var found: UInt32 = 99
      try bytes.withUnsafeBytes { _ = try RecordDecoder.record(from: $0, skipped: &found) }
      #expect(found == skipped, "\(bytes)")
    }
  }

  @Test("fields in any order read the same", arguments: KindLister.all)
  func anyOrder(_ kind: UInt32) throws {
    var random = SeededRandom(seed: UInt64(kind))
    let record = RandomFiller.make(Record.self, seed: 2, kind: kind)
    let parts = fields(RecordEncoder.encode(record))
    for _ in 0..<10 {
      let bytes = parts.shuffled(using: &random).flatMap(\.bytes)
      #expect(isSame(try decoded(bytes), record))
    }
  }

  @Test("a station whose fields come in reverse reads the same")
  func reversed() throws {
    let station = RandomFiller.make(Station.self, seed: 3)
    let parts = fields(RecordEncoder.encode(station))
    let numbers = Set(parts.map(\.number)).sorted(by: >)
    let bytes = numbers.flatMap { number in
      parts.filter { $0.number == number }.flatMap(\.bytes)
    }
    #expect(try RecordDecoder.decode(Station.self, from: bytes) == station)
  }

  @Test("bytes that end inside a field are an error", arguments: KindLister.all)
  func truncated(_ kind: UInt32) {
    let bytes = RecordEncoder.encode(RandomFiller.make(Record.self, seed: 4, kind: kind))
    var boundaries: Set<Int> = [0]
    var length = 0
    for field in fields(bytes) {
      length += field.bytes.count
      boundaries.insert(length)
    }
    for end in 0...bytes.count {
      let isWhole = (try? decoded(Array(bytes.prefix(end)))) != nil
      #expect(isWhole == boundaries.contains(end), "\(end) of \(bytes.count)")
    }
  }

  @Test("damaged bytes give a value or an error, never a crash", arguments: 0..<20 as Range<UInt64>)
  func damaged(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let kinds = KindLister.all
    for _ in 0..<200 {
      let kind = random.pick(kinds)
      var bytes = RecordEncoder.encode(
        RandomFiller.make(Record.self, seed: random.next(), kind: kind))
      for _ in 0...random.below(8) {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      if let record = try? decoded(bytes) { _ = RecordEncoder.encode(record) }
      _ = bytes.withUnsafeBytes { Record.kind(of: $0) }
    }
  }

  @Test("noise gives a value or an error, never a crash", arguments: 0..<20 as Range<UInt64>)
  func noise(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let bytes = (0..<random.below(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = try? decoded(bytes)
      _ = try? RecordDecoder.decode(Station.self, from: bytes)
      _ = bytes.withUnsafeBytes { Record.kind(of: $0) }
    }
  }

  @Test("a number of more than ten bytes, field zero, and text that is none are errors")
  func malformed() {
    let long = [UInt8](repeating: 0xFF, count: 11)
    #expect(throws: RecordError.malformed) { try decoded([0x10] + long + [1]) }
    #expect(throws: RecordError.malformed) { try decoded([0x00, 0x01]) }
    #expect(throws: RecordError.malformed) { try decoded([0xFB, 0xFF, 0x01]) }
    #expect(throws: RecordError.truncated) { try decoded([0x10]) }
    #expect(throws: RecordError.notText) { try decoded([0x0A, 0x04, 0x0A, 0x02, 0xC3, 0x28]) }
  }
}
