import Testing

@testable import ChargePiES

@Suite("Contactors, locks and meters")
struct EquipmentTests {
  @Test("a lock that fails to lock faults the connector, and nothing charges")
  func lockFails() {
    let story = Story(.sockets(1))
    story.given { $0.tell(.plug(1)) }
    story.board.lock = .failsToLock
    story.when(.card(7))
    let decisions = story.claimAll()
    let isClosed = decisions.contains {
      if case .contactorCommanded(let it) = $0 { it.isClosed } else { false }
    }
    #expect(!isClosed)
    #expect(story.receipts.map(\.reason) == [.cancelled])
    #expect(story.receipts.last?.wasPermitted == false)
    let told = decisions.compactMap {
      if case .statusChanged(let it) = $0 { it.code } else { nil }
    }
    #expect(told.contains(.connectorLockFailure))
  }

  @Test("a lock that failed to lock is let go, and stays a fault until the cable is out")
  func failedLockIsReleased() {
    let story = Story(.sockets(1))
    story.given { $0.tell(.plug(1)) }
    story.board.lock = .failsToLock
    story.when(.card(7))
    let decisions = story.claimAll()
    #expect(Claim.lock(1, locked: false).isIn(decisions))
    #expect(story.station.outputs.evses[0].locks.first?.isLocked == false)
    #expect(story.station.evse(1)?.faults.map(\.code) == [.connectorLockFailure])
    story.when(.unplug(1))
    story.then(.cleared(1, .connectorLockFailure, "ConnectorLock"), .status(1, .available))
  }

  @Test("a contactor that does not close is a fault after a second")
  func stuckOpen() {
    let story = Story(.cables(1))
    story.board.contacts = .stuckOpen
    story.given { $0.tell(.plug(1)) }
    story.given { $0.tell(.card(7)) }
    story.pass(1)
    let decisions = story.claimAll()
    #expect(Claim.faulted(1, .powerSwitchFailure, "ContactorStuckOpen").isIn(decisions))
    #expect(story.receipts.map(\.reason) == [.fault])
  }

  @Test("a contactor that must rest first has its second from then on")
  func deferredClosing() {
    let story = Story(.cables(1))
    story.board.contacts = .mute
    story.given {
      $0.tell(.plug(1))
      $0.tell(.card(7))
    }
    let rested = story.moment + 10 * nanosecondsPerSecond
    story.given {
      $0.tell(
        .contactorSensed(
          ContactorSensed {
            $0.evse = 1
            $0.deferredUntilNanoseconds = rested
          }))
      $0.pass(10)
    }
    #expect(story.station.evses[0].isClosed && story.station.evses[0].faults == [])
    story.given { $0.pass(1) }
    #expect(story.station.evses[0].faults.map(\.vendorCode) == ["ContactorStuckOpen"])
  }

  @Test("a contactor that does not open is a fault after a second, until it opens")
  func welded() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.board.contacts = .welded
    story.when(.card(7))
    story.then(.contactor(1, closed: false), .ended(1, .local), .status(1, .finishing))
    story.pass(1)
    story.then(.faulted(1, .powerSwitchFailure, "ContactorWelded"), .status(1, .faulted))
    story.when(.contacts(1, closed: false))
    story.then(.cleared(1, .powerSwitchFailure, "ContactorWelded"), .status(1, .finishing))
  }

  @Test("a feedback within a second is no fault")
  func slowContacts() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.board.contacts = .mute
    story.given { $0.tell(.card(7)) }
    story.pass(nanoseconds: nanosecondsPerSecond - 1)
    story.when(.contacts(1, closed: false))
    story.pass(10)
    story.then()
  }

  @Test("three readings of power through an open contactor are a welded contact")
  func leaks() {
    let story = Story(.cables(1))
    story.when(
      .meter(1, counter: 0, power: 50_001), .meter(1, counter: 0, power: 50_001),
      .meter(1, counter: 0, power: 50_000), .meter(1, counter: 0, power: 50_001),
      .meter(1, counter: 0, power: 50_001))
    story.then()
    story.when(.meter(1, counter: 0, power: 50_001))
    story.then(.faulted(1, .powerSwitchFailure, "ContactorWelded"), .status(1, .faulted))
  }

  @Test("a meter that is silent for five seconds opens the contactor, until it speaks")
  func silentMeter() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.board.metersLive = false
    story.pass(nanoseconds: 5 * nanosecondsPerSecond - 1)
    story.then()
    story.pass(nanoseconds: 1)
    story.then(
      .faulted(1, .powerMeterFailure, "SilentMeter"), .contactor(1, closed: false),
      .ended(1, .fault), .status(1, .faulted))
    story.when(.meter(1, counter: story.board.counters[1] ?? 0))
    story.then(.cleared(1, .powerMeterFailure, "SilentMeter"), .status(1, .finishing))
  }

  @Test("a silent meter does not matter while nothing charges")
  func silentWhileIdle() {
    let story = Story(.cables(1))
    story.board.metersLive = false
    story.pass(200)
    story.then()
  }

  @Test(
    "a current above the limit opens after ten seconds, far above after two",
    arguments: [(17_600, nil), (17_601, 10), (20_000, 10), (20_001, 2)] as [(Int64, Int64?)])
  func overCurrent(_ milliamperes: Int64, _ seconds: Int64?) {
    let story = Story(.cables(1))
    story.givenCharging()
    story.board.metersLive = false
    var opened: Int64?
    story.given {
      for second in 0..<15 as Range<Int64> where opened == nil {
        let counter = $0.board.counters[1] ?? 0
        $0.tell(.meter(1, counter: counter, power: 2_300_000, current: milliamperes))
        if !$0.station.evses[0].isClosed { opened = second }
        $0.pass(1)
      }
    }
    #expect(opened == seconds.map { $0 })
    #expect(story.receipts.map(\.reason) == (seconds == nil ? [] : [.fault]))
  }

  @Test("after an over-current the connector rests for 30 seconds")
  func overCurrentRest() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.given {
      let counter = $0.board.counters[1] ?? 0
      $0.board.metersLive = false
      $0.tell(.meter(1, counter: counter, power: 2_300_000, current: 30_000))
      $0.pass(2)
      $0.tell(.meter(1, counter: counter))
    }
    #expect(story.station.evses[0].faults.map(\.code) == [.overCurrentFailure])
    story.pass(29)
    story.then()
    story.pass(1)
    story.then(.cleared(1, .overCurrentFailure, "OverCurrent"), .status(1, .finishing))
  }

  @Test("how long too much was drawn is counted within a process, not from an earlier one")
  func overCurrentOverRestart() {
    let story = Story(World.cables(1).with { $0.resumesAfterPowerLoss = true })
    story.givenCharging()
    story.given {
      let counter = $0.board.counters[1] ?? 0
      $0.board.metersLive = false
      $0.tell(.meter(1, counter: counter, power: 2_300_000, current: 30_000))
      $0.pass(1)
      $0.killed(isReady: false)
      $0.moment += 5 * nanosecondsPerSecond
      $0.tell(.meter(1, counter: counter, power: 2_300_000, current: 30_000))
      $0.tell(.ready)
    }
    #expect(story.station.evses[0].isClosed && story.station.evses[0].faults == [])
    story.given { $0.pass(2) }
    #expect(story.station.evses[0].faults.map(\.code) == [.overCurrentFailure])
  }

  @Test("a driver that trips ends the session")
  func trip() {
    let story = Story(.cables(1))
    story.givenCharging()
    story.when(
      .tripReported(
        TripReported {
          $0.evse = 1
          $0.code = .groundFailure
        }))
    story.then(
      .faulted(1, .groundFailure, "Trip"), .contactor(1, closed: false), .ended(1, .fault),
      .status(1, .faulted))
  }

  @Test("a restart takes back a contactor that did not close, and not one that is welded")
  func restartAfterRepair() {
    let story = Story(.cables(2))
    story.given {
      $0.tell(
        .tripReported(
          TripReported {
            $0.evse = 1
            $0.code = .powerSwitchFailure
          }))
      $0.tell(.fault(2, .powerSwitchFailure, "ContactorWelded"))
    }
    story.given { $0.killed(isReady: false) }
    #expect(story.station.evse(1)?.faults == [])
    #expect(story.station.evse(2)?.faults.map(\.vendorCode) == ["ContactorWelded"])
    story.when(.contacts(2, closed: false))
    story.then(.cleared(2, .powerSwitchFailure, "ContactorWelded"))
  }
}

extension Claim {
  /// Whether any decision meets the claim.
  func isIn(_ decisions: [Decision]) -> Bool { decisions.contains(where: matches) }
}
