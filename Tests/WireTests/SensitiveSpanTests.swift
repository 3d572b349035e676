import Projections
import Testing

@Suite("card numbers and secrets are found in any bytes")
struct SensitiveSpanTests {
  private func found(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return SensitiveSpans.scan(bytes).map { span in
      (span.kind == .token ? "token " : "secret ")
        + String(decoding: bytes[span.range], as: UTF8.self)
    }
  }

  @Test(
    "tokens of both versions are found",
    arguments: [
      (#"[2,"1","Authorize",{"idTag":"04A1"}]"#, ["token 04A1"]),
      (#"[3,"1",{"idTagInfo":{"status":"Accepted","parentIdTag":"P1"}}]"#, ["token P1"]),
      (#"[2,"1","A",{"idToken":{"idToken":"04A1","type":"Central"}}]"#, ["token 04A1"]),
      (
        #"{"groupIdToken":{"idToken":"G"},"x":[{"idTag" : "A"},{"idTag":"B"}]}"#,
        ["token G", "token A", "token B"]
      ),
      (#"{"additionalInfo":[{"additionalIdToken":"X","type":"t"}]}"#, ["token X"]),
      (#"{"IDTAG":"A","id\u0054ag":"B\"\u0041"}"#, ["token A", #"token B\"\u0041"#]),
      (#"{"\u0069dTag":"A"}"#, ["token A"]),
      (#"{"idTag":""}"#, ["token "]),
    ])
  func tokens(text: String, expected: [String]) {
    #expect(found(text) == expected)
  }

  @Test(
    "secrets are found by the setting that they belong to",
    arguments: [
      (#"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"s3"}]"#, ["secret s3"]),
      (#"[2,"1","ChangeConfiguration",{"value":"s3","key":"authorizationkey"}]"#, ["secret s3"]),
      (#"[2,"1","X",{"key":"Author\u0069zationKey","value":"s3"}]"#, ["secret s3"]),
      (
        #"{"setVariableData":[{"attributeValue":"s3","component":{"name":"SecurityCtrlr"},"#
          + #""variable":{"name":"BasicAuthPassword"}}]}"#, ["secret s3"]
      ),
      (
        #"{"setVariableData":[{"variable":{"name":"BasicAuthPassword"},"attributeValue":"s3"},"#
          + #"{"variable":{"name":"Other"},"attributeValue":"open"}]}"#, ["secret s3"]
      ),
      (
        #"{"configurationKey":[{"key":"A","value":"1"},{"key":"AuthorizationKey","readonly":false,"#
          + #""value":"s3"},{"key":"B","value":"2"}]}"#, ["secret s3"]
      ),
      (#"{"key":"AuthorizationKey","value":"one","value":"two"}"#, ["secret one", "secret two"]),
      (#"{"apn":{"apnPassword":"s3"}}"#, ["secret s3"]),
    ])
  func secrets(text: String, expected: [String]) {
    #expect(found(text) == expected)
  }

  @Test(
    "what only looks alike is left alone",
    arguments: [
      #"[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"60"}]"#,
      #"[2,"idTag","04A1",{"data":"idTag","x":["idTag","y"]}]"#,
      #"[2,"1","GetConfiguration",{"key":["AuthorizationKey"]}]"#,
      #"[{"key":"AuthorizationKey"},{"value":"x"}]"#, #"{"idTagInfo":{"status":"Invalid"}}"#,
      #"{"idTags":"x","idTa":"y","xidTag":"z"}"#, #"{"idTag":5,"x":"y"}"#, "", "[]", "{}",
    ])
  func nothing(text: String) {
    #expect(found(text).isEmpty)
  }

  @Test("wherever a frame is cut off, no part of a secret is left outside the spans")
  func truncated() {
    for text in [
      #"[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"§§§§"}]"#,
      #"[2,"1","ChangeConfiguration",{"value":"§§§§","key":"AuthorizationKey"}]"#,
      #"[2,"1","S",{"x":[{"attributeValue":"§§","variable":{"name":"BasicAuthPassword"}}]}]"#,
      #"[2,"1","StartTransaction",{"connectorId":1,"idTag":"§§§§","meterStart":0}]"#,
    ] {
      let bytes = Array(text.utf8)
      for end in 0...bytes.count {
        let part = Array(bytes[..<end])
        var left = part
        for span in SensitiveSpans.scan(part).reversed() { left.removeSubrange(span.range) }
        #expect(!left.contains(0xC2), "\(String(decoding: part, as: UTF8.self))")
      }
    }
  }

  @Test("every token in random JSON is found, and nothing beside")
  func randomDocuments() throws {
    var random = SeededRandom(seed: 0x5EC7)
    for _ in 0..<3000 {
      let document = random.documentWithTokens(depth: 5)
      let bytes = JSON.array([document]).jsonBytes
      let found = SensitiveSpans.scan(bytes).map { span in
        try? JSON.parse([0x22] + bytes[span.range] + [0x22])
      }
      #expect(found == tokens(in: document))
    }
  }

  private func tokens(in json: JSON) -> [JSON] {
    switch json {
    case .array(let elements): elements.flatMap(tokens(in:))
    case .object(let members):
      members.flatMap { member -> [JSON] in
        let isToken = member.name == "idTag" || member.name == "idToken"
        return isToken && member.value.string != nil ? [member.value] : tokens(in: member.value)
      }
    case .null, .bool, .integer, .number, .string: []
    }
  }

  @Test("hostile texts of two megabytes take linear time", .timeLimit(.minutes(1)))
  func hostile() {
    let unit = #"{"value":"v","key":"AuthorizationKey""#
    let texts = [
      String(repeating: "{", count: 2_000_000), String(repeating: "\"", count: 2_000_001),
      String(repeating: #""value":"v","#, count: 180_000) + "]",
      String(repeating: unit, count: 50_000), String(repeating: unit + "}", count: 50_000),
      String(repeating: #""value":"v","#, count: 100_000)
        + String(repeating: #"{"key":"AuthorizationKey"}"#, count: 40_000),
    ]
    for text in texts {
      let spans = SensitiveSpans.scan(Array(text.utf8))
      #expect(
        zip(spans, spans.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    }
    #expect(SensitiveSpans.scan(Array(texts[4].utf8)).count == 50_000)
  }

  @Test("secrets nested deeper than objects are told apart are marked all the same")
  func deep() {
    let text =
      String(repeating: #"{"a":"#, count: 100) + #"{"key":"AuthorizationKey","value":"s3"}"#
    #expect(found(text + String(repeating: "}", count: 100)) == ["secret s3"])
  }
}

extension SeededRandom {
  /// Objects and arrays in which some members have the names of tokens.
  mutating func documentWithTokens(depth: Int) -> JSON {
    let names = ["idTag", "idToken", "status", "x", "type", "\"idTag\":"]
    switch below(depth > 0 ? 4 : 1) {
    case 0: return .string(text())
    case 1: return .array((0..<below(4)).map { _ in documentWithTokens(depth: depth - 1) })
    default:
      return .object(
        names.filter { _ in below(2) == 0 }
          .map { JSON.Member($0, documentWithTokens(depth: depth - 1)) })
    }
  }
}
