import ChargePiES
import Projections
import Testing

/// A frame that is refused, with the word for it; nil when it gets no answer.
struct BadFrame: CustomTestStringConvertible, Sendable {
  let text: String
  let code: String?
  let id: String

  init(_ text: String, _ code: String?, id: String = "m1") {
    self.text = text
    self.code = code
    self.id = id
  }

  var testDescription: String { String(text.prefix(80)) }
}

@Suite("bad frames get the specified error, or none, and change nothing")
struct RefusalTests {
  static let withoutAnswer: [BadFrame] = [
    "", " ", "hello", "{", "[", "{}", "[]", "null", "5", "\"text\"", "[2]", "[2,1]", "[\"2\"]",
    "[5,\"m1\",\"Reset\",{}]", "[null]", "[2,null,\"Reset\",{}]", "[2,7,\"Reset\",{}]",
    "[2,\"m1\",\"Reset\",{", "[2,\"m1", "[3]", "[4]", "[3,\"m1\"]", "[4,\"m1\"]", "[3,1,{}]",
    "[2,\"m1\",\"Reset\",{\"type\":\"Hard\"}] trailing", "\u{FEFF}[]", "[2,,]",
    "[1,\"m1\",\"Reset\",{}]", "[-2,\"m1\",\"Reset\",{}]", "[2.5,\"m1\",\"Reset\",{}]",
  ].map { BadFrame($0, nil) }

  static let ofWrongShape: [BadFrame] = [
    BadFrame(#"[2,"m1"]"#, "FormationViolation"),
    BadFrame(#"[2,"m1","Reset"]"#, "FormationViolation"),
    BadFrame(#"[2,"m1","Reset",{"type":"Hard"},1]"#, "FormationViolation"),
    BadFrame(#"[2,"m1",5,{}]"#, "FormationViolation"),
    BadFrame(#"[2,"m1","Reset",[]]"#, "FormationViolation"),
    BadFrame(#"[2,"m1","Reset",null]"#, "FormationViolation"),
    BadFrame(#"[2,"m1","Reset","Hard"]"#, "FormationViolation"),
    BadFrame(#"[2,"m1","Reset",{"type":"Hard","more":1}]"#, "FormationViolation"),
    BadFrame(
      #"[2,"m1","Reset","# + String(repeating: "[", count: 200)
        + String(repeating: "]", count: 200) + "]",
      "FormationViolation"),
    BadFrame(
      #"[2,"\#(String(repeating: "i", count: 37))","Reset",{"type":"Hard"}]"#,
      "FormationViolation", id: String(repeating: "i", count: 37)),
  ]

  static let ofWrongAction: [BadFrame] = [
    BadFrame(#"[2,"m1","NoSuchAction",{}]"#, "NotImplemented"),
    BadFrame(#"[2,"m1","",{}]"#, "NotImplemented"),
    BadFrame(#"[2,"m1","reset",{"type":"Hard"}]"#, "NotImplemented"),
    BadFrame(#"[2,"m1","BootNotification",{}]"#, "NotSupported"),
    BadFrame(#"[2,"m1","StartTransaction",{}]"#, "NotSupported"),
    BadFrame(#"[2,"m1","TriggerMessage",{"requestedMessage":"Heartbeat"}]"#, "NotSupported"),
    BadFrame(#"[2,"m1","GetLocalListVersion",{}]"#, "NotSupported"),
    BadFrame(#"[2,"m1","SetChargingProfile",{}]"#, "NotSupported"),
  ]

  static let withWrongPayload: [BadFrame] = [
    BadFrame(#"[2,"m1","Reset",{}]"#, "OccurenceConstraintViolation"),
    BadFrame(#"[2,"m1","Reset",{"type":1}]"#, "TypeConstraintViolation"),
    BadFrame(#"[2,"m1","Reset",{"type":null}]"#, "TypeConstraintViolation"),
    BadFrame(#"[2,"m1","Reset",{"type":"Warm"}]"#, "PropertyConstraintViolation"),
    BadFrame(#"[2,"m1","UnlockConnector",{"connectorId":"1"}]"#, "TypeConstraintViolation"),
    BadFrame(#"[2,"m1","UnlockConnector",{"connectorId":1.5}]"#, "TypeConstraintViolation"),
    BadFrame(
      #"[2,"m1","RemoteStartTransaction",{"idTag":"123456789012345678901"}]"#,
      "PropertyConstraintViolation"),
    BadFrame(
      #"[2,"m1","RemoteStartTransaction",{"connectorId":1}]"#, "OccurenceConstraintViolation"),
    BadFrame(#"[2,"m1","RemoteStopTransaction",{"transactionId":"1"}]"#, "TypeConstraintViolation"),
    BadFrame(
      #"[2,"m1","ChangeConfiguration",{"value":"1","key":""# + String(repeating: "k", count: 51)
        + #""}]"#,
      "PropertyConstraintViolation"),
    BadFrame(
      #"[2,"m1","ChangeConfiguration",{"key":"k","value":""# + String(repeating: "v", count: 501)
        + #""}]"#,
      "PropertyConstraintViolation"),
    BadFrame(#"[2,"m1","GetConfiguration",{"key":"k"}]"#, "TypeConstraintViolation"),
    BadFrame(#"[2,"m1","GetConfiguration",{"key":[1]}]"#, "TypeConstraintViolation"),
    BadFrame(#"[2,"m1","ChangeAvailability",{"connectorId":1}]"#, "OccurenceConstraintViolation"),
    BadFrame(#"[2,"m1","DataTransfer",{"data":"x"}]"#, "OccurenceConstraintViolation"),
    BadFrame(#"[2,"m1","ClearCache",{"x":1}]"#, "FormationViolation"),
  ]

  @Test("no answer is due to what is no call", arguments: withoutAnswer)
  func silence(frame: BadFrame) throws { try check(frame) }

  @Test("a call of the wrong shape", arguments: ofWrongShape)
  func malformed(frame: BadFrame) throws { try check(frame) }

  @Test("an action that is unknown, or not for a charge point", arguments: ofWrongAction)
  func unknown(frame: BadFrame) throws { try check(frame) }

  @Test("a payload that breaks its schema", arguments: withWrongPayload)
  func constraints(frame: BadFrame) throws { try check(frame) }

  private func check(_ frame: BadFrame) throws {
    let rig = try Rig()
    try rig.connect()
    var before = rig.station
    let events = try rig.receive(frame.text)
    before.position = rig.station.position
    before.now = rig.station.now
    #expect(rig.station == before, "nothing has changed")
    guard case .observation(.frameRefused(let refused)) = events[0].body else {
      Issue.record("it was taken for something else: \(events[0].body)")
      return
    }
    #expect(try Concealment.bytes(refused.frame, names: rig.names) == Array(frame.text.utf8))
    guard let code = frame.code else {
      #expect(rig.answers.isEmpty)
      return
    }
    guard case .error(let id, let spelled, let description, let details)? = rig.answers.first else {
      Issue.record("no error was sent")
      return
    }
    #expect(rig.answers.count == 1)
    #expect(id == frame.id)
    #expect(spelled == code)
    #expect(!description.isEmpty && description.unicodeScalars.count <= 255)
    #expect(details == .object([]))
  }

  @Test("a long frame and one that is no UTF-8 are recorded whole, and refused")
  func strange() throws {
    let rig = try Rig()
    try rig.connect()
    let long = "[2,\"m1\",\"Reset\",{\"type\":\"\(String(repeating: "x", count: 500_000))\"}]"
    try rig.receive(long)
    #expect(rig.answers.count == 1)
    let broken: [UInt8] =
      Array("[2,\"m2\",\"Reset\",{\"type\":\"".utf8) + [0xC3, 0x28, 0xFF]
      + Array("\"}]".utf8)
    let observation = try Rig.dialect.read(
      broken, from: rig.upstream, in: rig.station, names: rig.names)
    let events = try rig.observe(observation)
    guard case .observation(.frameRefused(let refused)) = events[0].body else {
      Issue.record("it was taken for something else")
      return
    }
    #expect(try Concealment.bytes(refused.frame, names: rig.names) == broken)
  }
}
