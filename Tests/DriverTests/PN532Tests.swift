import Testing

@testable import Drivers

@Suite("the PN532, frame by frame")
struct PN532Tests {
  private func frame(_ command: PN532Command) -> [UInt8] {
    PN532Frame.frame([PN532Frame.toChip] + command.bytes)
  }

  @Test("commands are the manual's frames")
  func commands() {
    let frames: [(PN532Command, [UInt8])] = [
      (.readFirmwareVersion, [0, 0, 0xFF, 2, 0xFE, 0xD4, 2, 0x2A, 0]),
      (.configureSAM, [0, 0, 0xFF, 5, 0xFB, 0xD4, 0x14, 1, 0x14, 1, 2, 0]),
      (.limitRetries, [0, 0, 0xFF, 6, 0xFA, 0xD4, 0x32, 5, 0xFF, 1, 1, 0xF4, 0]),
      (.listTargets, [0, 0, 0xFF, 4, 0xFC, 0xD4, 0x4A, 2, 0, 0xE0, 0]),
    ]
    for (command, expected) in frames { #expect(frame(command) == expected) }
  }

  private let answer = PN532Frame.frame([
    0xD5, 0x4B, 1, 1, 0x00, 0x44, 0x08, 7, 4, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x0F,
  ])

  @Test("answers are read, with what the bus puts before and behind them")
  func answers() {
    let content = Array(answer[6..<answer.count - 2])
    #expect(PN532Frame.read([1] + answer) == .answer(content))
    #expect(PN532Frame.read([1] + answer + [0, 0, 0]) == .answer(content))
    #expect(PN532Frame.read([0] + answer) == .notReady)
    #expect(PN532Frame.read([1] + PN532Frame.acknowledgement) == .acknowledgement)
    #expect(PN532Frame.read([1, 0, 0, 0xFF, 1, 0xFF, 0x7F, 0x81, 0]) == .refusal)
    #expect(PN532Frame.read([1] + answer.dropLast()) == .longer(15))
    #expect(PN532Frame.read([]) == .damaged)
    #expect(PN532Frame.read(Array(repeating: 0xFF, count: 20)) == .damaged)
    // A frame of the host's, an empty frame, an extended frame.
    #expect(PN532Frame.read([1] + frame(.readFirmwareVersion)) == .damaged)
    #expect(PN532Frame.read([1, 0, 0, 0xFF, 0, 0, 0, 0]) == .damaged)
    #expect(PN532Frame.read([1, 0, 0, 0xFF, 0xFF, 0xFF, 1, 0, 0xFF, 0xD5]) == .damaged)
  }

  @Test("no single flipped bit gives another answer")
  func flips() {
    let whole = PN532Frame.read([1] + answer)
    for bit in 0..<(answer.count + 1) * 8 {
      var damaged = [1] + answer
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if case .answer = PN532Frame.read(damaged) {
        Issue.record("bit \(bit)")
      }
    }
    #expect(whole != .damaged)
  }

  @Test("a shift by any number of bits from any place on gives no other UID")
  func shifts() {
    let bits: [Bool] = ([1] + answer + [0, 0]).flatMap { byte in
      (0..<8).map { byte & (0x80 >> UInt8($0)) != 0 }
    }
    for place in 0..<(answer.count + 1) * 8 {
      for count in 1...7 {
        for filler in [true, false] {
          var shifted = bits
          shifted.insert(contentsOf: Array(repeating: filler, count: count), at: place)
          let bytes = (0...answer.count).map { index in
            shifted[index * 8..<index * 8 + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
          }
          guard bytes != [1] + answer, case .answer(let content) = PN532Frame.read(bytes) else {
            continue
          }
          let sighting = PN532Targets.read(Array(content.dropFirst()))
          #expect(sighting == .garbled)
        }
      }
    }
  }

  @Test("targets are read: none, one of each size, one with a protocol, two")
  func targets() throws {
    var random = SeededRandom(seed: 101)
    #expect(PN532Targets.read([0]) == .empty)
    for size in [4, 7, 10] {
      let uid = random.uid(size)
      let card: [UInt8] = [1, 0x00, 0x44, 0x20, UInt8(size)] + uid.bytes
      #expect(PN532Targets.read([1] + card) == .card(uid))
      #expect(PN532Targets.read([1] + card + [5, 0x78, 0x80, 0x70, 2]) == .card(uid))
      #expect(PN532Targets.read([1] + card + [5, 0x78]) == .garbled)
      #expect(PN532Targets.read([1] + card.dropLast()) == .garbled)
      #expect(PN532Targets.read([2] + card + card) == .several)
      var incomplete = card
      incomplete[3] = 0x04
      #expect(PN532Targets.read([1] + incomplete) == .garbled)
    }
    for data: [UInt8] in [[], [0, 0], [1], [3, 1], [1, 1, 0, 4, 8, 5, 1, 2, 3, 4, 5]] {
      #expect(PN532Targets.read(data) == .garbled)
    }
  }

  /// A modelled chip, as whoever writes frames sees it.
  private final class Bare {
    let chip = SimulatedPN532()
    var now: Int64 = 1_000_000_000

    func write(_ bytes: [UInt8]) -> Bool { chip.write(bytes, nowNanoseconds: now) }
    func read(_ count: Int) -> [UInt8]? { chip.read(count, nowNanoseconds: now) }
    func pass(milliseconds: Int64) { now += milliseconds * 1_000_000 }

    /// Sends a command and takes its acknowledgement; the answer's bytes after so long.
    func ask(_ command: PN532Command, milliseconds: Int64 = 5, count: Int = 60) -> [UInt8]? {
      guard write(PN532Frame.frame([PN532Frame.toChip] + command.bytes)) else { return nil }
      pass(milliseconds: 1)
      guard read(7) == [1] + PN532Frame.acknowledgement else { return nil }
      pass(milliseconds: milliseconds)
      return read(count)
    }

    func setUp() {
      _ = write([])
      for command: PN532Command in [.configureSAM, .setParameters, .limitRetries] {
        _ = ask(command)
      }
    }
  }

  @Test("the first access after a sleep is not acknowledged, and wakes the chip")
  func waking() {
    let bare = Bare()
    let version = frame(.readFirmwareVersion)
    #expect(!bare.write(version))
    #expect(bare.write(version))
    #expect(bare.read(7) == [0, 0, 0, 0, 0, 0, 0])
    bare.pass(milliseconds: 1)
    #expect(bare.read(7) == [1] + PN532Frame.acknowledgement)
    #expect(bare.read(1) == [0])
    bare.pass(milliseconds: 5)
    #expect(bare.chip.isInterrupting(nowNanoseconds: bare.now))
    #expect(bare.read(1) == [1])
    let whole = bare.read(14)
    #expect(
      whole.map(PN532Frame.read) == .answer([0x03, 0x32, 0x01, 0x06, 0x07]))
    #expect(bare.read(14) == Array(repeating: 0, count: 14))
  }

  @Test("what a short read leaves is lost, until it is asked for again")
  func shortRead() {
    let bare = Bare()
    bare.setUp()
    _ = bare.ask(.readFirmwareVersion, count: 5)
    #expect(bare.read(14)?.first == 0)
    #expect(bare.write(PN532Frame.repetition))
    bare.pass(milliseconds: 2)
    #expect(bare.read(14).map(PN532Frame.read) == .answer([0x03, 0x32, 0x01, 0x06, 0x07]))
  }

  @Test("damaged commands are not acknowledged, unknown ones are refused")
  func badCommands() {
    let bare = Bare()
    bare.setUp()
    var damaged = frame(.readFirmwareVersion)
    damaged[6] ^= 1
    #expect(bare.write(damaged))
    bare.pass(milliseconds: 5)
    #expect(bare.read(1) == [0])
    #expect(bare.write(PN532Frame.frame([PN532Frame.toChip, 0xEE])))
    bare.pass(milliseconds: 5)
    #expect(bare.read(7) == [1] + PN532Frame.acknowledgement)
    #expect(bare.read(9).map(PN532Frame.read) == .refusal)
  }

  @Test("without a limit a search goes on for ever and takes no command until it is ended")
  func endless() throws {
    let bare = Bare()
    bare.setUp()
    bare.chip.brownOut(nowNanoseconds: bare.now)
    _ = bare.write([])
    _ = bare.ask(.configureSAM)
    #expect(bare.ask(.listTargets, milliseconds: 5_000, count: 1) == [0])
    #expect(!bare.write(frame(.readFirmwareVersion)))
    #expect(bare.write(PN532Frame.acknowledgement))
    #expect(bare.ask(.readFirmwareVersion) != nil)

    #expect(bare.ask(.listTargets, milliseconds: 5_000, count: 1) == [0])
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    bare.chip.field.put(SimulatedCard(uid))
    #expect(bare.read(1) == [1])
  }

  @Test("one card is listed, and two are listed both")
  func listing() throws {
    let bare = Bare()
    bare.setUp()
    let one = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let other = try #require(CardUID([4, 1, 2, 3, 4, 5, 7]))
    bare.chip.field.put(SimulatedCard(one))
    let single = bare.ask(.listTargets, milliseconds: 60)
    let content = try #require(single.flatMap(Self.content))
    #expect(PN532Targets.read(content) == .card(one))
    bare.chip.field.put(SimulatedCard(other))
    _ = bare.ask(.releaseTargets)
    let both = try #require(bare.ask(.listTargets, milliseconds: 60).flatMap(Self.content))
    #expect(both.first == 2)
    #expect(both.count == 1 + 2 * 12)
  }

  private static func content(_ bytes: [UInt8]) -> [UInt8]? {
    guard case .answer(let content) = PN532Frame.read(bytes) else { return nil }
    return Array(content.dropFirst())
  }
}
