import Glibc
import Projections
import Testing

/// The Python that has `ocpp` 2.1.0, by name of the environment variable `CHARGEPI_PYTHON`.
private let python = getenv("CHARGEPI_PYTHON").map { String(cString: $0) }

@Suite(
  "the generated types agree with the official schemas",
  .enabled(if: python != nil, "set CHARGEPI_PYTHON to a Python with ocpp 2.1.0 to run these"))
struct SchemaTests {
  private struct Judged {
    let message: String
    let kind: String
    let payload: JSON
    let code: String?
    let fault: String
  }

  private static let root = {
    let steps = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    return steps.joined(separator: "/")
  }()

  /// Runs a tool of the repository and returns what it prints.
  private func run(_ arguments: String) throws -> (output: [UInt8], status: Int32) {
    let command = "PYTHONDONTWRITEBYTECODE=1 '\(python ?? "")' '\(Self.root)/Tools/'\(arguments)"
    let stream = try #require(popen(command, "r"), "\(command) does not start")
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
      output += buffer[..<count]
    }
    return (output, pclose(stream))
  }

  private func cases(seed: Int) throws -> [Judged] {
    let (output, status) = try run("judge-messages.py cases --seed \(seed)")
    try #require(status == 0)
    return try output.split(separator: UInt8(ascii: "\n")).map { line in
      let json = try JSON.parse(Array(line), maximumDepth: 64)
      return Judged(
        message: try #require(json["message"]?.string), kind: try #require(json["kind"]?.string),
        payload: try #require(json["payload"]), code: json["code"]?.string,
        fault: json["fault"]?.string ?? "")
    }
  }

  private func read<Request: OCPPRequest>(
    _ type: Request.Type, _ item: Judged
  ) throws(ConstraintViolation) -> any OCPPMessage {
    if item.kind == "Request" { return try Request(json: item.payload) }
    return try Request.Response(json: item.payload)
  }

  private func read(_ item: Judged) throws(ConstraintViolation) -> (any OCPPMessage)? {
    guard let type = OCPP16.requests.first(where: { $0.actionName == item.message }) else {
      return nil
    }
    return try read(type, item)
  }

  @Test("right and wrong payloads of every message get the schemas' verdict", arguments: [1, 2])
  func verdicts(seed: Int) throws {
    let items = try cases(seed: seed)
    #expect(Set(items.map { $0.message + $0.kind }).count == 78)
    #expect(items.count > 10_000)
    for item in items {
      do throws(ConstraintViolation) {
        let message = try read(item)
        #expect(message != nil)
        #expect(item.code == nil, "\(item.message) \(item.kind): \(item.fault) was accepted")
      } catch {
        #expect(
          error.code.spelling(for: .v16) == item.code,
          "\(item.message) \(item.kind): \(item.fault): \(error.description)")
      }
    }
  }

  @Test(
    "what the types write is accepted by ocpp's own validation, and says the same", arguments: [3])
  func writing(seed: Int) throws {
    var lines: [UInt8] = []
    let items = try cases(seed: seed).filter { $0.code == nil }
    for item in items {
      guard let message = try read(item) else { continue }
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("message", item.message)
      writer.member("kind", item.kind)
      writer.member("read", item.payload)
      writer.name("written")
      message.write(to: &writer)
      writer.endObject()
      lines += writer.bytes + [UInt8(ascii: "\n")]
    }
    let path = try temporaryFile(lines)
    defer { unlink(path) }
    let (output, status) = try run("judge-messages.py validate '\(path)'")
    #expect(status == 0)
    #expect(String(decoding: output, as: UTF8.self) == "\(items.count)\n")
  }

  private func temporaryFile(_ bytes: [UInt8]) throws -> String {
    var template = Array("/tmp/chargepi-messages-XXXXXX\0".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      try #require(count > 0)
      written += count
    }
    // CChar is signed or not by platform.
    let name = template.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }
    return String(decoding: name, as: UTF8.self)
  }

  @Test("the committed files are what the generator writes")
  func generated() throws {
    let out = Self.root + "/Sources/Projections/OCPP16/Messages"
    let (_, status) = try run("generate-messages.py --version 1.6 --out '\(out)' --check")
    #expect(status == 0)
  }
}
