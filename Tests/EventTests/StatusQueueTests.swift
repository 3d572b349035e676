import Testing

@testable import ChargePiES

@Suite("Telling statuses")
struct StatusQueueTests {
  private func told(_ story: Story) -> [ConnectorStatus] {
    story.history.compactMap { event -> ConnectorStatus? in
      guard case .decision(.messageSent(let sent)) = event.body, sent.kind == .status,
        sent.flatNumber == 1,
        case .decision(.statusChanged(let status)) = story.history[Int(sent.source) - 1].body
      else { return nil }
      return status.status
    }
  }

  @Test("online every status is told in order")
  func online() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.given {
      $0.tell(.card(7))
      $0.tell(.unplug(1))
    }
    #expect(told(story) == [.available, .preparing, .charging, .finishing, .available])
  }

  @Test("offline only the newest of each connector is kept")
  func offline() {
    let story = Story(World.cables(1).with(.allowOfflineTxForUnknownId, "true"))
    story.given { $0.disconnect() }
    story.givenCharging()
    #expect(story.station.authority?.statuses.map(\.reported.status) == [.charging])
    story.given { $0.connect() }
    #expect(told(story) == [.available, .charging])
  }

  @Test("a status that is told already is not told again")
  func sameAgain() {
    let story = Story(.cables(1))
    story.given {
      $0.disconnect()
      $0.tell(.plug(1))
      $0.tell(.unplug(1))
      $0.connect()
    }
    #expect(told(story) == [.available])
    #expect(story.station.authority?.statuses == [])
  }

  @Test("a status that does not last MinimumStatusDuration is never told")
  func minimumDuration() {
    let story = Story(World.cables(1).with(.minimumStatusDuration, "10"), online: false)
    story.given {
      $0.connect()
      $0.pass(11)
      $0.tell(.plug(1))
      $0.pass(9)
      $0.tell(.unplug(1))
      $0.pass(60)
    }
    #expect(told(story) == [.available])
    story.given {
      $0.tell(.plug(1))
      $0.pass(9)
    }
    #expect(told(story) == [.available])
    story.given { $0.pass(1) }
    #expect(told(story) == [.available, .preparing])
  }

  @Test("a status that nobody answered on a dying connection is told on the next")
  func halfOpen() {
    let story = Story(.cables(1))
    story.given {
      $0.central.isSilent = true
      $0.tell(.plug(1))
      $0.pass(400)
      $0.central.isSilent = false
      $0.connect()
      $0.pass(61)
    }
    let known = story.station.authority?.told.first { $0.flatNumber == 1 }
    #expect(known?.reported.status == .preparing)
  }

  @Test("a new registration tells everything anew")
  func registration() {
    let story = Story(.cables(1))
    story.given {
      $0.killed()
      $0.connect()
    }
    #expect(told(story) == [.available, .available])
  }

  @Test("waiting statuses are bounded, and the newest is always among them")
  func bounded() {
    let story = Story(.cables(1))
    story.central.ignored = [.status]
    story.given {
      for _ in 0..<20 {
        $0.tell(.plug(1))
        $0.tell(.unplug(1))
      }
      $0.tell(.plug(1))
    }
    let all: [PendingStatus] = story.station.authority?.statuses ?? []
    let waiting = all.filter { $0.flatNumber == 1 }
    #expect(waiting.count == Limits.pendingStatusesPerConnector)
    #expect(waiting.last?.reported.status == .preparing)
  }
}
