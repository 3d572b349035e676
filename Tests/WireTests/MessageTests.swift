import Projections
import Testing

@Suite("messages read themselves with their constraints, and write themselves")
struct MessageTests {
  private func violation<Message: OCPPMessage>(
    _ type: Message.Type, _ text: String
  ) throws -> ConstraintViolation? {
    let json = try JSON.parse(Array(text.utf8))
    do throws(ConstraintViolation) {
      _ = try Message(json: json)
      return nil
    } catch {
      return error
    }
  }

  @Test("every action of the specification and of the security white paper is there")
  func actions() {
    #expect(OCPP16Action.allCases.count == 39)
    #expect(OCPP16.requests.map { $0.actionName } == OCPP16Action.allCases.map(\.rawValue))
    #expect(OCPP16Action.allCases.filter { $0.featureProfile != .security }.count == 28)
    #expect(OCPP16Action.allCases.filter { $0.featureProfile == .core }.count == 16)
    #expect(OCPP16Action.allCases.filter { $0.direction == .fromChargePoint }.count == 13)
    #expect(OCPP16Action.allCases.filter { $0.direction == .both } == [.dataTransfer])
    #expect(OCPP16Action(rawValue: "StartTransaction") == .startTransaction)
    #expect(OCPP16Action(rawValue: "startTransaction") == nil)
  }

  @Test("a request is written with its members in the schema's order, and reads back")
  func writing() throws {
    let request = OCPP16.StartTransactionRequest(
      connectorId: 1, idTag: "04A1B2C3", meterStart: 1234, timestamp: "2026-11-23T00:00:00.000Z")
    let expected =
      #"{"connectorId":1,"idTag":"04A1B2C3","meterStart":1234,"#
      + #""timestamp":"2026-11-23T00:00:00.000Z"}"#
    #expect(String(decoding: request.jsonBytes, as: UTF8.self) == expected)
    #expect(try OCPP16.StartTransactionRequest(json: JSON.parse(request.jsonBytes)) == request)
  }

  @Test("limits in tenths are read and written exactly")
  func decimals() throws {
    let text =
      #"{"connectorId":0,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,"#
      + #""chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute","#
      + #""chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":["#
      + #"{"startPeriod":0,"limit":21.4},{"startPeriod":60,"limit":6}]}}}"#
    let request = try OCPP16.SetChargingProfileRequest(json: JSON.parse(Array(text.utf8)))
    let periods = request.csChargingProfiles.chargingSchedule.chargingSchedulePeriod
    #expect(periods.map(\.limit.units) == [214, 60])
    #expect(periods.map(\.limit.scale) == [1, 1])
    let wrong = text.replacing("21.4", with: "21.45")
    let found = try violation(OCPP16.SetChargingProfileRequest.self, wrong)
    #expect(found?.code == .propertyConstraintViolation)
    #expect(
      found?.path == "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit")
  }

  @Test("a whole number is an integer however it is written")
  func tolerantIntegers() throws {
    let json = try JSON.parse(Array(#"{"transactionId":5.0}"#.utf8))
    #expect(try OCPP16.RemoteStopTransactionRequest(json: json).transactionId == 5)
    let found = try violation(OCPP16.RemoteStopTransactionRequest.self, #"{"transactionId":5.5}"#)
    #expect(found?.code == .typeConstraintViolation)
  }

  @Test("both spellings of degrees Celsius are understood")
  func celsius() throws {
    for word in ["Celcius", "Celsius"] {
      let text = #"{"value":"21","unit":"\#(word)"}"#
      let value = try OCPP16.SampledValue(json: JSON.parse(Array(text.utf8)))
      #expect(value.unit?.rawValue == word)
    }
  }

  @Test(
    "each kind of fault has its code, its path and a sentence without the value",
    arguments: [
      (#"[]"#, .formatViolation, ""), ("null", .formatViolation, ""),
      (#"{"idTag":"secret"}"#, .occurrenceConstraintViolation, "connectorId"),
      (#"{"connectorId":"secret"}"#, .typeConstraintViolation, "connectorId"),
      (#"{"connectorId":null}"#, .typeConstraintViolation, "connectorId"),
      (
        #"{"connectorId":1,"expiryDate":"secret"}"#, .propertyConstraintViolation, "expiryDate"
      ),
      (
        #"{"connectorId":1,"expiryDate":"2026-11-23T00:00:00Z","idTag":"secret901234567890123"}"#,
        .propertyConstraintViolation, "idTag"
      ),
      (
        #"{"connectorId":1,"expiryDate":"2026-11-23T00:00:00Z","idTag":"a","reservationId":1,"#
          + #""more":"secret"}"#,
        .formatViolation, "more"
      ),
    ] as [(String, OCPPErrorCode, String)])
  func codes(text: String, code: OCPPErrorCode, path: String) throws {
    let found = try violation(OCPP16.ReserveNowRequest.self, text)
    #expect(found?.code == code)
    #expect(found?.path == path)
    #expect(found?.description.isEmpty == false)
    #expect(found?.description.contains("secret") == false)
  }

  @Test("lengths count characters, not bytes")
  func lengths() throws {
    let twenty = String(repeating: "é", count: 20)
    #expect(try violation(OCPP16.AuthorizeRequest.self, "{\"idTag\":\"\(twenty)\"}") == nil)
    let found = try violation(OCPP16.AuthorizeRequest.self, "{\"idTag\":\"\(twenty)x\"}")
    #expect(found?.code == .propertyConstraintViolation)
  }

  @Test("a nested payload of the wrong type is a wrong type, not a wrong format")
  func nestedType() throws {
    let found = try violation(OCPP16.AuthorizeResponse.self, #"{"idTagInfo":"Accepted"}"#)
    #expect(found?.code == .typeConstraintViolation)
    #expect(found?.path == "idTagInfo")
  }
}
