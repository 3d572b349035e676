import ChargePiES
import Testing

@testable import Projections

/// A row of the table of keys, as an argument that is easy to read in a failure.
struct Key: CustomTestStringConvertible, Sendable {
  let name: String
  let variable: Variable

  static let all = OCPP16Keys.table.map { Key(name: $0.key, variable: $0.variable) }
  static let writable = all.filter { $0.variable.definition.isWritable }
  static let fixed = all.filter { !$0.variable.definition.isWritable }

  var testDescription: String { name }

  /// Values that the key takes, with what is told afterwards.
  var right: [(value: String, told: String)] {
    switch variable.definition.kind {
    case .integer(let range):
      let middle = (range.lowerBound + range.upperBound) / 2
      return [range.upperBound, range.lowerBound, middle].map { ("\($0)", "\($0)") }
        + [(" \(middle) ", "\(middle)")]
    case .flag:
      return [("true", "true"), ("FALSE", "false"), ("True", "true"), (" false", "false")]
    case .list(let allowed, _):
      let whole = allowed.joined(separator: ",")
      let two = allowed.prefix(2)
      let spaced = (two.joined(separator: " , "), two.joined(separator: ","))
      return allowed.map { ($0, $0) } + [(whole, whole), spaced, ("", "")]
    case .rotations: return [("1.RST", "1.RST"), ("0.Unknown, 1.TSR", "0.Unknown,1.TSR")]
    case .text, .secret, .token: return []
    }
  }

  /// Values that the key refuses.
  var wrong: [String] {
    switch variable.definition.kind {
    case .integer(let range):
      return ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "", "x", "1.5", "1e1", "0x10"]
        + ["99999999999999999999"]
    case .flag: return ["", "1", "yes", "truee"]
    case .list(let allowed, let most):
      return ["Bogus", "\(allowed[0]),Bogus", allowed[0].lowercased()]
        + [Array(repeating: allowed[0], count: most + 1).joined(separator: ",")]
    case .rotations: return ["", "RST", "1.XYZ", "-1.RST", "1.RST.2", "x.RST"]
    case .text, .secret, .token: return []
    }
  }
}

@Suite("the configuration keys of OCPP 1.6")
struct ConfigurationTests {
  private func rig() throws -> Rig {
    let rig = try Rig()
    try rig.connect()
    return rig
  }

  private func change(_ rig: Rig, _ key: String, _ value: String) throws -> String {
    let payload = JSON.object([.init("key", .string(key)), .init("value", .string(value))])
    return try rig.ask("ChangeConfiguration", payload.rendered)["status"]?.string ?? ""
  }

  private func entry(_ rig: Rig, _ key: String) throws -> JSON? {
    let answer = try rig.ask("GetConfiguration", #"{"key":["\#(key)"]}"#)
    #expect(answer["unknownKey"] == nil)
    return answer["configurationKey"]?.elements?.first
  }

  @Test("without a wish every readable key is told, once, and no secret")
  func allKeys() throws {
    let rig = try rig()
    let answer = try rig.ask("GetConfiguration", "{}")
    let keys = try #require(answer["configurationKey"]?.elements)
    let names = keys.compactMap { $0["key"]?.string }
    #expect(names == Key.all.map(\.name).filter { $0 != "AuthorizationKey" })
    #expect(Set(names).count == names.count)
    #expect(keys.allSatisfy { $0["value"]?.string != nil })
    #expect(answer["unknownKey"] == nil)
  }

  @Test("each key is told with its type's value, and whether it may be written", arguments: Key.all)
  func told(key: Key) throws {
    let rig = try rig()
    for spelling in [key.name, key.name.lowercased(), key.name.uppercased()] {
      let entry = try #require(try entry(rig, spelling))
      #expect(entry["key"]?.string == key.name)
      #expect(entry["readonly"]?.boolean == !key.variable.definition.isWritable)
      #expect((entry["value"] == nil) == (key.name == "AuthorizationKey"))
    }
  }

  @Test("each key takes what is right, and tells it in its canonical form", arguments: Key.writable)
  func right(key: Key) throws {
    let rig = try rig()
    for (value, told) in key.right {
      #expect(try change(rig, key.name, value) == "Accepted", "\(value)")
      #expect(try entry(rig, key.name)?["value"]?.string == told)
    }
  }

  @Test("each key refuses what is wrong, and stays as it was", arguments: Key.writable)
  func wrong(key: Key) throws {
    let rig = try rig()
    let before = try entry(rig, key.name)
    for value in key.wrong {
      #expect(try change(rig, key.name, value) == "Rejected", "\(value)")
    }
    #expect(try entry(rig, key.name) == before)
  }

  @Test("a key that only the station decides refuses every value", arguments: Key.fixed)
  func fixed(key: Key) throws {
    let rig = try rig()
    let before = try entry(rig, key.name)
    for value in ["1", "true", before?["value"]?.string ?? ""] {
      #expect(try change(rig, key.name, value) == "Rejected")
    }
    #expect(try entry(rig, key.name) == before)
  }

  @Test("a key that nobody knows is said to be unknown")
  func unknown() throws {
    let rig = try rig()
    #expect(try change(rig, "NoSuchKey", "1") == "NotSupported")
    let answer = try rig.ask(
      "GetConfiguration", #"{"key":["NoSuchKey","HeartbeatInterval","Other"]}"#)
    #expect(answer["unknownKey"]?.elements == [.string("NoSuchKey"), .string("Other")])
    #expect(
      answer["configurationKey"]?.elements?.map { $0["key"]?.string } == ["HeartbeatInterval"])
  }

  @Test("the keys that the hardware decides say what it is")
  func derived() throws {
    let rig = try Rig(layout: Rig.sockets(2) + [Rig.sockets(3, phases: 3)[2]])
    try rig.connect()
    #expect(try entry(rig, "NumberOfConnectors")?["value"]?.string == "3")
    #expect(
      try entry(rig, "ConnectorPhaseRotation")?["value"]?.string
        == "0.Unknown,1.NotApplicable,2.NotApplicable,3.Unknown")
    #expect(try entry(rig, "SupportedFeatureProfiles")?["value"]?.string == "Core")
  }

  @Test(
    "the authorization key is taken by its length, kept apart, and never told",
    arguments: [
      (15, "Rejected"), (16, "Accepted"), (40, "Accepted"), (41, "Rejected"),
    ])
  func authorizationKey(length: Int, word: String) throws {
    let rig = try rig()
    let secret = String(String(repeating: "0123456789abcdef", count: 3).prefix(length))
    #expect(try change(rig, "AuthorizationKey", secret) == word)
    let kept = rig.names.secrets[BasicAuthPassword.secretName] ?? []
    #expect(kept == (word == "Accepted" ? [Array(secret.utf8)] : []))
    for event in rig.store.events {
      var record = Record()
      record.body = event.body
      let bytes = RecordEncoder.encode(record)
      #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "event \(event.number)")
    }
    #expect(rig.upstream.connection == (word == "Accepted" ? 0 : 1))
  }

  @Test("a change survives a restart; the file's value wins when it is edited")
  func persistence() throws {
    let rig = try Rig(settings: [.heartbeatInterval: "100"])
    try rig.connect()
    #expect(try change(rig, "HeartbeatInterval", "200") == "Accepted")
    try rig.restart()
    #expect(rig.station.text(.heartbeatInterval) == "200")
    rig.settings[.heartbeatInterval] = "150"
    try rig.restart()
    #expect(rig.station.text(.heartbeatInterval) == "150")
  }
}
