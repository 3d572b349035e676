import Glibc
import Testing

@testable import Link

extension LinkTests {
  @Suite("Reaching a server")
  struct ConnectingTests {
    private func failure(_ endpoint: Endpoint, seconds: Double = 10) throws -> LinkFailure? {
      let harness = try LoopHarness()
      let id = harness.loop.connect(endpoint)
      let end = harness.outcome(of: id, seconds: seconds)
      #expect(harness.run(seconds: 0.1).isEmpty)
      if case .failed(id, let failure) = end { return failure }
      return nil
    }

    @Test("the upgrade carries path, host, sub-protocols and a password of any bytes")
    func upgradeRequest() throws {
      let request = Shared("")
      let server = PeerServer { socket in
        let peer = PeerWebSocket(socket)
        request.value = peer?.request ?? ""
        peer?.echo()
      }
      let harness = try LoopHarness()
      let wanted = endpoint(port: server.port) {
        $0.host = "localhost"
        $0.path = "/ocpp/Charge%20Pi?x=1"
        $0.subprotocols = ["ocpp2.0.1", "ocpp1.6"]
        $0.basicAuthorization = BasicAuthorization(user: "CP", password: [0, 255, 0x3a, 0x0a])
      }
      let id = harness.loop.connect(wanted)
      let opening = LinkEvent.opened(id, subprotocol: "ocpp1.6")
      #expect(harness.run { $0 == opening } == [opening])
      _ = harness.run(seconds: 0.1)
      let text = request.value
      #expect(text.hasPrefix("GET /ocpp/Charge%20Pi?x=1 HTTP/1.1\r\n"))
      #expect(PeerWebSocket.header("Host", in: text) == "localhost:\(server.port)")
      #expect(PeerWebSocket.header("Sec-WebSocket-Protocol", in: text) == "ocpp2.0.1,ocpp1.6")
      #expect(PeerWebSocket.header("Authorization", in: text) == "Basic Q1A6AP86Cg==")
      #expect(PeerWebSocket.header("Sec-WebSocket-Extensions", in: text) == nil)
    }

    @Test("Base64 pads as RFC 4648 §10 shows")
    func base64Vectors() {
      let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
      ]
      for (plain, encoded) in vectors { #expect(base64(Array(plain.utf8)) == encoded) }
    }

    @Test(
      "a server that chooses no sub-protocol, or another one, is not used",
      arguments: [nil, "mqtt", "ocpp1.6,x"])
    func wrongSubprotocol(chosen: String?) throws {
      let server = PeerServer { socket in PeerWebSocket(socket, subprotocol: chosen)?.echo() }
      #expect(try failure(endpoint(port: server.port)) == .subprotocolMismatch)
    }

    @Test("an HTTP status instead of the upgrade is told", arguments: [401, 404, 302, 500])
    func status(code: Int) throws {
      let refusal =
        "HTTP/1.1 \(code) No\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n"
        + "WWW-Authenticate: Basic realm=\"x\"\r\n\r\n"
      let server = PeerServer { socket in _ = PeerWebSocket(socket, refusal: refusal) }
      #expect(try failure(endpoint(port: server.port)) == .httpStatus(code))
    }

    @Test("an answer that is not HTTP, or none, fails the connection")
    func garbage() throws {
      let garbage = PeerServer { socket in _ = PeerWebSocket(socket, refusal: "SSH-2.0-x\r\n\r\n") }
      let first = try failure(endpoint(port: garbage.port))
      #expect(first != nil && first != .timedOut, "\(String(describing: first))")
      let mute = PeerServer { _ in }
      let second = try failure(endpoint(port: mute.port))
      #expect(second != nil && second != .timedOut, "\(String(describing: second))")
    }

    @Test("a closed port is refused at once")
    func refused() throws {
      var port: UInt16 = 0
      do { port = PeerServer().port }
      guard case .refused? = try failure(endpoint(port: port)) else {
        Issue.record("not refused")
        return
      }
    }

    @Test("a server that accepts but says nothing runs into the time limit")
    func silent() throws {
      let server = PeerServer()
      let startNs = monotonicNowNs()
      let found = try failure(endpoint(port: server.port) { $0.connectTimeoutSeconds = 1 })
      #expect(found == .timedOut)
      let elapsedMs = (monotonicNowNs() - startNs) / 1_000_000
      #expect((1000..<1400).contains(elapsedMs), "\(elapsedMs) ms")
    }

    @Test("of several addresses the first that answers is used")
    func secondAddress() throws {
      // localhost is ::1 and 127.0.0.1, in this order where there is IPv6; the server has the
      // second.
      let server = PeerServer { socket in PeerWebSocket(socket)?.echo() }
      let harness = try LoopHarness()
      let connection = Connection(
        id: ConnectionID(number: harness.loop.nextNumber()),
        endpoint: endpoint(port: server.port) { $0.host = "csms.example" }, nowNs: monotonicNowNs())
      connection.phase = .connecting
      connection.addresses = ["127.0.0.2", "::1", "127.0.0.1"]
      harness.loop.connections[connection.id] = connection
      harness.loop.tryNextAddress(connection, after: .other("none"))
      let opening = LinkEvent.opened(connection.id, subprotocol: "ocpp1.6")
      #expect(harness.run { $0 == opening } == [opening])
    }

    @Test("a name that does not exist is told so")
    func unknownName() throws {
      let found = try failure(endpoint(port: 1) { $0.host = "no.such.name.invalid" }, seconds: 30)
      guard case .nameNotResolved? = found else {
        Issue.record("\(String(describing: found))")
        return
      }
    }

    @Test("a name server that never answers stops neither the loop nor the shutdown")
    func muteNameServer() throws {
      let harness = try LoopHarness {
        $0.resolve = { _ in
          sleep(60)
          return .failure("late")
        }
      }
      let startNs = monotonicNowNs()
      let first = harness.loop.connect(
        endpoint(port: 1) {
          $0.host = "csms.example"
          $0.connectTimeoutSeconds = 1
        })
      let second = harness.loop.connect(endpoint(port: 1) { $0.host = "csms.example" })
      harness.loop.runOnce(untilMonotonicNs: startNs)
      #expect(monotonicNowNs() - startNs < 100_000_000)
      let end = harness.outcome(of: first, seconds: 3)
      #expect(end == .failed(first, .nameNotResolved("csms.example: no answer")))
      let elapsedMs = (monotonicNowNs() - startNs) / 1_000_000
      #expect((1000..<1300).contains(elapsedMs), "\(elapsedMs) ms")
      let beforeShutdownNs = monotonicNowNs()
      harness.loop.shutdown(withinMs: 1000)
      #expect(monotonicNowNs() - beforeShutdownNs < 100_000_000)
      #expect(harness.loop.drainEvents().filter { $0.isEnd(of: second) }.count == 1)
    }

    @Test("names are resolved by few threads, which many connections share")
    func sharedThreads() throws {
      let asked = Shared(0)
      let harness = try LoopHarness {
        $0.resolve = { _ in
          asked.value += 1
          usleep(200_000)
          return .failure("unknown")
        }
      }
      let ids = (0..<20).map { _ in
        harness.loop.connect(endpoint(port: 1) { $0.host = "csms.example" })
      }
      let events = harness.run(seconds: 0.5)
      #expect(events == ids.map { .failed($0, .nameNotResolved("unknown")) })
      #expect(asked.value == 1)
      let others = (0..<6).map { number in
        harness.loop.connect(endpoint(port: 1) { $0.host = "host\(number).example" })
      }
      #expect(harness.run(seconds: 0.5).count == others.count)
      #expect(asked.value == 1 + Resolver.maximumThreads)
    }

    @Test("what cannot be written into a request is refused before any connection")
    func faults() throws {
      let changes: [(inout Endpoint) -> Void] = [
        { $0.path = "/a b" }, { $0.path = "/x\r\nX-Evil: 1" }, { $0.host = "" },
        { $0.host = String(repeating: "h", count: 111) },
        { $0.path = "/" + String(repeating: "p", count: 1024) },
        { $0.basicAuthorization = BasicAuthorization(user: "a:b", password: []) },
        { $0.subprotocols = ["x\r\nX-Evil: 1"] }, { $0.path = "relative" },
      ]
      for change in changes {
        guard case .other? = try failure(endpoint(port: 1, change), seconds: 1) else {
          Issue.record("not refused")
          continue
        }
      }
    }

    @Test("a thousand reconnections leave neither descriptors nor memory behind")
    func reconnections() throws {
      let server = PeerServer { socket in PeerWebSocket(socket)?.echo() }
      let harness = try LoopHarness()
      func cycle() throws {
        let id = try harness.open(endpoint(port: server.port))
        harness.loop.close(id, code: 1000, reason: "")
        #expect(harness.outcome(of: id) == .closed(id, code: 1000, reason: ""))
      }
      for _ in 0..<200 { try cycle() }
      usleep(100_000)
      let before = openDescriptors()
      let residentBefore = residentBytes()
      for _ in 0..<1000 { try cycle() }
      usleep(100_000)
      #expect(openDescriptors().all <= before.all)
      let grownBytes = residentBytes() - residentBefore
      #expect(grownBytes < 1 << 20, "\(grownBytes) bytes")
      #expect(harness.loop.attempts.isEmpty && harness.loop.connections.isEmpty)
    }

    @Test("closing before the connection is open ends it once")
    func closeEarly() throws {
      let server = PeerServer()
      let harness = try LoopHarness()
      let id = harness.loop.connect(endpoint(port: server.port))
      _ = harness.run(seconds: 0.05)
      harness.loop.close(id, code: 1000, reason: "")
      let events = harness.run(seconds: 0.2)
      #expect(events == [.failed(id, .other("closed before it opened"))])
    }
  }
}
