import ChargePiES
import Projections
import Testing

@Suite("what people see")
struct DisplayTests {
  /// A station whose first connector has a status, made as simply as possible.
  private func station(_ status: ConnectorStatus) -> Station {
    var station = Station()
    station.process.isReady = true
    var evse = EVSE { $0.id = 1 }
    evse.connectors = [
      Connector {
        $0.layout = ConnectorLayout {
          $0.id = 1
          $0.flatNumber = 1
          $0.hasPlugSense = true
        }
      }
    ]
    func session(_ flow: Flow, permitted: Bool = true) -> Session {
      Session {
        $0.connector = 1
        $0.token = 5
        $0.permittedEvent = permitted ? 7 : 0
        $0.flow = flow
        $0.startRegisterMilliwattHours = 1_000_000
      }
    }
    evse.meter.reading.registerMilliwattHours = 75_125_999
    switch status {
    case .available, .unspecified, .reserved: break
    case .preparing: evse.session = session(.none, permitted: false)
    case .charging: evse.session = session(.charging)
    case .suspendedEV: evse.session = session(.suspendedEV)
    case .suspendedEVSE: evse.session = session(.suspendedEVSE)
    case .finishing: evse.connectors[0].isFinishing = true
    case .unavailable: evse.connectors[0].isInoperative = true
    case .faulted: evse.faults = [Fault { $0.code = .groundFailure }]
    }
    station.evses = [evse]
    return station
  }

  static let reachable: [(ConnectorStatus, [String], String)] = [
    (.available, ["Available 1", "Plug in"], "#00ff00"),
    (.preparing, ["Preparing 1", "Plug in"], "#ffff00"),
    (.charging, ["Charging 1", "74.12 kWh"], "#0000ff"),
    (.suspendedEV, ["SuspendedEV 1", "74.12 kWh"], "#00ffff"),
    (.suspendedEVSE, ["SuspendedEVSE 1", "74.12 kWh"], "#00ffff"),
    (.finishing, ["Finishing 1", ""], "#ff8000"),
    (.unavailable, ["Unavailable 1", ""], "#404040"),
    (.faulted, ["Faulted 1", "GroundFailure"], "#ff0000"),
  ]

  @Test("each status has its two lines and its colour", arguments: reachable)
  func statuses(status: ConnectorStatus, lines: [String], colour: String) {
    let station = station(status)
    #expect(station.status(station.evses[0], station.evses[0].connectors[0]) == status)
    #expect(Display.lines(station) == lines)
    #expect(Lamps.colours(station) == [colour])
  }

  @Test("two lines fit a display of 16 characters, and the words are those of OCPP 1.6")
  func width() {
    for (_, lines, _) in Self.reachable {
      #expect(lines.count == 2)
      #expect(lines.allSatisfy { $0.count <= 16 })
    }
    #expect(ConnectorStatus.allCases.map(\.word).allSatisfy { !$0.isEmpty })
    #expect(ConnectorStatus.unspecified.word == "Unavailable")
  }

  @Test("a fault is shown before a session, a session before a free EVSE")
  func attention() {
    var station = station(.available)
    var second = self.station(.charging).evses[0]
    second.id = 2
    station.evses.append(second)
    #expect(Display.lines(station)[0] == "Charging 2")
    var third = self.station(.faulted).evses[0]
    third.id = 3
    station.evses.append(third)
    #expect(Display.lines(station) == ["Faulted 3", "GroundFailure"])
    #expect(Lamps.colours(station) == ["#00ff00", "#0000ff", "#ff0000"])
  }

  @Test("before the sensors have reported, the display says that it starts")
  func starting() {
    var station = station(.charging)
    station.process.isReady = false
    #expect(Display.lines(station) == ["ChargePi", "Starting"])
    #expect(Display.lines(Station()) == ["ChargePi", "Starting"])
  }

  @Test("a driver is told what is missing: the cable, or the card")
  func missing() {
    var station = station(.preparing)
    station.evses[0].session?.token = 0
    #expect(Display.lines(station) == ["Preparing 1", "Show your card"])
  }

  @Test(
    "LightIntensity dims every colour alike",
    arguments: [
      ("0", "#000000"), ("50", "#7f4000"), ("100", "#ff8000"),
    ])
  func intensity(percent: String, colour: String) {
    var station = station(.finishing)
    station.settings = [
      Setting {
        $0.variable = .lightIntensity
        $0.value = percent
      }
    ]
    #expect(Lamps.colours(station) == [colour])
  }

  @Test("registrations and fault codes have words, and only fault codes have them back")
  func words() {
    #expect(Registration.allCases.map(\.word) == ["None", "Accepted", "Pending", "Rejected"])
    #expect(FaultCode(word: "NoError") == nil)
    #expect(FaultCode(word: "Flood") == nil)
    #expect(FaultCode(word: "GroundFailure") == .groundFailure)
  }
}
