import ChargePiES
import Testing

@testable import Drivers

@Suite("cards that cannot count are told, and seldom")
struct RefusedCardTests {
  /// What a board that was not started tells of cards at these times, in seconds.
  private func told(_ cards: [(second: Int64, reader: Int)]) throws -> [FaultSensed] {
    var plan = BoardBench.plan()
    let reader = SPIPlace(bus: 1, chipSelect: 0, hertz: 1_000_000)
    plan.readers.append(ReaderPlan(chip: .mfrc522(reader)))
    let layout = EVSELayout {
      $0.id = 1
      $0.connectors = [ConnectorLayout { $0.id = 1 }]
    }
    let hardware = SimulatedHardware(
      plan: plan, layout: [layout], settings: SimulationSettings())
    let board = try HardwareBoard(plan: plan, calibrations: [:], provider: hardware, wake: {})
    for card in cards {
      board.note(.refused(.randomUID, reader: card.reader), card.second * 1_000_000_000)
    }
    return board.found.compactMap {
      if case .faultSensed(let event) = $0 { event } else { nil }
    }
  }

  @Test("one is a fault of the reader that passes at once")
  func one() throws {
    let faults = try told([(1_000, 1)])
    #expect(faults.map(\.isActive) == [true, false])
    #expect(faults.map(\.vendorCode) == ["Card2", "Card2"])
    #expect(faults.first?.info == "a card with a random number")
  }

  @Test("a hundred in three minutes are three, for each reader")
  func many() throws {
    let cards = (0..<100).map { (second: 1_000 + 179 * Int64($0) / 99, reader: 0) }
    let count = try told(cards).count
    #expect(count == 3 * 2)
    let both = try told(cards + [(second: 1_000, reader: 1)]).count
    #expect(both == 4 * 2)
  }
}
