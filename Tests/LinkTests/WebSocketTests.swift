import Glibc
import Testing

@testable import Link

extension LinkTests {
  @Suite("WebSocket client")
  struct WebSocketTests {
    private func echoServer() -> PeerServer {
      PeerServer { socket in PeerWebSocket(socket)?.echo() }
    }

    @Test("a message comes back as it was sent")
    func echo() throws {
      let server = echoServer()
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      harness.loop.send(id, text: Array("grüß Gott".utf8))
      let events = harness.run { $0 == .text(id, Array("grüß Gott".utf8)) }
      #expect(events.contains(.text(id, Array("grüß Gott".utf8))))
      #expect(events.filter { $0 == .written(id) }.count == 1)
    }

    @Test("an empty message and bytes that are not UTF-8 arrive unchanged")
    func emptyAndInvalid() throws {
      let server = PeerServer { socket in
        guard let peer = PeerWebSocket(socket) else { return }
        peer.send(.text, [])
        peer.send(.text, [0xff, 0xfe])
        peer.echo()
      }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      let events = harness.run { $0 == .text(id, [0xff, 0xfe]) }
      #expect(events == [.text(id, []), .text(id, [0xff, 0xfe])])
    }

    @Test("fragments are put together, a ping in between is answered")
    func fragments() throws {
      let answered = Shared<PeerWebSocket.Frame?>(nil)
      let server = PeerServer { socket in
        guard let peer = PeerWebSocket(socket) else { return }
        peer.send(.text, Array("one ".utf8), final: false)
        peer.send(.ping, [1, 2, 3])
        peer.send(.continuation, Array("two ".utf8), final: false)
        peer.send(.continuation, [], final: false)
        usleep(20_000)
        peer.send(.continuation, Array("three".utf8))
        answered.value = peer.receive()
        peer.echo()
      }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      let whole = LinkEvent.text(id, Array("one two three".utf8))
      #expect(harness.run { $0 == whole } == [whole])
      _ = harness.run(seconds: 0.1)
      #expect(answered.value == PeerWebSocket.Frame(opcode: .pong, payload: [1, 2, 3]))
    }

    @Test("two megabytes travel both ways, and the queue's end is reported")
    func large() throws {
      let server = echoServer()
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      let message = (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: 32 + $0 % 90) }
      harness.loop.send(id, text: message)
      harness.loop.send(id, text: Array("after".utf8))
      let last = LinkEvent.text(id, Array("after".utf8))
      let texts = harness.run { $0 == last }.filter { $0 != .written(id) }
      #expect(texts == [.text(id, message), last])
    }

    @Test("a message above the limit is reported and the next one arrives")
    func oversized() throws {
      let server = PeerServer { socket in
        guard let peer = PeerWebSocket(socket) else { return }
        peer.send(.text, [UInt8](repeating: 65, count: 100_000))
        peer.send(.text, [UInt8](repeating: 66, count: 1000))
        peer.send(.binary, [UInt8](repeating: 0, count: 77))
        peer.send(.text, [67])
        peer.echo()
      }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port) { $0.maximumMessageBytes = 1000 })
      let events = harness.run { $0 == .text(id, [67]) }
      let expected: [LinkEvent] = [
        .oversized(id, byteCount: 100_000), .text(id, [UInt8](repeating: 66, count: 1000)),
        .binary(id, byteCount: 77), .text(id, [67]),
      ]
      #expect(events == expected)
    }

    @Test("our close is clean: the peer reads code and reason, we hear one end")
    func ourClose() throws {
      let seen = Shared<PeerWebSocket.Frame?>(nil)
      let server = PeerServer { socket in
        guard let peer = PeerWebSocket(socket) else { return }
        _ = peer.receive()
        seen.value = peer.receive()
        peer.send(.close, seen.value?.payload ?? [])
      }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      harness.loop.send(id, text: [65])
      harness.loop.close(id, code: 1000, reason: "done")
      let ends = harness.run(seconds: 1).filter { $0.isEnd(of: id) }
      #expect(ends == [.closed(id, code: 1000, reason: "done")])
      let payload = [0x03, 0xe8] + Array("done".utf8)
      #expect(seen.value == PeerWebSocket.Frame(opcode: .close, payload: payload))
    }

    @Test("the peer's close gives its code and reason")
    func peerClose() throws {
      let server = PeerServer { socket in
        guard let peer = PeerWebSocket(socket) else { return }
        peer.send(.close, [0x03, 0xf0] + Array("policy".utf8))
        _ = peer.receive()
      }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      #expect(harness.outcome(of: id) == .closed(id, code: 1008, reason: "policy"))
    }

    @Test("a peer that does not answer the close is dropped after two seconds")
    func unansweredClose() throws {
      let server = PeerServer { socket in
        guard let peer = PeerWebSocket(socket) else { return }
        while peer.receive() != nil {}
      }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      let startNs = monotonicNowNs()
      harness.loop.close(id, code: 1000, reason: "")
      let end = harness.outcome(of: id)
      #expect(end == .closed(id, code: nil, reason: "close unanswered"))
      let elapsedMs = (monotonicNowNs() - startNs) / 1_000_000
      #expect((1990..<2300).contains(elapsedMs), "\(elapsedMs) ms")
    }

    @Test("a broken connection ends without a code")
    func broken() throws {
      let server = PeerServer { socket in _ = PeerWebSocket(socket) }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      #expect(harness.outcome(of: id) == .closed(id, code: nil, reason: "connection lost"))
    }

    @Test("a peer that stops reading and answering is found by the ping")
    func halfOpen() throws {
      let server = PeerServer { socket in
        let peer = PeerWebSocket(socket)
        sleep(20)
        _ = peer
      }
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port) { $0.pingIntervalSeconds = 1 })
      harness.loop.send(id, text: [UInt8](repeating: 65, count: 8 << 20))
      let startNs = monotonicNowNs()
      #expect(harness.outcome(of: id) == .closed(id, code: nil, reason: "no answer to ping"))
      let elapsedMs = (monotonicNowNs() - startNs) / 1_000_000
      #expect((1900..<2400).contains(elapsedMs), "\(elapsedMs) ms")
    }

    @Test("pings are answered, and their interval changes on a live connection")
    func pings() throws {
      let server = echoServer()
      let harness = try LoopHarness()
      let id = try harness.open(endpoint(port: server.port))
      #expect(harness.run(seconds: 1.3).isEmpty)
      harness.loop.setPingInterval(id, seconds: 1)
      let events = harness.run(seconds: 3.5)
      #expect(events == [.pong(id), .pong(id), .pong(id)])
      harness.loop.setPingInterval(id, seconds: 0)
      #expect(harness.run(seconds: 1.3).isEmpty)
    }

    @Test("several connections live side by side")
    func several() throws {
      let server = echoServer()
      let harness = try LoopHarness()
      let first = try harness.open(endpoint(port: server.port))
      let second = try harness.open(endpoint(port: server.port))
      harness.loop.send(first, text: [1])
      harness.loop.send(second, text: [2])
      var events = harness.run { $0 == .text(first, [1]) || $0 == .text(second, [2]) }
      events += harness.run(seconds: 0.2)
      #expect(events.contains(.text(first, [1])))
      #expect(events.contains(.text(second, [2])))
    }
  }
}
