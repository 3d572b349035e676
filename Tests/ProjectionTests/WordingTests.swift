import ChargePiES
import Testing

@testable import Projections

@Suite("what each decision is worded as in OCPP 1.6")
struct WordingTests {
  @Test("the first words of a station: a boot notification, then every status")
  func registration() throws {
    let rig = try Rig()
    try rig.connect()
    let statuses = Array(repeating: "StatusNotification", count: 3)
    #expect(rig.actions() == ["BootNotification"] + statuses)
    #expect(
      rig.calls[0].text
        == #"{"chargePointVendor":"UL FE","chargePointModel":"ChargePi","#
        + #""chargePointSerialNumber":"S-1","firmwareVersion":"0.1.0"}"#)
    #expect(
      rig.calls[1...].map(\.text)
        == (0...2).map {
          #"{"connectorId":\#($0),"errorCode":"NoError","status":"Available","#
            + #""timestamp":"2026-11-23T09:00:01.000Z"}"#
        })
  }

  @Test("one charge, word by word")
  func oneCharge() throws {
    let rig = try Rig(settings: [.sampledInterval: "60"])
    rig.counters = [1: 0, 2: 0]
    try rig.connect()
    let first = rig.calls.count
    try rig.begin(2, "04A1B2C3")
    try rig.pass(seconds: 90)
    try rig.swipe("04A1B2C3", at: [2])
    try rig.serve()
    #expect(
      rig.calls[first...].map { "\($0.action) \($0.text)" } == [
        #"StatusNotification {"connectorId":2,"errorCode":"NoError","status":"Preparing","#
          + #""timestamp":"2026-11-23T09:00:01.000Z"}"#,
        #"Authorize {"idTag":"04A1B2C3"}"#,
        #"StartTransaction {"connectorId":2,"idTag":"04A1B2C3","meterStart":0,"#
          + #""timestamp":"2026-11-23T09:00:01.000Z"}"#,
        #"StatusNotification {"connectorId":2,"errorCode":"NoError","status":"Charging","#
          + #""timestamp":"2026-11-23T09:00:02.000Z"}"#,
        #"MeterValues {"connectorId":2,"transactionId":1,"meterValue":[{"timestamp":"#
          + #""2026-11-23T09:01:01.000Z","sampledValue":[{"value":"122","context":"#
          + #""Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"}]}]}"#,
        #"StopTransaction {"idTag":"04A1B2C3","meterStop":183,"timestamp":"#
          + #""2026-11-23T09:01:31.000Z","transactionId":1,"reason":"Local"}"#,
        #"StatusNotification {"connectorId":2,"errorCode":"NoError","status":"Finishing","#
          + #""timestamp":"2026-11-23T09:01:31.000Z"}"#,
      ])
  }

  @Test("a stop names the card that was shown for it, and none when nobody showed one")
  func stopCard() throws {
    let rig = try Rig(settings: [.sampledInterval: "0"])
    try rig.connect()
    try rig.begin(1, "CARD")
    try rig.ask("RemoteStopTransaction", #"{"transactionId":1}"#)
    try rig.serve()
    try rig.begin(2, "CARD")
    try rig.swipe("CARD", at: [2])
    try rig.serve()
    let stops = rig.calls("StopTransaction").map(\.payload)
    #expect(stops.map { $0["reason"]?.string } == ["Remote", "Local"])
    #expect(stops.map { $0["idTag"]?.string } == [nil, "CARD"])
  }

  @Test("a heartbeat comes after what waits for the same moment")
  func heartbeatLast() throws {
    let rig = try Rig(settings: [.minimumStatusDuration: "300"])
    try rig.connect()
    try rig.pass(seconds: 300)
    #expect(rig.actions().prefix(2) == ["BootNotification", "StatusNotification"])
  }

  @Test("a heartbeat goes when nothing was said for its interval, and not sooner")
  func heartbeat() throws {
    let rig = try Rig()
    try rig.connect()
    let first = rig.calls.count
    try rig.pass(seconds: 299)
    #expect(rig.calls.count == first)
    try rig.pass(seconds: 1)
    #expect(rig.actions(from: first) == ["Heartbeat"])
    #expect(rig.calls.last?.text == "{}")
    try rig.pass(seconds: 200)
    try rig.plug(1)
    try rig.serve()
    try rig.pass(seconds: 299)
    #expect(rig.actions(from: first) == ["Heartbeat", "StatusNotification"])
    try rig.pass(seconds: 1)
    #expect(rig.actions(from: first) == ["Heartbeat", "StatusNotification", "Heartbeat"])
  }

  private func connectForADay(_ rig: Rig) throws {
    let time = Timestamp.text(nanoseconds: rig.wall)
    rig.script = {
      $0.action == "BootNotification"
        ? .result(#"{"status":"Accepted","currentTime":"\#(time)","interval":86400}"#) : .usual
    }
    try rig.connect()
  }

  @Test("without the network's time a heartbeat asks for it once a day, however much is said")
  func time() throws {
    let rig = try Rig()
    try connectForADay(rig)
    let first = rig.calls.count
    for hour in 1...50 {
      try rig.plug(1, hour % 2 == 1 ? .connected : .out)
      try rig.serve()
      try rig.pass(seconds: 3_600)
    }
    #expect(rig.actions(from: first).filter { $0 == "Heartbeat" }.count == 2)
  }

  @Test("with the network's time other calls are signs of life enough")
  func networkTime() throws {
    let rig = try Rig()
    try connectForADay(rig)
    let wall = rig.wall
    try rig.observe(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = wall
          $0.quality = .ntp
        }))
    let first = rig.calls.count
    for hour in 1...50 {
      try rig.plug(1, hour % 2 == 1 ? .connected : .out)
      try rig.serve()
      try rig.pass(seconds: 3_600)
    }
    #expect(!rig.actions(from: first).contains("Heartbeat"))
  }

  @Test("a fault is told with its code, its words, and the vendor's own word for it")
  func faults() throws {
    let rig = try Rig()
    try rig.connect()
    try rig.observe(
      .faultSensed(
        FaultSensed {
          $0.evse = 1
          $0.code = .otherError
          $0.vendorCode = "Flood"
          $0.info = String(repeating: "wet ", count: 20)
          $0.isActive = true
        }))
    let status = try #require(rig.calls.last)
    #expect(status.payload["status"]?.string == "Faulted")
    #expect(status.payload["errorCode"]?.string == "OtherError")
    #expect(status.payload["vendorErrorCode"]?.string == "Flood")
    #expect(status.payload["vendorId"]?.string == "UL FE")
    #expect(status.payload["info"]?.string?.count == 50)
  }

  @Test("every fault code has its own word of the schema", arguments: FaultCode.allCases)
  func faultCodes(code: FaultCode) throws {
    guard code != .none else { return }
    let rig = try Rig()
    try rig.connect()
    try rig.observe(
      .faultSensed(
        FaultSensed {
          $0.evse = 1
          $0.code = code
          $0.isActive = true
        }))
    let status = try #require(rig.calls.last)
    #expect(status.payload["errorCode"]?.string == code.word)
    // OCPP has one word for everything that it does not know.
    #expect(FaultCode(word: code.word) == (code == .accessoryFailure ? .otherError : code))
    #expect((status.payload["status"]?.string == "Faulted") == !code.isWarning)
  }

  @Test("vendor, model and serial are cut to what the schema allows")
  func longIdentity() throws {
    let rig = try Rig {
      $0.identity.vendor = String(repeating: "é", count: 40)
      $0.identity.model = String(repeating: "m", count: 40)
      $0.identity.serial = String(repeating: "s", count: 40)
    }
    try rig.connect()
    let request = try OCPP16.BootNotificationRequest(json: rig.calls[0].payload)
    #expect(request.chargePointVendor == String(repeating: "é", count: 20))
    #expect(request.chargePointModel.count == 20)
    #expect(request.chargePointSerialNumber?.count == 25)
    let dialect = OCPP16Dialect(firmwareVersion: String(repeating: "1", count: 80))
    #expect(dialect.firmwareVersion.count == 50)
  }
}
