import Testing

@testable import Link

extension LinkTests {
  @Suite("HTTP requests")
  struct HTTPRequestParserTests {
    private func outcomes(
      _ text: String, pieceBytes: Int? = nil, maximumBodyBytes: Int = 100
    ) -> [HTTPRequestParser.Outcome] {
      var parser = HTTPRequestParser(maximumBodyBytes: maximumBodyBytes)
      let bytes = Array(text.utf8)
      let step = pieceBytes ?? max(bytes.count, 1)
      var found: [HTTPRequestParser.Outcome] = []
      for start in stride(from: 0, to: bytes.count, by: step) {
        Array(bytes[start..<min(start + step, bytes.count)]).withUnsafeBytes { parser.append($0) }
        while true {
          let outcome = parser.next()
          if outcome == .incomplete { break }
          found.append(outcome)
          if case .refused = outcome { return found }
        }
      }
      return found
    }

    @Test("requests are found however they are cut into pieces", arguments: 1...40)
    func pieces(pieceBytes: Int) {
      let text =
        "\r\nPOST /a HTTP/1.1\r\nhost: h\r\nContent-Length: 3\r\n\r\nxyz"
        + "GET /b?c=d HTTP/1.1\nHost:\t h \n\nDELETE /e HTTP/1.0\r\n\r\n"
      let expected: [HTTPRequestParser.Outcome] = [
        .request(
          .init(
            method: "POST", path: "/a", query: [],
            headers: [
              .init(name: "host", value: "h"), .init(name: "content-length", value: "3"),
            ], body: Array("xyz".utf8), isLast: false)),
        .request(
          .init(
            method: "GET", path: "/b", query: [.init(name: "c", value: "d")],
            headers: [.init(name: "host", value: "h")], body: [], isLast: false)),
        .request(
          .init(method: "DELETE", path: "/e", query: [], headers: [], body: [], isLast: true)),
      ]
      #expect(outcomes(text, pieceBytes: pieceBytes) == expected)
    }

    @Test(
      "what is not a proper request is refused with a status",
      arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("nonsense\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
      ])
    func refusals(text: String, status: Int) {
      #expect(outcomes(text) == [.refused(status: status)], "\(text)")
    }

    @Test("a head without end is refused at its limit")
    func endlessHead() {
      let text = "GET / HTTP/1.1\r\nHost: " + String(repeating: "h", count: 16 << 10)
      #expect(outcomes(text, pieceBytes: 1000) == [.refused(status: 431)])
      #expect(outcomes(text + "\r\n\r\n") == [.refused(status: 431)])
    }

    @Test("a client that asks is told once to continue")
    func expectContinue() {
      let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
      #expect(outcomes(head, pieceBytes: 7) == [.awaitsContinue])
      #expect(outcomes(head + "o").isEmpty)
    }

    @Test("damaged requests never trap", arguments: 0..<50)
    func damaged(seed: UInt64) {
      var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
      func random(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
      }
      let sound = Array(
        "POST /a%20b?c=%41&d HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz".utf8)
      for _ in 0..<200 {
        var bytes = sound + sound
        for _ in 0...random(4) {
          switch random(3) {
          case 0: bytes[random(bytes.count)] = UInt8(random(256))
          case 1: bytes.remove(at: random(bytes.count))
          default: bytes.insert([13, 10, 32, 37, 58][random(5)], at: random(bytes.count))
          }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let found = outcomes(text, pieceBytes: 1 + random(20))
        #expect(found.count <= 20)
      }
    }

    @Test("percent signs and pluses are decoded where they mean something")
    func decoding() {
      guard
        case .request(let request)? = outcomes(
          "GET /a+b%2Bc/../%C3%BC?x=1+2%2B3&y&=z&&%26=%3D HTTP/1.1\r\nHost: a\r\n\r\n"
        ).first
      else {
        Issue.record("no request")
        return
      }
      #expect(request.path == "/a+b+c/../ü")
      let expected: [HTTPRequest.QueryItem] = [
        .init(name: "x", value: "1 2+3"), .init(name: "y", value: ""), .init(name: "", value: "z"),
        .init(name: "&", value: "="),
      ]
      #expect(request.query == expected)
    }

    @Test("a line break in a content type starts no header")
    func responseSplitting() {
      let response = HTTPResponse(status: 200, contentType: "text/plain\r\nX-Evil: 1", body: [65])
      let text = String(decoding: response.bytes(isHead: false, closes: false), as: UTF8.self)
      #expect(!text.contains("\r\nX-Evil"))
      #expect(text.hasSuffix("\r\n\r\nA"))
    }
  }
}
