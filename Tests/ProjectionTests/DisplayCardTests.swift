import ChargePiES
import Testing

@testable import Projections

@Suite("cards and connections on the display")
struct DisplayCardTests {
  private func event(_ body: Event.Body, seconds: Int64) -> Event {
    var stamp = Stamp()
    stamp.monotonicNanoseconds = Scene.now + seconds * nanosecondsPerSecond
    return Event(number: 2, stamp: stamp, body: body)
  }

  private func settled(_ status: AuthorizationStatus, seconds: Int64) -> Event {
    event(
      .decision(.authorizationSettled(AuthorizationSettled { $0.status = status })),
      seconds: seconds)
  }

  private func page(
    _ card: RecentCard, _ station: Station = Scene.station([.available]), seconds: Int64 = 0,
    in catalogue: Catalogue = .english
  ) -> DisplayPage {
    Display.page(
      station, card: card, in: catalogue, size: .columns16Rows2,
      nowNanoseconds: Scene.now + seconds * nanosecondsPerSecond)
  }

  static let refusals: [(AuthorizationStatus, String, String, String)] = [
    (.blocked, "Card blocked", "Karte gesperrt", "Kartica zaprta"),
    (.expired, "Card expired", "Karte abgelaufen", "Kartica potekla"),
    (.invalid, "Unknown card", "Karte unbekannt", "Neznana kartica"),
    (.unknown, "Unknown card", "Karte unbekannt", "Neznana kartica"),
    (.concurrentTransaction, "Already charging", "Lädt bereits", "Že polni"),
  ]

  @Test("a refused card is told with the reason, for four seconds", arguments: refusals)
  func refused(status: AuthorizationStatus, english: String, german: String, slovenian: String) {
    var card = RecentCard()
    card.apply(settled(status, seconds: 0))
    #expect(page(card).lines == ["Refused", english])
    #expect(page(card, in: .german).lines == ["Abgelehnt", german])
    #expect(page(card, in: .slovenian).lines == ["Zavrnjeno", slovenian])
    #expect(page(card).changesAtNanoseconds == Scene.now + 4 * nanosecondsPerSecond)
    #expect(page(card, seconds: 4).lines == ["Available 1", "Plug in"])
  }

  @Test("the next card, or a good one, ends the notice")
  func next() {
    var card = RecentCard()
    card.apply(settled(.blocked, seconds: 0))
    card.apply(event(.observation(.cardRead(CardRead { $0.token = 3 })), seconds: 1))
    #expect(page(card, seconds: 1).lines[0] == "Available 1")
    card.apply(settled(.invalid, seconds: 1))
    #expect(page(card, seconds: 1).lines[0] == "Refused")
    card.apply(settled(.accepted, seconds: 2))
    #expect(page(card, seconds: 2).lines[0] == "Available 1")
  }

  @Test("other events are nothing to the card")
  func others() {
    var card = RecentCard()
    card.apply(settled(.blocked, seconds: 0))
    let before = card
    card.apply(event(.observation(.meterRead(MeterRead())), seconds: 1))
    card.apply(event(.decision(.sessionEnded(SessionEnded())), seconds: 1))
    card.apply(event(.checkpoint(Checkpoint()), seconds: 1))
    #expect(card == before)
  }

  @Test("while the central system is asked, whoever showed the card waits")
  func asking() {
    var station = Scene.station([.available, .charging])
    station.authorizations = [PendingAuthorization { $0.token = 4 }]
    #expect(page(RecentCard(), station).lines == ["Checking card", "Please wait"])
    #expect(page(RecentCard(), station, in: .slovenian).lines == ["Preverjanje", "Počakajte"])
  }

  @Test("while the central system is not reached, the first line ends with a mark")
  func offline() {
    let station = Scene.station([.charging], isOffline: true)
    #expect(page(RecentCard(), station).lines == ["Charging 1     !", "74.12 kWh 7.4 kW"])
    let tall = Display.page(
      station, in: .slovenian, size: .columns20Rows4, nowNanoseconds: Scene.now)
    #expect(
      tall.lines
        == ["Polnjenje 1        !", "74,12 kWh     7,4 kW", "12 min", "Brez povezave"])
    var alone = station
    alone.policy.hasUpstream = false
    #expect(page(RecentCard(), alone).lines[0] == "Charging 1")
  }
}
