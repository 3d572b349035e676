import Testing

@testable import ChargePiES

extension Story {
  /// Time passes: deadlines fall due, meters are read every second, cars draw what they may.
  func pass(_ seconds: Int64, sourceLocation: SourceLocation = #_sourceLocation) {
    pass(nanoseconds: seconds * nanosecondsPerSecond, sourceLocation: sourceLocation)
  }

  /// See `pass`.
  func pass(nanoseconds: Int64, sourceLocation: SourceLocation = #_sourceLocation) {
    let end = moment + nanoseconds
    var nextReading = moment + nanosecondsPerSecond
    while moment < end {
      let due = station.nextDeadline() ?? .max
      moment = max(moment, min(end, nextReading, due))
      if due <= moment {
        tell(.time)
        let next = station.nextDeadline() ?? .max
        if next <= moment {
          Issue.record("a deadline at \(next) has passed", sourceLocation: sourceLocation)
          return
        }
      }
      if nextReading <= moment {
        nextReading += nanosecondsPerSecond
        if board.metersLive { readMeters() }
      }
    }
  }

  /// One second of what the cars draw.
  private func readMeters() {
    for evse in station.evses {
      let power = evse.isClosed ? board.cars[evse.id] ?? 0 : 0
      board.counters[evse.id, default: 0] += power / 3_600
      tell(.meter(evse.id, counter: board.counters[evse.id] ?? 0, power: power))
    }
  }

  /// The messages that went over the wire.
  var sent: [MessageSent] {
    history.compactMap {
      if case .decision(.messageSent(let message)) = $0.body { message } else { nil }
    }
  }

  /// The receipts so far.
  var receipts: [SessionEnded] {
    history.compactMap {
      if case .decision(.sessionEnded(let receipt)) = $0.body { receipt } else { nil }
    }
  }

  /// The session of an EVSE.
  func session(_ evse: UInt32) -> Session? { station.evse(evse)?.session }

  /// A session that charges, with nothing left to claim.
  func givenCharging(_ evse: UInt32 = 1, card: UInt64 = 7, milliwatts: Int64 = 2_300_000) {
    given {
      $0.board.cars[evse] = milliwatts
      if $0.station.evse(evse)?.connectors.first?.layout.hasPlugSense == true {
        $0.tell(.plug(evse))
      }
      $0.tell(.card(card, at: [evse]))
      $0.pass(2)
    }
    #expect(session(evse)?.flow == .charging)
  }
}
