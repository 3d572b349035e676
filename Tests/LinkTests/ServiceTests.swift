import Glibc
import Testing

@testable import Link

extension LinkTests {
  @Suite("Service loop")
  struct ServiceTests {
    @Test("a wait ends within five milliseconds after its deadline, without turning before it")
    func deadlines() throws {
      let harness = try LoopHarness()
      // libwebsockets 4.3 has timers of its own at the start, which end waits early.
      _ = harness.run(seconds: 0.3)
      for milliseconds in [1, 3, 10, 50, 333] {
        // The best of some tries: another process may have the processor in one of them.
        var lateNs = Int64.max
        var passes = Int.max
        for _ in 0..<5 where lateNs >= 5_000_000 || passes > 2 {
          let deadlineNs = monotonicNowNs() + Int64(milliseconds) * 1_000_000 - 400_000
          passes = 0
          while monotonicNowNs() < deadlineNs {
            harness.loop.runOnce(untilMonotonicNs: deadlineNs)
            passes += 1
          }
          lateNs = monotonicNowNs() - deadlineNs
        }
        #expect(lateNs < 5_000_000, "\(lateNs) ns")
        #expect(passes <= 2, "\(passes) passes")
      }
    }

    @Test("a deadline that is over returns at once")
    func pastDeadline() throws {
      let harness = try LoopHarness()
      let startNs = monotonicNowNs()
      harness.loop.runOnce(untilMonotonicNs: 0)
      #expect(monotonicNowNs() - startNs < 50_000_000)
    }

    @Test("a wake from another thread ends an endless wait")
    func wake() throws {
      let harness = try LoopHarness()
      let waker = harness.loop.waker
      startThread {
        usleep(100_000)
        waker.wake()
      }
      let startNs = monotonicNowNs()
      while monotonicNowNs() - startNs < 90_000_000 { harness.loop.runOnce(untilMonotonicNs: nil) }
      #expect(monotonicNowNs() - startNs < 200_000_000)
    }

    @Test("a wake before the wait is not lost")
    func earlyWake() throws {
      let harness = try LoopHarness()
      harness.loop.runOnce(untilMonotonicNs: 0)
      harness.loop.waker.wake()
      let startNs = monotonicNowNs()
      harness.loop.runOnce(untilMonotonicNs: startNs + 3_000_000_000)
      #expect(monotonicNowNs() - startNs < 100_000_000)
    }

    @Test("queued events return at once")
    func queuedEvents() throws {
      let harness = try LoopHarness()
      let id = harness.loop.connect(endpoint(port: 1) { $0.host = "" })
      harness.loop.runOnce(untilMonotonicNs: nil)
      #expect(harness.loop.drainEvents().contains { $0.isEnd(of: id) })
    }

    @Test("shutdown flushes close frames, ends every connection once and leaves no descriptor")
    func shutdown() throws {
      let seen = Shared<PeerWebSocket.Frame?>(nil)
      let server = PeerServer { socket in
        let peer = PeerWebSocket(socket)
        seen.value = peer?.receive()
        peer?.send(.close, seen.value?.payload ?? [])
      }
      let mute = PeerServer()
      let before = openDescriptors()
      let harness = try LoopHarness()
      try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      let id = try harness.open(endpoint(port: server.port))
      let other = harness.loop.connect(endpoint(port: mute.port))
      _ = harness.run(seconds: 0.05)
      harness.loop.shutdown(withinMs: 500)
      let events = harness.loop.drainEvents()
      #expect(events.filter { $0.isEnd(of: id) } == [.closed(id, code: 1001, reason: "")])
      #expect(events.filter { $0.isEnd(of: other) }.count == 1)
      #expect(seen.value == PeerWebSocket.Frame(opcode: .close, payload: [0x03, 0xe9]))
      usleep(50_000)
      #expect(openDescriptors().all <= before.all)
    }

    @Test("after shutdown every call is without effect")
    func inert() throws {
      let harness = try LoopHarness()
      let waker = harness.loop.waker
      harness.loop.shutdown(withinMs: 0)
      waker.wake()
      harness.loop.runOnce(untilMonotonicNs: nil)
      let id = harness.loop.connect(endpoint(port: 1))
      harness.loop.send(id, text: [])
      harness.loop.close(id, code: 1000, reason: "")
      harness.loop.shutdown(withinMs: 10)
      #expect(harness.loop.drainEvents().isEmpty)
      #expect(throws: LinkError.shutDown) {
        try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      }
    }

    @Test("wakes from many threads race with the end without harm")
    func wakeRace() throws {
      for _ in 0..<20 {
        let harness = try LoopHarness()
        let waker = harness.loop.waker
        for _ in 0..<4 {
          startThread { for _ in 0..<200 { waker.wake() } }
        }
        harness.loop.runOnce(untilMonotonicNs: 0)
        harness.loop.shutdown(withinMs: 0)
      }
    }

    @Test("no descriptor would survive an exec")
    func closeOnExec() throws {
      let server = PeerServer { socket in PeerWebSocket(socket)?.echo() }
      let before = openDescriptors()
      let harness = try LoopHarness()
      let port = try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
      let id = try harness.open(endpoint(port: server.port))
      let local = openDescriptors()
      let client = connectLoopback(port: port)
      _ = harness.run(seconds: 0.1)
      let after = openDescriptors()
      // The server's own sockets in this process: one accepted; then one client of the HTTP server.
      #expect(local.all - before.all >= 4)
      #expect(local.inherited - before.inherited <= 1)
      #expect(after.inherited - local.inherited <= 1)
      withExtendedLifetime((client, id)) {}
    }

    @Test("a hundred loops leave no descriptor behind, with or without shutdown")
    func manyLoops() throws {
      let before = openDescriptors()
      for round in 0..<100 {
        let harness = try LoopHarness()
        try harness.loop.listen(tcpHost: "127.0.0.1", port: 0)
        _ = harness.loop.connect(endpoint(port: 1))
        harness.loop.runOnce(untilMonotonicNs: 0)
        if round % 2 == 0 { harness.loop.shutdown(withinMs: 0) }
      }
      #expect(openDescriptors().all <= before.all)
    }
  }
}
