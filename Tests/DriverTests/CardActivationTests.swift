import Testing

@testable import Drivers

@Suite("one look at the field, frame by frame")
struct CardActivationTests {
  /// Looks into a field; answers pass through a hand that may change them.
  private func look(
    _ field: SimulatedField, wakeUps: Int = 1,
    through hand: (RadioAnswer) -> RadioAnswer = { $0 }
  ) -> (sighting: CardSighting, frames: [RadioFrame]) {
    var activation = CardActivation(wakeUps: wakeUps)
    var frames = [activation.first]
    while frames.count < 20 {
      switch activation.next(after: hand(Self.answer(field, frames[frames.count - 1]))) {
      case .send(let frame): frames.append(frame)
      case .finished(let sighting): return (sighting, frames)
      }
    }
    Issue.record("a look does not end")
    return (.garbled, frames)
  }

  private static func answer(_ field: SimulatedField, _ frame: RadioFrame) -> RadioAnswer {
    var bits = AirBits.bits(frame.bytes)
    if frame.lastBits > 0 { bits.removeLast(8 - Int(frame.lastBits)) }
    guard let answer = field.exchange(bits) else { return .silence }
    return answer.collision == nil ? .bytes(AirBits.bytes(answer.bits)) : .collision
  }

  private func field(_ cards: [CardUID]) -> SimulatedField {
    let field = SimulatedField(seed: 1)
    field.turn(on: true)
    for uid in cards { field.put(SimulatedCard(uid)) }
    return field
  }

  @Test("UIDs of each size are read whole, again and again")
  func sizes() {
    var random = SeededRandom(seed: 11)
    for _ in 0..<300 {
      let uid = random.uid()
      let field = field([uid])
      for _ in 0..<3 {
        let (sighting, _) = look(field)
        #expect(sighting == .card(uid))
      }
    }
  }

  @Test("an empty field takes one frame, two where a card may be half-way")
  func empty() {
    let once = look(field([]))
    let twice = look(field([]), wakeUps: 2)
    #expect(once.sighting == .empty)
    #expect(once.frames == [RadioFrame(bytes: [0x52], lastBits: 7)])
    #expect(twice.sighting == .empty)
    #expect(twice.frames.count == 2)
  }

  @Test("a card that was left half-way answers the second wake-up")
  func halfway() throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let field = field([uid])
    _ = Self.answer(field, RadioFrame(bytes: [0x52], lastBits: 7))
    let (sighting, _) = look(field, wakeUps: 2)
    #expect(sighting == .card(uid))
  }

  @Test("a look that found anything ends with HLTA, so that the next one finds it again")
  func halting() {
    var random = SeededRandom(seed: 12)
    for _ in 0..<50 {
      let first = random.uid()
      let two = look(field([first, random.uid([4, 7, 10][random.below(3)], like: first)]))
      #expect(two.sighting == .several)
      #expect(two.frames.last?.bytes == [0x50, 0x00, 0x57, 0xCD])
    }
  }

  @Test("of any two cards, whatever their sizes and shared beginnings, none is chosen")
  func pairs() {
    var random = SeededRandom(seed: 13)
    for first in [4, 7, 10] {
      for second in [4, 7, 10] {
        for _ in 0..<200 {
          let one = random.uid(first)
          let other = random.below(2) == 0 ? random.uid(second) : random.uid(second, like: one)
          guard one != other else { continue }
          let field = field([one, other])
          let found = (0..<3).map { _ in look(field).sighting }
          #expect(found == [.several, .several, .several])
        }
      }
    }
  }

  @Test("whatever happens to the answers, a UID that comes out is one of a card that is there")
  func damage() {
    var random = SeededRandom(seed: 14)
    var whole = 0
    for _ in 0..<20_000 {
      let uid = random.uid()
      let other = random.uid(uid.bytes.count, like: uid)
      let cards = random.below(3) == 0 ? [uid, other] : [uid]
      let (sighting, _) = look(field(cards)) { Self.damage($0, &random) }
      if case .card(let found) = sighting {
        whole += 1
        #expect(cards.contains(found))
      }
    }
    #expect(whole > 1_000)
  }

  /// Turns some bits, hides collisions, invents and loses answers.
  private static func damage(_ answer: RadioAnswer, _ random: inout SeededRandom) -> RadioAnswer {
    guard random.below(4) == 0 else { return answer }
    switch (answer, random.below(6)) {
    case (.bytes(var bytes), 0...2):
      for _ in 0...random.below(3) {
        let bit = random.below(bytes.count * 8)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      }
      return .bytes(bytes)
    case (_, 3): return .silence
    case (_, 4):
      return .bytes((0..<[2, 3, 5][random.below(3)]).map { _ in UInt8(random.below(256)) })
    case (.collision, _): return .bytes([0, 0, 0, 0, 0])
    default: return .collision
    }
  }

  /// Answers a look from a script.
  private func look(_ script: [RadioAnswer]) -> CardSighting? {
    var activation = CardActivation()
    for answer in script {
      if case .finished(let sighting) = activation.next(after: answer) { return sighting }
    }
    return nil
  }

  private func level(_ bytes: [UInt8]) -> RadioAnswer {
    .bytes(bytes + [ISO14443A.blockCheck(bytes)])
  }

  private func sak(_ value: UInt8) -> RadioAnswer { .bytes(ISO14443A.withCRC([value])) }

  @Test("what level and card say about further levels must agree")
  func cascade() throws {
    let start = RadioAnswer.bytes([0x44, 0x00])
    let tagged = level([0x88, 1, 2, 3])
    let plain = level([4, 5, 6, 7])
    let uid = try #require(CardUID([1, 2, 3, 4, 5, 6, 7]))
    let cases: [([RadioAnswer], CardSighting)] = [
      ([tagged, sak(0x04), plain, sak(0x08)], .card(uid)),
      // A tag, and nothing follows.
      ([tagged, sak(0x08)], .garbled),
      ([tagged, sak(0x04), tagged, sak(0x20)], .garbled),
      // No tag, and something follows.
      ([plain, sak(0x04)], .garbled),
      // A fourth level.
      ([tagged, sak(0x04), tagged, sak(0x04), tagged, sak(0x04)], .garbled),
      // A wrong BCC, a wrong CRC, a wrong length, silence.
      ([.bytes([1, 2, 3, 4, 5])], .garbled),
      ([plain, .bytes([0x08, 0x00, 0x00])], .garbled),
      ([.bytes([1, 2, 3])], .garbled),
      ([plain, .silence], .garbled),
      ([tagged, sak(0x04), .collision], .several),
    ]
    for (answers, expected) in cases {
      let found = look([start] + answers + [.silence])
      #expect(found == expected)
    }
    let short = look([.bytes([0x44]), .silence])
    #expect(short == .garbled)
  }
}
