import ChargePiES
import Testing

@testable import Projections

@Suite("what people read on the display")
struct DisplayPageTests {
  static let sizes = [DisplaySize.columns16Rows2, .columns20Rows4]
  static let second = nanosecondsPerSecond

  @Test("a station that has stopped says so in its language")
  func farewell() {
    let texts = Catalogue.all.map { Display.farewell(in: $0) }
    let words = ["Out of service", "Außer Betrieb", "Ne obratuje"]
    #expect(texts == words.map { ["ChargePi", $0] })
  }

  private func lines(
    _ scenes: [Scene], _ catalogue: Catalogue = .english, _ size: DisplaySize = .columns16Rows2,
    after seconds: Int64 = 0
  ) -> [String] {
    let now = Scene.now + seconds * Self.second
    return Display.page(
      Scene.station(scenes), in: catalogue, size: size, nowNanoseconds: now
    ).lines
  }

  static let words: [(Scene, [String], [String], [String])] = [
    (
      .available, ["Available 1", "Plug in"], ["Frei 1", "Kabel einstecken"],
      ["Prosto 1", "Priklopite kabel"]
    ),
    (
      .availableByCard, ["Available 1", "Show your card"], ["Frei 1", "Karte vorhalten"],
      ["Prosto 1", "Pokažite kartico"]
    ),
    (
      .cardPlease, ["Connected 1", "Show your card"], ["Verbunden 1", "Karte vorhalten"],
      ["Povezano 1", "Pokažite kartico"]
    ),
    (
      .checkingCard, ["Connected 1", "Checking card"], ["Verbunden 1", "Prüfe Karte"],
      ["Povezano 1", "Preverjanje"]
    ),
    (
      .plugPlease, ["Card OK 1", "Plug in"], ["Karte OK 1", "Kabel einstecken"],
      ["Kartica OK 1", "Priklopite kabel"]
    ),
    (
      .carPlease, ["Connected 1", "Connect the car"], ["Verbunden 1", "Auto anschließen"],
      ["Povezano 1", "Priklopite avto"]
    ),
    (
      .gettingReady, ["Connected 1", "Please wait"], ["Verbunden 1", "Bitte warten"],
      ["Povezano 1", "Počakajte"]
    ),
    (
      .starting, ["Connected 1", "Please wait"], ["Verbunden 1", "Bitte warten"],
      ["Povezano 1", "Počakajte"]
    ),
    (
      .charging, ["Charging 1", "74.12 kWh 7.4 kW"], ["Lädt 1", "74,12 kWh 7,4 kW"],
      ["Polnjenje 1", "74,12 kWh 7,4 kW"]
    ),
    (
      .pausedByCar, ["Car paused 1", "74.12 kWh 7.4 kW"], ["Auto wartet 1", "74,12 kWh 7,4 kW"],
      ["Avto čaka 1", "74,12 kWh 7,4 kW"]
    ),
    (
      .pausedByStation, ["Paused 1", "74.12 kWh 7.4 kW"], ["Pausiert 1", "74,12 kWh 7,4 kW"],
      ["Premor 1", "74,12 kWh 7,4 kW"]
    ),
    (
      .refused, ["Refused 1", "74.12 kWh 7.4 kW"], ["Abgelehnt 1", "74,12 kWh 7,4 kW"],
      ["Zavrnjeno 1", "74,12 kWh 7,4 kW"]
    ),
    (
      .finishing, ["Finished 1", "Unplug the cable"], ["Beendet 1", "Kabel abziehen"],
      ["Končano 1", "Odklopite kabel"]
    ),
    (
      .unavailable, ["Unavailable 1", "Out of service"], ["Gesperrt 1", "Außer Betrieb"],
      ["Ni na voljo 1", "Ne obratuje"]
    ),
    (
      .faulted, ["Faulted 1", "Earth fault"], ["Störung 1", "Fehlerstrom"],
      ["Napaka 1", "Okvarni tok"]
    ),
  ]

  @Test("each situation has its two lines in each language", arguments: words)
  func situations(scene: Scene, english: [String], german: [String], slovenian: [String]) {
    #expect(lines([scene]) == english)
    #expect(lines([scene], .german) == german)
    #expect(lines([scene], .slovenian) == slovenian)
  }

  @Test("a reservation has words too, though no state has it yet")
  func reserved() {
    let panel = Panel(.reserved, .slovenian)
    #expect(panel.title == "Rezervirano")
    #expect(panel.detail == "Za drugo kartico")
  }

  @Test("four lines have a single EVSE's numbers side by side")
  func tall() {
    #expect(
      lines([.charging], .slovenian, .columns20Rows4)
        == ["Polnjenje 1", "74,12 kWh     7,4 kW", "12 min", ""])
    #expect(
      lines([.available], .german, .columns20Rows4) == ["Frei 1", "Kabel einstecken", "", ""])
  }

  @Test("power and time take turns where there is no room for both")
  func numbers() {
    #expect(lines([.charging], after: 0)[1] == "74.12 kWh 7.4 kW")
    #expect(lines([.charging], after: 1)[1] == "74.12 kWh 7.4 kW")
    #expect(lines([.charging], after: 2)[1] == "74.12 kWh 12 min")
    #expect(lines([.charging], after: 4)[1] == "74.12 kWh 7.4 kW")
  }

  @Test("four lines hold two EVSEs, two lines one; the others take turns of four seconds")
  func turns() {
    let three: [Scene] = [.available, .charging, .faulted]
    let shown = (0..<4).map { lines(three, after: Int64($0) * 4)[0] }
    #expect(shown == ["Charging 2", "Faulted 3", "Available 1", "Charging 2"])
    let two = (0..<3).map { lines(three, .english, .columns20Rows4, after: Int64($0) * 4) }
    #expect(two[0] == ["Available 1", "Plug in", "Charging 2", "74.12 kWh     7.4 kW"])
    #expect(two[1] == ["Faulted 3", "Earth fault", "", ""])
    #expect(two[2] == two[0])
    let both: [Scene] = [.available, .finishing]
    #expect(
      lines(both, .english, .columns20Rows4) == lines(both, .english, .columns20Rows4, after: 4))
  }

  @Test("an EVSE that asks somebody is shown alone for a minute, then it takes its turn")
  func asking() {
    var station = Scene.station([.available, .charging, .cardPlease, .available])
    station.evses[2].session?.beganAt.monotonicNanoseconds = Scene.now
    func title(after seconds: Int64) -> String {
      Display.page(
        station, in: .english, size: .columns16Rows2,
        nowNanoseconds: Scene.now + seconds * Self.second
      ).lines[0]
    }
    for seconds in 0..<60 as Range<Int64> { #expect(title(after: seconds) == "Connected 3") }
    let later = Set((60..<76).map { title(after: $0) })
    #expect(later == ["Available 1", "Charging 2", "Connected 3", "Available 4"])
    // A session of an earlier boot asks nobody.
    station.now.boot = 2
    let atOnce = Set((0..<16).map { title(after: $0) })
    #expect(atOnce == later)
  }

  @Test("before the sensors have reported, and without EVSEs, the station starts")
  func starting() {
    var station = Scene.station([.charging])
    station.process.isReady = false
    let page = Display.page(station, in: .slovenian, size: .columns16Rows2, nowNanoseconds: 0)
    #expect(page == DisplayPage(lines: ["ChargePi", "Zagon"], changesAtNanoseconds: nil))
    let none = Display.page(Station(), in: .english, size: .columns20Rows4, nowNanoseconds: 0)
    #expect(none.lines == ["ChargePi", "Starting", "", ""])
  }

  @Test("what the configuration has no more is shown only while its session runs")
  func removed() {
    var station = Scene.station([.available, .charging])
    for index in 0...1 { station.evses[index].connectors[0].layout.isRemoved = true }
    let page = Display.page(
      station, in: .english, size: .columns16Rows2, nowNanoseconds: Scene.now)
    #expect(page.lines[0] == "Charging 2")
  }

  @Test("a fault of the whole station is shown at each EVSE; a full disk is no fault of theirs")
  func stationFault() {
    var station = Scene.station([.available])
    station.faults = [
      Fault {
        $0.code = .internalError
        $0.vendorCode = "StorageFull"
      },
      Fault {
        $0.code = .otherError
        $0.vendorCode = "EmergencyStop"
      },
    ]
    let page = Display.page(station, in: .german, size: .columns16Rows2, nowNanoseconds: 0)
    #expect(page.lines == ["Störung 1", "Not-Aus"])
  }

  @Test("the contract's two lines are what the English display begins with while charging")
  func contract() {
    let station = Scene.station([.charging])
    let lines = Display.lines(station)
    let page = self.lines([.charging])
    #expect(lines == ["Charging 1", "74.12 kWh"])
    for (short, long) in zip(lines, page) { #expect(long.hasPrefix(short)) }
  }
}
