import Glibc
import Testing

@testable import Link

extension LinkTests {
  @Suite("HTTP server")
  struct HTTPTests {
    /// Sends a raw request on a thread, serves it with `answer`, and gives what the client read.
    private func exchange(
      _ harness: LoopHarness, port: UInt16, _ text: String, requests: Int = 1,
      _ answer: (HTTPRequest) -> (Int, [UInt8])
    ) -> (requests: [HTTPRequest], response: String) {
      let received = Shared<[UInt8]?>(nil)
      let waker = harness.loop.waker
      startThread {
        let socket = connectLoopback(port: port)
        socket.write(text)
        var bytes: [UInt8] = []
        while case let piece = socket.read(), !piece.isEmpty { bytes += piece }
        received.value = bytes
        waker.wake()
      }
      var seen: [HTTPRequest] = []
      let endNs = monotonicNowNs() + 10_000_000_000
      while received.value == nil, monotonicNowNs() < endNs {
        harness.loop.runOnce(untilMonotonicNs: endNs)
        for event in harness.loop.drainEvents() {
          guard let request = event.request else { continue }
          seen.append(request)
          let (status, body) = answer(request)
          harness.loop.respond(request.id, status: status, contentType: "text/plain", body: body)
        }
      }
      return (seen, String(decoding: received.value ?? [], as: UTF8.self))
    }

    private let last = "Connection: close\r\n\r\n"

    @Test("a GET arrives with its path, query and host decoded")
    func get() throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      let text =
        "GET /v1/ev%20ents?since=12&wait=&name=a%26b%3Dc HTTP/1.1\r\nHost: evil.example:80\r\n"
        + "Origin: http://evil.example\r\n" + last
      let (requests, response) = exchange(harness, port: port, text) { _ in (200, Array("hi".utf8))
      }
      let request = try #require(requests.first)
      #expect(request.method == "GET")
      #expect(request.path == "/v1/ev ents")
      #expect(
        request.query == [
          .init(name: "since", value: "12"), .init(name: "wait", value: ""),
          .init(name: "name", value: "a&b=c"),
        ])
      #expect(request.host == "evil.example:80")
      #expect(request.origin == "http://evil.example")
      #expect(!request.isLocalSocket)
      #expect(response.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"))
      #expect(response.contains("\r\nContent-Length: 2\r\n"))
      #expect(response.hasSuffix("\r\nConnection: close\r\n\r\nhi"))
    }

    @Test(
      "every method and any path reaches the owner",
      arguments: ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
    func methods(method: String) throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      for head in ["", "Content-Length: 0\r\n"] {
        let text = "\(method) /any/where HTTP/1.1\r\nHost: x\r\n" + head + last
        let (requests, response) = exchange(harness, port: port, text) { _ in
          (404, Array("no".utf8))
        }
        #expect(requests.map(\.method) == [method])
        #expect(requests.map(\.path) == ["/any/where"])
        #expect(response.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(response.hasSuffix(method == "HEAD" ? "\r\n\r\n" : "\r\n\r\nno"))
      }
    }

    @Test("bodies up to the limit arrive whole, larger ones are answered with 413")
    func bodies() throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      for count in [1, 5000, 1 << 20] {
        let body = String(repeating: "b", count: count)
        let text =
          "POST /v1/sim/plug HTTP/1.1\r\nHost: x\r\nContent-Length: \(count)\r\n" + last + body
        let (requests, response) = exchange(harness, port: port, text) { _ in (202, []) }
        #expect(requests.map(\.body.count) == [count])
        #expect(response.hasPrefix("HTTP/1.1 202 Accepted\r\n"))
      }
      for length in ["1048577", "99999999999999999999"] {
        let text = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n"
        let (requests, response) = exchange(harness, port: port, text) { _ in (200, []) }
        #expect(requests.isEmpty)
        #expect(response.hasPrefix("HTTP/1.1 413 "), "\(length): \(response)")
      }
      let chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      let (requests, response) = exchange(harness, port: port, chunked) { _ in (200, []) }
      #expect(requests.isEmpty)
      #expect(response.hasPrefix("HTTP/1.1 411 "))
    }

    @Test("a connection is kept for further requests, also when they come at once")
    func keepAlive() throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      let text =
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
        + "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
        + "POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
        + "GET /4 HTTP/1.1\r\nHost: x\r\n" + last
      let (requests, response) = exchange(harness, port: port, text) {
        (200, Array($0.path.utf8) + $0.body)
      }
      #expect(requests.map(\.path) == ["/1", "/2", "/3", "/4"])
      for body in ["/1", "/2body", "/3", "/4"] { #expect(response.contains("\r\n\r\n\(body)")) }
    }

    @Test("a large answer is delivered whole")
    func largeAnswer() throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      let body = [UInt8](repeating: 97, count: 5 << 20)
      let text = "GET / HTTP/1.1\r\nHost: x\r\n" + last
      let (_, response) = exchange(harness, port: port, text) { _ in (200, body) }
      #expect(response.utf8.count > body.count)
      #expect(response.hasSuffix("aaaa"))
    }

    @Test("an answer may come seconds later")
    func longPoll() throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      let client = connectLoopback(port: port)
      client.write("GET /v1/events?wait=30 HTTP/1.1\r\nHost: x\r\n\r\n")
      let events = harness.run { $0.request != nil }
      let request = try #require(events.last?.request)
      #expect(harness.run(seconds: 7).isEmpty)
      harness.loop.respond(
        request.id, status: 200, contentType: "application/json", body: [91, 93])
      _ = harness.run(seconds: 0.2)
      #expect(String(decoding: client.read(), as: UTF8.self).hasSuffix("\r\n\r\n[]"))
    }

    @Test("a client that goes away while it waits is reported, once")
    func abort() throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      for method in ["GET", "POST"] {
        var request: HTTPRequest?
        do {
          let client = connectLoopback(port: port)
          let body = method == "POST" ? "Content-Length: 2\r\n\r\nhi" : "\r\n"
          client.write("\(method) /v1/events?wait=30 HTTP/1.1\r\nHost: x\r\n" + body)
          request = harness.run { $0.request != nil }.last?.request
        }
        let id = try #require(request?.id)
        let events = harness.run(seconds: 5) { $0 == .requestAborted(id) }
        #expect(events == [.requestAborted(id)])
        harness.loop.respond(id, status: 200, contentType: "text/plain", body: [])
        #expect(harness.run(seconds: 0.1).isEmpty)
        #expect(harness.loop.httpClients.isEmpty && harness.loop.requestClients.isEmpty)
      }
    }

    @Test("an upgrade to WebSocket or HTTP/2 is ignored", arguments: ["websocket", "h2c"])
    func upgrades(name: String) throws {
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      let text =
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: \(name)\r\nConnection: Upgrade, close\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
      let (_, response) = exchange(harness, port: port, text) { _ in (200, []) }
      #expect(response.hasPrefix("HTTP/1.1 200 "), "\(response)")
    }

    @Test("more clients than the limit are hung up on, and places become free again")
    func crowd() throws {
      let harness = try LoopHarness { $0.maximumHTTPClients = 4 }
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      do {
        let crowd = (0..<10).map { _ in connectLoopback(port: port) }
        _ = harness.run(seconds: 0.2)
        #expect(harness.loop.httpClients.count == 4)
        withExtendedLifetime(crowd) {}
      }
      _ = harness.run(seconds: 0.5)
      #expect(harness.loop.httpClients.isEmpty)
      let text = "GET / HTTP/1.1\r\nHost: x\r\n" + last
      let (_, response) = exchange(harness, port: port, text) { _ in (200, []) }
      #expect(response.hasPrefix("HTTP/1.1 200 "))
    }

    @Test("a port that is taken is a clear error")
    func portTaken() throws {
      let server = PeerServer()
      let harness = try LoopHarness()
      #expect(throws: LinkError.addressInUse("127.0.0.1 port \(server.port)")) {
        try harness.loop.listen(tcpHost: "127.0.0.1", port: server.port)
      }
    }

    @Test("the Unix socket is for its owner alone, and replaces a stale file")
    func unixSocket() throws {
      var template = Array("/tmp/link-unix-XXXXXX".utf8CString)
      let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
      let path = folder + "/chargepi.sock"
      for _ in 0..<2 {
        let harness = try LoopHarness()
        let mask = umask(0)
        try harness.loop.listen(unixPath: path)
        umask(mask)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode == S_IFSOCK | 0o600)
        let client = connectUnix(path: path)
        client.write("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
        let request = try #require(harness.run { $0.request != nil }.last?.request)
        #expect(request.isLocalSocket)
        harness.loop.respond(request.id, status: 200, contentType: "text/plain", body: [111, 107])
        _ = harness.run(seconds: 0.1)
        #expect(String(decoding: client.read(), as: UTF8.self).hasSuffix("ok"))
        // A file left behind by a process that was killed: the next round replaces it.
        harness.loop.shutdown(withinMs: 0)
        let stale = try Listener.openUnix(path: path)
        Glibc.close(stale)
      }
      unlink(path)
      let file = open(path, O_CREAT | O_WRONLY, 0o600)
      Glibc.close(file)
      let harness = try LoopHarness()
      #expect(throws: LinkError.cannotListen("\(path): exists and is not a socket")) {
        try harness.loop.listen(unixPath: path)
      }
      unlink(path)
      rmdir(folder)
    }
  }
}
