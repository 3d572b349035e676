import Testing

@testable import ChargePiES

@Suite("Faults")
struct FaultTests {
  @Test("a fault is told and forbids a session until it goes")
  func beforeSession() {
    let story = Story(.cables(1))
    story.when(.fault(1, .groundFailure))
    story.then(.faulted(1, .groundFailure), .status(1, .faulted))
    story.when(.plug(1), .card(7))
    story.then(.asked(7), .cached(7, .accepted), .settled(7, .accepted, .csms))
    story.when(.fault(1, .groundFailure, active: false))
    story.then(.cleared(1, .groundFailure), .began(1), .status(1, .preparing))
  }

  @Test("a fault in a session ends it, and the connector is faulted while it lasts")
  func inSession() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.when(.fault(1, .highTemperature))
    story.then(
      .faulted(1, .highTemperature), .contactor(1, closed: false), .ended(1, .fault),
      .status(1, .faulted))
    story.when(.fault(1, .highTemperature, active: false))
    story.then(.cleared(1, .highTemperature), .status(1, .finishing))
  }

  @Test("the emergency stop has its own reason")
  func emergencyStop() {
    let story = Story(.cables(2))
    story.givenCharging(1, card: 7)
    story.givenCharging(2, card: 8)
    story.when(.fault(0, .otherError, "EmergencyStop"))
    story.then(
      .faulted(0, .otherError, "EmergencyStop"), .contactor(1, closed: false),
      .ended(1, .emergencyStop), .contactor(2, closed: false), .ended(2, .emergencyStop),
      .stationStatus(.faulted), .status(1, .faulted), .status(2, .faulted))
  }

  @Test("a fault of one EVSE leaves the others alone")
  func oneOfTwo() {
    let story = Story(.cables(2))
    story.givenCharging(2)
    story.when(.fault(1, .overVoltage))
    story.then(.faulted(1, .overVoltage), .status(1, .faulted))
  }

  static let codes = FaultCode.allCases.filter { $0 != .none }

  @Test(
    "every code either ends the session or is a warning that is only told",
    arguments: FaultTests.codes)
  func everyCode(_ code: FaultCode) {
    let story = Story(.cables(1))
    story.givenCharging()
    story.given { $0.tell(.fault(1, code, "word")) }
    let warnings: [FaultCode] = [
      .localListConflict, .weakSignal, .readerFailure, .evCommunicationError, .resetFailure,
      .accessoryFailure,
    ]
    #expect((story.session(1) != nil) == warnings.contains(code))
    #expect(story.station.evses[0].connectors[0].reported.code == code)
    #expect(story.station.evses[0].connectors[0].reported.vendorCode == "word")
  }

  @Test("a repeated fault is one fault, and an unknown one clears nothing")
  func repeated() {
    let story = Story(.cables(1))
    story.when(.fault(1, .groundFailure), .fault(1, .groundFailure))
    story.then(.faulted(1, .groundFailure), .status(1, .faulted))
    story.when(
      .fault(1, .groundFailure, "other", active: false), .fault(1, .overVoltage, active: false),
      .fault(9, .overVoltage))
    #expect(story.claimAll().count <= 1)
    #expect(story.station.evses[0].faults.count == 1)
  }

  @Test("faults that are told apart are bounded")
  func bounded() {
    let story = Story(.cables(1))
    story.given { for index in 0..<40 { $0.tell(.fault(1, .otherError, "word \(index)")) } }
    #expect(story.station.evses[0].faults.count == Limits.faultsPerEVSE)
  }

  @Test("a full disk lets what runs finish, and begins nothing")
  func fullDisk() {
    let story = Story(.cables(2))
    story.givenCharging(1)
    story.when(.free(2 * Limits.sessionReserveBytes - 1))
    story.then(
      .faulted(0, .internalError, "StorageFull"), .stationStatus(.faulted),
      .status(1, .charging), .status(2, .unavailable))
    story.given { $0.tell(.card(8)) }
    #expect(story.session(2) == nil)
    story.when(.free(2 * Limits.sessionReserveBytes))
    story.then(
      .cleared(0, .internalError, "StorageFull"), .stationStatus(.available),
      .status(1, .charging), .status(2, .available))
  }
}
