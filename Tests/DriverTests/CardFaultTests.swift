import Testing

@testable import Drivers

@Suite("both readers, with everything that goes wrong")
struct CardFaultTests {
  @Test(
    "bits that flip on the bus never make a wrong UID, and few of them hide no card",
    arguments: ReaderKind.allCases, [1, 5, 20, 60, 150])
  func flips(kind: ReaderKind, permille: Int) {
    var told = 0
    var shown = 0
    for seed in 0..<8 {
      var random = SeededRandom(seed: UInt64(41 + seed))
      let bench = CardBench(kind) {
        $0.faults.flipPermille = permille
        $0.rules.pauseNanoseconds = 0
        $0.seed = UInt64(seed + 1)
      }
      bench.pass(milliseconds: 2_000)
      for _ in 0..<10 {
        let uid = random.uid()
        let before = bench.log.cards.count
        bench.field.put(SimulatedCard(uid))
        bench.pass(milliseconds: 1_500)
        bench.field.clear()
        bench.pass(milliseconds: 1_500)
        shown += 1
        let found = bench.log.cards.dropFirst(before)
        #expect(found.allSatisfy { $0 == uid })
        if !found.isEmpty { told += 1 }
      }
    }
    if permille <= 5 { #expect(told == shown) }
    if permille <= 20 { #expect(told * 10 >= shown * 9) }
  }

  @Test("of two cards, flipped bits never make one", arguments: ReaderKind.allCases, [5, 20, 60])
  func flipsWithTwo(kind: ReaderKind, permille: Int) {
    for seed in 0..<5 {
      var random = SeededRandom(seed: UInt64(51 + seed))
      let bench = CardBench(kind) {
        $0.faults.flipPermille = permille
        $0.rules.pauseNanoseconds = 0
        $0.seed = UInt64(seed + 1)
      }
      for _ in 0..<12 {
        let one = random.uid()
        let other = random.uid([4, 7, 10][random.below(3)], like: one)
        let before = bench.log.cards.count
        bench.field.put(SimulatedCard(one))
        bench.field.put(SimulatedCard(other))
        bench.pass(milliseconds: 1_500)
        bench.field.clear()
        bench.pass(milliseconds: 1_500)
        let found = bench.log.cards.dropFirst(before)
        #expect(found.allSatisfy { $0 == one || $0 == other })
      }
    }
  }

  @Test(
    "disturbances on the air never make a wrong UID", arguments: ReaderKind.allCases,
    [20, 100, 300])
  func noise(kind: ReaderKind, permille: Int) {
    var told = 0
    for seed in 0..<8 {
      var random = SeededRandom(seed: UInt64(61 + seed))
      let bench = CardBench(kind) {
        $0.rules.pauseNanoseconds = 0
        $0.seed = UInt64(seed + 1)
      }
      bench.field.noisePermille = permille
      for _ in 0..<10 {
        let uid = random.uid()
        let before = bench.log.cards.count
        bench.field.put(SimulatedCard(uid))
        bench.pass(milliseconds: 1_500)
        bench.field.clear()
        bench.pass(milliseconds: 1_500)
        let found = bench.log.cards.dropFirst(before)
        #expect(found.allSatisfy { $0 == uid })
        if !found.isEmpty { told += 1 }
      }
    }
    if permille <= 20 { #expect(told == 80) }
  }

  @Test(
    "a chip that is not there is reported, and found when it comes", arguments: ReaderKind.allCases,
    [0x00, 0xFF])
  func missing(kind: ReaderKind, level: UInt8) throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let bench = CardBench(kind) {
      $0.faults.isMissing = true
      $0.faults.missingLevel = level
    }
    bench.pass(milliseconds: 3_000)
    #expect(bench.log.states.map(\.condition) == [.failed(Self.absence(kind))])
    let before = bench.bus.transactions
    bench.pass(milliseconds: 60_000)
    #expect(bench.bus.transactions - before < 120)
    bench.faults = ChipFaults()
    let isBack = bench.pass(atMostMilliseconds: 5_000) { $0.state.condition == .working }
    #expect(isBack)
    bench.field.put(SimulatedCard(uid))
    bench.pass(milliseconds: 500)
    #expect(bench.log.cards == [uid])
    #expect(bench.log.states.count == 2)
  }

  private static func absence(_ kind: ReaderKind) -> ReaderFailure {
    switch kind {
    case .mfrc522: .noChip
    case .pn532: .bus(.nack)
    }
  }

  @Test(
    "a reader that is unplugged and plugged in again tells nothing twice",
    arguments: ReaderKind.allCases, [true, false])
  func hotUnplug(kind: ReaderKind, isAdapter: Bool) throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let bench = CardBench(kind)
    bench.field.put(SimulatedCard(uid))
    bench.pass(milliseconds: 2_000)
    #expect(bench.log.states.map(\.condition) == [.working])
    bench.faults.isGone = isAdapter
    bench.faults.isMissing = !isAdapter
    bench.pass(milliseconds: 10_000)
    let failure = isAdapter ? ReaderFailure.bus(.gone) : Self.absence(kind)
    #expect(bench.log.states.map(\.condition) == [.working, .failed(failure)])
    bench.brownOut()
    bench.faults = ChipFaults()
    bench.pass(milliseconds: 6_000)
    #expect(bench.log.states.map(\.condition) == [.working, .failed(failure), .working])
    #expect(bench.log.cards == [uid])
  }

  @Test(
    "a silent reset is noticed and healed within 5 s, whenever it happens",
    arguments: ReaderKind.allCases, [true, false])
  func silentReset(kind: ReaderKind, hasCard: Bool) {
    var random = SeededRandom(seed: 71)
    let bench = CardBench(kind)
    bench.pass(milliseconds: 2_000)
    var slowest: Int64 = 0
    for step in 0..<60 {
      let uid = random.uid()
      if hasCard { bench.field.put(SimulatedCard(uid)) }
      bench.pass(milliseconds: 500 + Int64(step) * 3)
      bench.brownOut()
      let began = bench.clock.nowNanoseconds
      let isHealed = bench.pass(atMostMilliseconds: 5_000) {
        $0.field.isOn && $0.state.counts.silentResets == Int64(step + 1)
      }
      #expect(isHealed)
      slowest = max(slowest, bench.clock.nowNanoseconds - began)
      bench.field.clear()
      bench.pass(milliseconds: 1_000)
    }
    #expect(bench.log.states.allSatisfy { $0.condition == .working })
    #expect(bench.log.states.map(\.counts.silentResets) == (0...60).map { Int64($0) })
    #expect(bench.log.cards.count == (hasCard ? 60 : 0))
  }

  @Test(
    "a chip that resets itself all the time is reported as failed", arguments: ReaderKind.allCases)
  func weakSupply(kind: ReaderKind) {
    let bench = CardBench(kind)
    for _ in 0..<2_000 {
      bench.pass(milliseconds: 5)
      if bench.field.isOn { bench.brownOut() }
    }
    let conditions = bench.log.states.map(\.condition)
    #expect(conditions.count == 1)
    if case .failed = conditions.first {} else { Issue.record("\(conditions)") }
    bench.pass(milliseconds: 6_000)
    #expect(bench.state.condition == .working)
  }

  @Test(
    "a chip that hangs is reported, reset where there is a pin, and works again",
    arguments: ReaderKind.allCases, [true, false])
  func stuck(kind: ReaderKind, hasReset: Bool) throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let bench = CardBench(kind) { $0.hasReset = hasReset }
    bench.pass(milliseconds: 3_000)
    bench.isStuck = true
    bench.pass(milliseconds: 20_000)
    #expect(bench.log.states.map(\.condition) == [.working, .failed(.unresponsive)])
    bench.isStuck = false
    bench.field.put(SimulatedCard(uid))
    bench.pass(milliseconds: 6_000)
    #expect(bench.state.condition == .working)
    #expect(bench.log.cards == [uid])
    #expect(!bench.resetPin.isActive)
  }

  @Test(
    "a reset pin that cannot be moved is a failure of the reader, and passes",
    arguments: ReaderKind.allCases)
  func resetPin(kind: ReaderKind) {
    let bench = CardBench(kind) { $0.hasReset = true }
    bench.resetPin.error = .busy
    bench.pass(milliseconds: 5_000)
    #expect(bench.log.states.map(\.condition) == [.failed(.bus(.busy))])
    bench.resetPin.error = nil
    bench.pass(milliseconds: 6_000)
    #expect(bench.state.condition == .working)
  }

  @Test("a slow bus makes a reader slow, and nothing else", arguments: ReaderKind.allCases)
  func slowBus(kind: ReaderKind) {
    var random = SeededRandom(seed: 81)
    let bench = CardBench(kind) { $0.faults.latencyNanoseconds = 3_000_000 }
    var shown: [CardUID] = []
    for _ in 0..<10 {
      shown.append(random.uid())
      bench.field.put(SimulatedCard(shown[shown.count - 1]))
      bench.pass(milliseconds: 2_000)
      bench.field.clear()
      bench.pass(milliseconds: 2_000)
    }
    #expect(bench.log.cards == shown)
    #expect(bench.state.condition == .working)
    #expect(bench.longestRunNanoseconds < 80_000_000)
  }

  @Test(
    "everything at once, for half an hour: no wrong UID, no end, and all is well afterwards",
    arguments: ReaderKind.allCases)
  func everything(kind: ReaderKind) {
    var random = SeededRandom(seed: 91)
    let bench = CardBench(kind) { $0.hasReset = true }
    var present: Set<CardUID> = []
    for _ in 0..<600 {
      bench.faults.flipPermille = [0, 0, 10, 100][random.below(4)]
      bench.faults.nackPermille = [0, 0, 20, 200][random.below(4)]
      bench.faults.isMissing = random.below(20) == 0
      bench.faults.isGone = random.below(20) == 0
      bench.field.noisePermille = [0, 0, 50][random.below(3)]
      bench.isStuck = random.below(20) == 0
      bench.pn532.shiftPermille = [0, 0, 50][random.below(3)]
      if random.below(10) == 0 { bench.brownOut() }
      let uid = random.uid()
      if random.below(3) > 0 {
        bench.field.put(SimulatedCard(uid))
        present.insert(uid)
      }
      bench.pass(milliseconds: 2_000)
      bench.field.clear()
      bench.pass(milliseconds: 1_000)
      #expect(bench.log.cards.allSatisfy { present.contains($0) })
    }
    bench.faults = ChipFaults()
    bench.isStuck = false
    (bench.field.noisePermille, bench.pn532.shiftPermille) = (0, 0)
    bench.pass(milliseconds: 10_000)
    let last = random.uid()
    bench.field.put(SimulatedCard(last))
    bench.pass(milliseconds: 500)
    #expect(bench.log.cards.last == last)
    #expect(bench.state.condition == .working)
    #expect(bench.state.counts.looks > 1_500)
  }
}
