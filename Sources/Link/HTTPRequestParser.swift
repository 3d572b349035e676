/// Finds requests in the bytes of an HTTP/1.1 client (RFC 9112), within bounds.
///
/// Our own, although libwebsockets has one: its server of 4.1 loops for ever when bytes follow the
/// body of a request that is answered later, and does not see a client go away during a long poll.
struct HTTPRequestParser {
  /// Bytes of the request line and headers together.
  static let maximumHeadBytes = 16 << 10

  struct Request: Equatable {
    var method: String
    var path: String
    var query: [HTTPRequest.QueryItem]
    var headers: [Header]
    var body: [UInt8]
    /// Whether the client wants no further request on the connection, or cannot make one.
    var isLast: Bool

    /// The first header of this name, which is given in lower case.
    func header(_ name: String) -> String? {
      headers.first { $0.name == name }?.value
    }
  }

  struct Header: Equatable {
    /// In lower case: names of headers have none (RFC 9110 §5.1).
    var name: String
    var value: String
  }

  enum Outcome: Equatable {
    case incomplete
    /// The client waits for permission to send the body (RFC 9110 §10.1.1).
    case awaitsContinue
    case request(Request)
    /// Not acceptable, with the status that says why; nothing after it can be understood.
    case refused(status: Int)
  }

  private let maximumBodyBytes: Int
  private var bytes: [UInt8] = []
  /// How far the end of the head was looked for, so that each byte is looked at once.
  private var scanned = 0
  private var head: (request: Request, bodyBytes: Int)?
  private var isContinueSaid = false

  init(maximumBodyBytes: Int) {
    self.maximumBodyBytes = maximumBodyBytes
  }

  /// Bytes that no finished request has taken.
  var bufferedBytes: Int { bytes.count }

  mutating func append(_ piece: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: piece)
  }

  /// The next request, once it is whole.
  mutating func next() -> Outcome {
    if head == nil {
      do throws(Refusal) {
        guard try findHead() else { return .incomplete }
      } catch {
        return .refused(status: error.status)
      }
    }
    guard let (found, bodyBytes) = head else { return .incomplete }
    var request = found
    guard bytes.count >= bodyBytes else {
      let asks = request.header("expect")?.lowercased() == "100-continue"
      guard asks, !isContinueSaid, bytes.isEmpty else { return .incomplete }
      isContinueSaid = true
      return .awaitsContinue
    }
    request.body = Array(bytes.prefix(bodyBytes))
    bytes.removeFirst(bodyBytes)
    head = nil
    isContinueSaid = false
    return .request(request)
  }

  /// True when a head was found and taken out of the bytes.
  private mutating func findHead() throws(Refusal) -> Bool {
    // Empty lines before a request are ignored (RFC 9112 §2.2).
    let leading = bytes.prefix { $0 == carriageReturn || $0 == lineFeed }.count
    if leading > 0 {
      bytes.removeFirst(leading)
      scanned = 0
    }
    guard let end = endOfHead() else {
      if bytes.count > Self.maximumHeadBytes { throw Refusal(status: 431) }
      return false
    }
    if end > Self.maximumHeadBytes { throw Refusal(status: 431) }
    let text = bytes[..<end]
    head = try parseHead(text)
    bytes.removeFirst(end)
    scanned = 0
    return true
  }

  /// The index after the empty line.
  private mutating func endOfHead() -> Int? {
    var index = max(scanned, 1)
    while index < bytes.count {
      let isEnd =
        bytes[index] == lineFeed
        && (bytes[index - 1] == lineFeed
          || index >= 2 && bytes[index - 1] == carriageReturn && bytes[index - 2] == lineFeed)
      if isEnd { return index + 1 }
      index += 1
    }
    scanned = bytes.count
    return nil
  }

  private func parseHead(
    _ text: ArraySlice<UInt8>
  ) throws(Refusal) -> (request: Request, bodyBytes: Int) {
    var lines = text.split(separator: lineFeed).map { line in
      line.last == carriageReturn ? line.dropLast() : line
    }
    let words = lines.removeFirst().split(
      separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(isTokenByte) else {
      throw Refusal(status: 400)
    }
    let version = string(words[2])
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else { throw Refusal(status: 505) }
    let (path, query) = try parseTarget(words[1])
    let headers = try parseHeaders(lines)
    var request = Request(
      method: string(words[0]), path: path, query: query, headers: headers, body: [],
      isLast: version == "HTTP/1.0")
    try check(request, isVersion11: version == "HTTP/1.1")
    let connection = request.header("connection")?.lowercased() ?? ""
    if connection.split(whereSeparator: { $0 == "," || $0 == " " }).contains("close") {
      request.isLast = true
    }
    return (request, try bodyBytes(request))
  }

  private func parseHeaders(_ lines: [ArraySlice<UInt8>]) throws(Refusal) -> [Header] {
    var headers: [Header] = []
    for line in lines where !line.isEmpty {
      // Folded lines have no name: they are refused like other nonsense (RFC 9112 §5.2).
      let name = line.prefix { $0 != UInt8(ascii: ":") }
      guard !name.isEmpty, name.count < line.count, name.allSatisfy(isTokenByte) else {
        throw Refusal(status: 400)
      }
      let value = line.dropFirst(name.count + 1).drop(while: isBlank)
      let end = value.lastIndex { !isBlank($0) }
      headers.append(
        Header(
          name: string(name).lowercased(), value: string(end.map { value[...$0] } ?? [])))
    }
    return headers
  }

  /// One host and one length: two of them are how requests are smuggled (RFC 9112 §3.2, §6.3).
  private func check(_ request: Request, isVersion11: Bool) throws(Refusal) {
    let hosts = request.headers.filter { $0.name == "host" }.count
    if hosts > 1 || hosts == 0 && isVersion11 { throw Refusal(status: 400) }
    if request.headers.filter({ $0.name == "content-length" }).count > 1 {
      throw Refusal(status: 400)
    }
    if request.header("transfer-encoding") != nil { throw Refusal(status: 411) }
  }

  private func bodyBytes(_ request: Request) throws(Refusal) -> Int {
    guard let text = request.header("content-length") else { return 0 }
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw Refusal(status: 400)
    }
    guard let count = Int(text), count <= maximumBodyBytes else { throw Refusal(status: 413) }
    return count
  }
}

private struct Refusal: Error {
  var status: Int
}

private let carriageReturn: UInt8 = 13
private let lineFeed: UInt8 = 10

private func string(_ bytes: ArraySlice<UInt8>) -> String {
  String(decoding: bytes, as: UTF8.self)
}

private func isBlank(_ byte: UInt8) -> Bool {
  byte == 32 || byte == 9
}

/// RFC 9110 §5.6.2; names of headers, methods and WebSocket sub-protocols are made of these.
func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    return true
  default:
    return "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}

/// Splits and decodes a request target in its usual form, `/path?query` (RFC 9112 §3.2.1).
private func parseTarget(
  _ target: ArraySlice<UInt8>
) throws(Refusal) -> (String, [HTTPRequest.QueryItem]) {
  guard target.first == UInt8(ascii: "/") else { throw Refusal(status: 400) }
  let path = target.prefix { $0 != UInt8(ascii: "?") }
  var items: [HTTPRequest.QueryItem] = []
  for part in target.dropFirst(path.count + 1).split(separator: UInt8(ascii: "&")) {
    let name = part.prefix { $0 != UInt8(ascii: "=") }
    let value = part.dropFirst(name.count + 1)
    items.append(
      HTTPRequest.QueryItem(
        name: try decode(name, plusIsSpace: true), value: try decode(value, plusIsSpace: true)))
  }
  return (try decode(path, plusIsSpace: false), items)
}

private func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) throws(Refusal) -> String {
  var output: [UInt8] = []
  var index = bytes.startIndex
  while index < bytes.endIndex {
    var byte = bytes[index]
    if byte == UInt8(ascii: "%") {
      guard index + 2 < bytes.endIndex, let high = hexDigit(bytes[index + 1]),
        let low = hexDigit(bytes[index + 2])
      else { throw Refusal(status: 400) }
      byte = high << 4 | low
      index += 2
    } else if byte == UInt8(ascii: "+"), plusIsSpace {
      byte = 32
    }
    if byte == 0 { throw Refusal(status: 400) }
    output.append(byte)
    index += 1
  }
  return String(decoding: output, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): return byte - UInt8(ascii: "A") + 10
  default: return nil
  }
}
