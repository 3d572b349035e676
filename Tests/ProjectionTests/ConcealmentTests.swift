import ChargePiES
import Projections
import Testing

@Suite("card numbers and secrets are taken out of frames, and put back exactly")
struct ConcealmentTests {
  private func contains(_ bytes: [UInt8], _ part: String) -> Bool {
    bytes.firstRange(of: Array(part.utf8)) != nil
  }

  private func roundTrip(_ bytes: [UInt8], _ names: MemoryNames) throws -> Frame {
    let frame = try Concealment.frame(bytes, names: names)
    #expect(try Concealment.bytes(frame, names: names) == bytes)
    let offsets = frame.redactions.map(\.offset)
    #expect(offsets == offsets.sorted())
    let stored = try RecordDecoder.decode(Frame.self, from: RecordEncoder.encode(frame))
    #expect(stored == frame)
    return frame
  }

  @Test(
    "a card number, its group, and a key",
    arguments: [
      (#"[2,"1","Authorize",{"idTag":"04A1B2C3"}]"#, ["04A1B2C3"]),
      (#"[3,"1",{"idTagInfo":{"status":"Accepted","parentIdTag":"FAMILY-7"}}]"#, ["FAMILY-7"]),
      (#"[2,"1","StartTransaction",{"idTag":"AAAA","m":1,"idTag":"BBBB"}]"#, ["AAAA", "BBBB"]),
      (
        #"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"S3CRET-S3CRET-S3"}]"#,
        ["S3CRET-S3CRET-S3"]
      ),
      (
        #"[2,"1","ChangeConfiguration",{"value":"S3CRET-S3CRET-S3","key":"authorizationKEY"}]"#,
        ["S3CRET-S3CRET-S3"]
      ),
      (#"[2,"1","Authorize",{"idT\u0061g":"04A1\"B2\\C3"}]"#, [#"04A1\"B2\\C3"#]),
      (#"[2,"1","Authorize",{"idTag":"04A1B2C3"#, ["04A1B2C3"]),
    ])
  func examples(text: String, hidden: [String]) throws {
    let names = MemoryNames()
    let frame = try roundTrip(Array(text.utf8), names)
    #expect(frame.redactions.count == hidden.count)
    for part in hidden { #expect(!contains(frame.text.content, part)) }
  }

  @Test(
    "what is neither stays as it is",
    arguments: [
      #"[2,"1","Heartbeat",{}]"#, #"[2,"1","ChangeConfiguration",{"key":"idTag","value":"5"}]"#,
      #"[2,"1","Authorize",{"idTag":""}]"#, "", "no frame at all",
    ])
  func untouched(text: String) throws {
    let frame = try roundTrip(Array(text.utf8), MemoryNames())
    #expect(frame.redactions.isEmpty)
    #expect(frame.text.content == Array(text.utf8))
  }

  @Test("the exact spelling comes back, whatever equal card was seen before")
  func spelling() throws {
    let names = MemoryNames()
    for text in ["abcd1234", "ABCD1234", "AbCd1234", "abcd1234"] {
      _ = try roundTrip(Array(#"[2,"1","Authorize",{"idTag":"\#(text)"}]"#.utf8), names)
    }
    #expect(names.texts.count == 3)
  }

  @Test("random frames come back to the byte, and hold no card number", arguments: 1...200)
  func random(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let alphabet = ["A", "b", "9", "\"", "\\", "/", "é", "中", "😀", "\n", "\u{1}"]
    var hidden = 0
    var members: [JSON.Member] = []
    for _ in 0..<random.below(6) {
      let name = ["idTag", "parentIdTag", "IDTAG", "status", "data"][random.below(5)]
      let value = "SECRET" + (0..<random.below(8)).map { _ in alphabet[random.below(11)] }.joined()
      let isHidden = name != "status" && name != "data"
      if isHidden { hidden += 1 }
      members.append(.init(name, .string(isHidden ? value : "open" + value.dropFirst(6))))
    }
    var bytes = OCPPFrame.call(
      id: "m\(seed)", action: "DataTransfer",
      payload: .object([.init("x", .array([.object(members)]))])
    ).render()
    if random.below(4) == 0 { bytes = Array(bytes.prefix(random.below(bytes.count))) }
    if random.below(4) == 0, !bytes.isEmpty { bytes[random.below(bytes.count)] = 0xFF }
    let names = MemoryNames()
    let frame = try roundTrip(bytes, names)
    if bytes.last == UInt8(ascii: "]"), !bytes.contains(0xFF) {
      #expect(frame.redactions.count == hidden)
      #expect(!contains(frame.text.content, "SECRET"))
    }
  }

  @Test("what was forgotten reads as its number, and the rest stays readable")
  func forgotten() throws {
    let names = MemoryNames()
    let text = #"[2,"1","Authorize",{"idTag":"04A1B2C3"}]"#
    let frame = try Concealment.frame(Array(text.utf8), names: names)
    names.forgotten = [1]
    #expect(
      String(decoding: try Concealment.bytes(frame, names: names), as: UTF8.self)
        == #"[2,"1","Authorize",{"idTag":"<token 1>"}]"#)
  }

  @Test("no event of a whole charge has the card's number in it")
  func wholeCharge() throws {
    let rig = try Rig(settings: [.sampledInterval: "5"])
    let info = #""idTagInfo":{"status":"Accepted","parentIdTag":"FAMILY-7"}"#
    rig.script = { call in
      switch call.action {
      case "Authorize": .result("{\(info)}")
      case "StartTransaction": .result("{\(info),\"transactionId\":5}")
      default: .usual
      }
    }
    try rig.connect()
    try rig.begin(1, "04A1B2C3")
    try rig.pass(seconds: 12)
    try rig.swipe("04A1B2C3", at: [1])
    try rig.serve()
    #expect(rig.calls("StopTransaction").count == 1)
    for event in rig.store.events {
      var record = Record()
      record.body = event.body
      let bytes = RecordEncoder.encode(record)
      #expect(!contains(bytes, "04A1B2C3") && !contains(bytes, "FAMILY-7"))
    }
    #expect(rig.names.texts == ["04A1B2C3", "FAMILY-7"])
  }
}
