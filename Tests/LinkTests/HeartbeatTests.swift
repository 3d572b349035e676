import Testing

@testable import Link

extension LinkTests {
  @Suite("Pings, and the patience with their answers")
  struct HeartbeatTests {
    private let second: Int64 = 1_000_000_000

    /// What becomes of a connection from which nothing comes, second by second.
    private func outcomes(
      interval: Int, patience: Int, seconds: Int64, heardAt: Set<Int64> = []
    ) -> [Int64: Heartbeat.Outcome] {
      var heartbeat = Heartbeat(intervalSeconds: interval)
      heartbeat.restart(intervalSeconds: interval, nowNs: 0)
      var found: [Int64: Heartbeat.Outcome] = [:]
      for moment in 1...seconds {
        if heardAt.contains(moment) { heartbeat.heard() }
        let outcome = heartbeat.advance(
          nowNs: moment * second, minimumPatienceSeconds: patience)
        if outcome != .nothing { found[moment] = outcome }
        if outcome == .peerSilent { return found }
      }
      return found
    }

    @Test("patience counts from the first ping without an answer, not from the last")
    func firstPing() {
      #expect(
        outcomes(interval: 2, patience: 5, seconds: 60) == [
          2: .pingDue, 4: .pingDue, 6: .pingDue, 7: .peerSilent,
        ])
    }

    @Test("a longer interval is waited for before the peer is given up")
    func longInterval() {
      #expect(
        outcomes(interval: 20, patience: 5, seconds: 60) == [20: .pingDue, 40: .peerSilent])
    }

    @Test("whatever comes from the peer begins its patience anew")
    func heard() {
      #expect(
        outcomes(interval: 2, patience: 5, seconds: 60, heardAt: [5]) == [
          2: .pingDue, 4: .pingDue, 6: .pingDue, 8: .pingDue, 10: .pingDue, 11: .peerSilent,
        ])
    }

    @Test("without an interval nothing is ever due")
    func none() {
      #expect(outcomes(interval: 0, patience: 5, seconds: 60).isEmpty)
    }
  }
}
