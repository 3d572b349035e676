import Testing

@testable import Drivers

@Suite("the PN532 driver, with what goes wrong on I2C")
struct PN532FaultTests {
  @Test(
    "frames shifted by a master that overlooks a stretched clock give no wrong UID",
    arguments: [20, 100, 300])
  func stretchedClocks(permille: Int) {
    var told = 0
    for seed in 0..<10 {
      var random = SeededRandom(seed: UInt64(111 + seed))
      let bench = CardBench(.pn532) {
        $0.rules.pauseNanoseconds = 0
        $0.seed = UInt64(seed + 1)
      }
      bench.pn532.shiftPermille = permille
      for _ in 0..<12 {
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
    if permille <= 20 { #expect(told == 120) }
  }

  @Test("accesses that are not acknowledged are tried again", arguments: [20, 100])
  func refusals(permille: Int) {
    var random = SeededRandom(seed: 121)
    let bench = CardBench(.pn532) { $0.faults.nackPermille = permille }
    var shown: [CardUID] = []
    for _ in 0..<20 {
      shown.append(random.uid())
      bench.field.put(SimulatedCard(shown[shown.count - 1]))
      bench.pass(milliseconds: 1_500)
      bench.field.clear()
      bench.pass(milliseconds: 1_500)
    }
    #expect(bench.log.cards == shown)
    #expect(bench.log.states.map(\.condition) == [.working])
  }

  @Test("an answer that is wrong and whose checksum fits all the same is not told")
  func compensatingFlips() throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let bench = CardBench(.pn532)
    bench.pass(milliseconds: 2_000)
    var spoiled = 0
    bench.bus.spoil = { bytes in
      guard spoiled == 0, bytes.count > 20, bytes[0] == 1, bytes[8] == 1 else { return bytes }
      spoiled += 1
      var other = bytes
      other[14] &+= 1
      other[15] &-= 1
      return other
    }
    bench.field.put(SimulatedCard(uid))
    bench.pass(milliseconds: 1_000)
    #expect(spoiled == 1)
    #expect(bench.log.cards == [uid])
  }

  @Test("a chip that asks cards for their protocol all the same is understood")
  func protocolAnswers() throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let bench = CardBench(.pn532)
    bench.pass(milliseconds: 2_000)
    bench.pn532.settings.asksProtocol = true
    bench.field.put(SimulatedCard(uid, isSmartCard: true))
    bench.pass(milliseconds: 500)
    #expect(bench.log.cards == [uid])
  }

  @Test("another chip at the address is told by what it says")
  func otherChip() {
    /// Answers everything as a PN532 would, but for its version.
    final class Other: I2CDevice {
      var reading: [[UInt8]] = []
      func write(_ bytes: [UInt8]) throws(BusError) {
        guard bytes.count > 8 else { return }
        let data: [UInt8] = bytes[6] == 0x02 ? [0x33, 1, 6, 7] : []
        reading = [
          [1] + PN532Frame.acknowledgement, [1],
          [1] + PN532Frame.frame([0xD5, bytes[6] + 1] + data),
        ]
      }
      func read(_ count: Int) throws(BusError) -> [UInt8] {
        let next = reading.isEmpty ? [0] : reading.removeFirst()
        return Array((next + Array(repeating: 0, count: count)).prefix(count))
      }
      func writeRead(_ bytes: [UInt8], _ count: Int) throws(BusError) -> [UInt8] { throw .nack }
    }
    let clock = VirtualClock()
    let log = CardBench.Log()
    let reader = PN532(
      device: Other(), clock: clock,
      reports: ReaderReports(
        onCard: { log.cards.append($0) }, onRefusal: { log.refusals.append($0) },
        onState: { log.states.append($0) }))
    for _ in 0..<200 { clock.nowNanoseconds = reader.run(nowNanoseconds: clock.nowNanoseconds) }
    #expect(log.states.map(\.condition) == [.failed(.unexpectedChip(0x33))])
  }
}
