import Projections
import Testing

@Suite("OCPP-J frames are read, refused and written by the book")
struct OCPPFrameTests {
  private func parse(_ text: String) throws(OCPPFrameFailure) -> OCPPFrame {
    try OCPPFrame.parse(Array(text.utf8))
  }

  private func failure(of text: String) -> OCPPFrameFailure? {
    do throws(OCPPFrameFailure) {
      _ = try parse(text)
      return nil
    } catch {
      return error
    }
  }

  /// The id and code of the answer that a text gets.
  private func answer(to text: String, _ version: OCPPVersion = .v16) -> [String]? {
    guard case .error(let id, let code, _, _)? = failure(of: text)?.answer(for: version) else {
      return nil
    }
    return [id, code]
  }

  @Test("the three kinds of message are read")
  func kinds() throws {
    #expect(
      try parse(#"[2,"19","Reset",{"type":"Soft"}]"#)
        == .call(
          id: "19", action: "Reset", payload: .object([.init("type", .string("Soft"))])))
    #expect(try parse(#"[3,"19",{}]"#) == .result(id: "19", payload: .object([])))
    #expect(
      try parse(#"[4,"19","GenericError","no",{"a":1}]"#)
        == .error(
          id: "19", code: "GenericError", description: "no",
          details: .object([.init("a", .integer(1))])))
  }

  @Test("an error without description or details is understood")
  func shortErrors() throws {
    let expected = OCPPFrame.error(
      id: "1", code: "InternalError", description: "", details: .object([]))
    #expect(try parse(#"[4,"1","InternalError"]"#) == expected)
    #expect(try parse(#"[4,"1","InternalError",null,{}]"#) == expected)
  }

  @Test(
    "what has no readable id, or no known type, gets no answer in 1.6",
    arguments: [
      ("", "-1"), ("hello", "-1"), ("{}", "-1"), ("[]", "-1"), ("null", "-1"),
      (#"[2,"1","Reset",{"#, "-1"), (#"[2,1,"Reset",{}]"#, "-1"), ("[2]", "-1"),
      (#"{"2":1}"#, "-1"), (#"[9,"1",{}]"#, "1"), (#"["2","1","Reset",{}]"#, "1"),
    ])
  func unanswerable(text: String, idOfAnswerIn201: String) {
    #expect(failure(of: text) != nil)
    #expect(failure(of: text)?.answer(for: .v16) == nil)
    #expect(answer(to: text, .v201)?.first == idOfAnswerIn201)
  }

  @Test("a malformed call with an id gets a FormationViolation")
  func malformedCalls() {
    for text in [
      #"[2,"7","Reset"]"#, #"[2,"7"]"#, #"[2,"7","Reset",{},1]"#, #"[2,"7",5,{}]"#,
      #"[2,"7","Reset",{"type":"Soft","type":"Hard"}]"#, #"[2,"7","Reset",{"a":1e400}]"#,
      #" [ 2 , "7","Reset",{"a":99999999999999999999}]"#, #"[2,"7","X",{"a\u0000":1}]"#,
      #"[2,"7","X","# + String(repeating: "[", count: 100_000),
    ] {
      #expect(answer(to: text) == ["7", "FormationViolation"], "\(text.prefix(60))")
      #expect(answer(to: text, .v201) == ["7", "RpcFrameworkError"], "\(text.prefix(60))")
    }
  }

  @Test("an id with escapes is answered as it reads")
  func escapedID() {
    #expect(answer(to: #"[2,"a\"\u0062","X",{"x":1,"x":2}]"#) == ["a\"b", "FormationViolation"])
  }

  @Test("an over-long id is refused and repeated whole, up to a bound")
  func longIDs() throws {
    let allowed = String(repeating: "é", count: 36)
    #expect(try parse("[2,\"\(allowed)\",\"Reset\",{}]").id == allowed)
    let long = allowed + "x"
    #expect(answer(to: "[2,\"\(long)\",\"Reset\",{}]") == [long, "FormationViolation"])
    let noise = String(repeating: "x", count: 256)
    #expect(answer(to: "[2,\"\(noise)\",\"Reset\",{}]") == nil)
    #expect(failure(of: "[2,\"\(noise)\",\"Reset\",{}]") != nil)
  }

  @Test("nobody answers a malformed answer")
  func malformedAnswers() {
    for text in [#"[3,"1"]"#, #"[3,"1",{},2]"#, "[3,5,{}]", #"[4,"1"]"#, #"[4,"1",5,"",{}]"#] {
      guard case .malformedAnswer? = failure(of: text) else {
        Issue.record("\(text) was not a malformed answer")
        continue
      }
      #expect(failure(of: text)?.answer(for: .v16) == nil)
      #expect(failure(of: text)?.answer(for: .v201) == nil)
    }
  }

  @Test("frames are written without white space and read back")
  func rendering() throws {
    let request = OCPP16.ResetRequest(type: .soft)
    let call = OCPPFrame.renderCall(id: "19", request)
    #expect(String(decoding: call, as: UTF8.self) == #"[2,"19","Reset",{"type":"Soft"}]"#)
    #expect(try OCPPFrame.parse(call).render() == call)
    let result = OCPPFrame.renderResult(id: "19", payload: OCPP16.ResetResponse(status: .accepted))
    #expect(String(decoding: result, as: UTF8.self) == #"[3,"19",{"status":"Accepted"}]"#)
    let error = OCPPFrame.renderError(id: "19", .occurrenceConstraintViolation, "x", version: .v16)
    #expect(
      String(decoding: error, as: UTF8.self) == #"[4,"19","OccurenceConstraintViolation","x",{}]"#)
  }

  @Test("an error's description is cut to 255 characters")
  func longDescription() throws {
    let long = String(repeating: "ä", count: 300)
    let bytes = OCPPFrame.renderError(id: "1", .genericError, long, version: .v16)
    guard case .error(_, _, let description, _) = try OCPPFrame.parse(bytes) else {
      Issue.record("no error was written")
      return
    }
    #expect(description == String(repeating: "ä", count: 255))
  }

  @Test("error codes have each version's spelling, and both are understood")
  func spellings() {
    let of16 = OCPPErrorCode.allCases.map { $0.spelling(for: .v16) }
    #expect(
      Set(of16) == [
        "NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError",
        "FormationViolation", "PropertyConstraintViolation", "OccurenceConstraintViolation",
        "TypeConstraintViolation", "GenericError",
      ])
    #expect(OCPPErrorCode.formatViolation.spelling(for: .v201) == "FormatViolation")
    for word in ["OccurenceConstraintViolation", "OccurrenceConstraintViolation"] {
      #expect(OCPPErrorCode(spelling: word) == .occurrenceConstraintViolation)
    }
    #expect(OCPPErrorCode(spelling: "FormationViolation") == .formatViolation)
    #expect(OCPPErrorCode(spelling: "RpcFrameworkError") == .rpcFrameworkError)
    #expect(OCPPErrorCode(spelling: "Whatever") == nil)
  }

  @Test("damaged frames never do more than fail, and valid ones survive")
  func damagedFrames() {
    var random = SeededRandom(seed: 0xF4A3)
    let original = Array(
      #"[2,"id-1","ChangeConfiguration",{"key":"AuthorizationKey","value":"\u00e9abc"}]"#.utf8)
    var readable = 0
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0..<(1 + random.below(3)) {
        switch random.below(3) {
        case 0: bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: random.below(bytes.count))
        default: bytes.insert(original[random.below(original.count)], at: random.below(bytes.count))
        }
      }
      _ = SensitiveSpans.scan(bytes)
      if let frame = try? OCPPFrame.parse(bytes) {
        readable += 1
        #expect((try? OCPPFrame.parse(frame.render())) == frame)
      }
    }
    #expect(readable > 100)
  }
}
