import Testing

@testable import Drivers

@Suite("both readers, with cards as people hold them")
struct CardReaderTests {
  @Test("cards of every size are told once, with their own UID", arguments: ReaderKind.allCases)
  func sizes(kind: ReaderKind) {
    var random = SeededRandom(seed: 31)
    let bench = CardBench(kind)
    bench.pass(milliseconds: 2_000)
    var shown: [CardUID] = []
    for index in 0..<60 {
      let uid = random.uid([4, 7, 10][index % 3])
      shown.append(uid)
      bench.field.put(SimulatedCard(uid, isSmartCard: index % 2 == 0))
      bench.pass(milliseconds: 400)
      bench.field.clear()
      bench.pass(milliseconds: 900)
    }
    #expect(bench.log.cards == shown)
    #expect(bench.log.refusals.isEmpty)
    #expect(bench.state.counts.garbledFrames == 0)
    #expect(bench.state.counts.failures == 0)
  }

  @Test(
    "a card is told within 300 ms, whenever it comes, with and without an IRQ pin",
    arguments: ReaderKind.allCases, [true, false])
  func latency(kind: ReaderKind, hasInterrupt: Bool) throws {
    var random = SeededRandom(seed: 32)
    let bench = CardBench(kind) { $0.hasInterrupt = hasInterrupt }
    bench.pass(milliseconds: 2_000)
    var longest: Int64 = 0
    for step in 0..<50 {
      bench.field.put(SimulatedCard(random.uid(10)))
      let held = bench.clock.nowNanoseconds
      bench.pass(milliseconds: 400)
      #expect(bench.log.cards.count == step + 1)
      longest = max(longest, try #require(bench.log.cardNanoseconds.last) - held)
      bench.field.clear()
      bench.pass(milliseconds: 900 + Int64(step) * 7)
    }
    #expect(longest <= 300_000_000)
  }

  @Test(
    "a card that stays is told once; away and back it is told again", arguments: ReaderKind.allCases
  )
  func staying(kind: ReaderKind) throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let bench = CardBench(kind)
    let card = SimulatedCard(uid)
    bench.field.put(card)
    bench.pass(milliseconds: 60_000)
    #expect(bench.log.cards == [uid])
    bench.field.clear()
    bench.pass(milliseconds: 1_000)
    bench.field.put(card)
    bench.pass(milliseconds: 1_000)
    #expect(bench.log.cards == [uid])
    bench.field.clear()
    bench.pass(milliseconds: 3_000)
    bench.field.put(card)
    bench.pass(milliseconds: 1_000)
    #expect(bench.log.cards == [uid, uid])
  }

  @Test(
    "after each look the cards rest, so that the next call finds them",
    arguments: ReaderKind.allCases, [1, 2])
  func resting(kind: ReaderKind, count: Int) {
    var random = SeededRandom(seed: 35)
    let bench = CardBench(kind)
    bench.pass(milliseconds: 2_000)
    for _ in 0..<count { bench.field.put(SimulatedCard(random.uid(7))) }
    for _ in 0..<10 {
      bench.pass(milliseconds: 400)
      let looks = bench.state.counts.looks
      let isLooked = bench.pass(atMostMilliseconds: 400) { $0.state.counts.looks > looks }
      #expect(isLooked)
      let wakeUp = Array(AirBits.bits([ISO14443A.wakeUp])[..<7])
      for card in bench.field.cards { #expect(card.answer(wakeUp) != nil) }
    }
  }

  @Test(
    "two cards at once are refused once, and never is a UID told, own, mixed or cut",
    arguments: ReaderKind.allCases, [[4, 4], [4, 7], [4, 10], [7, 7], [7, 10], [10, 10]])
  func pairs(kind: ReaderKind, sizes: [Int]) {
    var random = SeededRandom(seed: UInt64(33 + sizes[0] * 16 + sizes[1]))
    let bench = CardBench(kind)
    bench.pass(milliseconds: 2_000)
    let count = 40
    for _ in 0..<count {
      let one = random.uid(sizes[0])
      let other = random.below(2) == 0 ? random.uid(sizes[1]) : random.uid(sizes[1], like: one)
      bench.field.put(SimulatedCard(one))
      bench.field.put(SimulatedCard(other))
      bench.pass(milliseconds: 600)
      bench.field.clear()
      bench.pass(milliseconds: 1_000)
    }
    #expect(bench.log.cards.isEmpty)
    #expect(bench.log.refusals == Array(repeating: .severalCards, count: count))
  }

  @Test("a card that stays when the second of two goes is not told", arguments: ReaderKind.allCases)
  func remaining(kind: ReaderKind) {
    var random = SeededRandom(seed: 34)
    let (one, other) = (random.uid(7), random.uid(4))
    let bench = CardBench(kind)
    let second = SimulatedCard(other)
    bench.field.put(SimulatedCard(one))
    bench.field.put(second)
    bench.pass(milliseconds: 2_000)
    bench.field.remove(second)
    bench.pass(milliseconds: 5_000)
    #expect(bench.log.cards.isEmpty)
    bench.field.clear()
    bench.pass(milliseconds: 1_000)
    bench.field.put(second)
    bench.pass(milliseconds: 1_000)
    #expect(bench.log.cards == [other])
    #expect(bench.log.refusals == [.severalCards])
  }

  @Test(
    "phones with random UIDs are refused, unless they are wanted", arguments: ReaderKind.allCases)
  func random(kind: ReaderKind) throws {
    let uid = try #require(CardUID([8, 1, 2, 3]))
    let strict = CardBench(kind)
    let phone = SimulatedCard(uid)
    strict.field.put(phone)
    strict.pass(milliseconds: 5_000)
    #expect(strict.log.cards.isEmpty)
    #expect(strict.log.refusals == [.randomUID])

    let lenient = CardBench(kind) { $0.rules.acceptsRandomUIDs = true }
    lenient.pass(milliseconds: 2_000)
    lenient.field.put(phone)
    lenient.pass(milliseconds: 1_000)
    #expect(lenient.log.cards == [phone.uid])
    #expect(lenient.log.refusals.isEmpty)
  }

  @Test(
    "an idle reader needs few and short transactions, and its steps are short",
    arguments: ReaderKind.allCases)
  func idle(kind: ReaderKind) {
    let bench = CardBench(kind)
    bench.pass(milliseconds: 5_000)
    let before = bench.bus.transactions
    bench.pass(milliseconds: 60_000)
    let perSecond = (bench.bus.transactions - before) / 60
    #expect(perSecond <= 60)
    #expect(bench.bus.longestNanoseconds < 5_000_000)
    #expect(bench.longestRunNanoseconds < 6_000_000)
  }

  @Test("a reader that ends leaves no field", arguments: ReaderKind.allCases)
  func ending(kind: ReaderKind) throws {
    let bench = CardBench(kind)
    bench.pass(milliseconds: 3_000)
    #expect(bench.field.isOn)
    bench.reader.end()
    #expect(!bench.field.isOn)
  }

  @Test("what is read with an IRQ pin takes fewer transactions", arguments: ReaderKind.allCases)
  func interrupt(kind: ReaderKind) throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    var counts: [Int] = []
    for hasInterrupt in [false, true] {
      let bench = CardBench(kind) { $0.hasInterrupt = hasInterrupt }
      bench.pass(milliseconds: 10_000)
      counts.append(bench.bus.transactions)
      bench.field.put(SimulatedCard(uid))
      bench.pass(milliseconds: 1_000)
      #expect(bench.log.cards == [uid])
    }
    #expect(counts[1] < counts[0])
  }

  @Test("an IRQ pin that fails, or never moves, hides no card", arguments: ReaderKind.allCases)
  func brokenInterrupt(kind: ReaderKind) throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let failing = CardBench(kind) { $0.hasInterrupt = true }
    failing.interruptPin.error = .os(5)
    failing.field.put(SimulatedCard(uid))
    failing.pass(milliseconds: 3_000)
    #expect(failing.log.cards == [uid])
    #expect(failing.state.counts.failures > 0)

    let silent = CardBench(kind) {
      $0.hasInterrupt = true
      $0.isInterruptSilent = true
    }
    silent.field.put(SimulatedCard(uid))
    silent.pass(milliseconds: 5_000)
    #expect(silent.log.cards == [uid])
  }
}
