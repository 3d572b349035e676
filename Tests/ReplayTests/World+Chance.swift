import ChargePiES
import Drivers
import Journal
import Projections

extension World {
  /// So many turns of whatever may happen to a station.
  func live(turns count: Int) throws {
    let end = turns + count
    while turns < end {
      try act()
      try settle()
      try pass(milliseconds: Int64(random.below(1_500)))
    }
  }

  private func act() throws {
    let evse = UInt32(1 + random.below(3))
    switch random.below(22) {
    case 0, 1, 2:
      try? board.plug(evse: evse, connector: 1, car: nil, nowNanoseconds: moment)
    case 3:
      try? board.unplug(
        evse: evse, connector: 1, carSideOnly: random.isOnce(in: 2), nowNanoseconds: moment)
    case 4, 5, 6: try swipe(evse)
    case 7:
      let demand: CarDemand = random.isOnce(in: 2) ? .suspend : .charge
      try? board.demand(evse: evse, demand, nowNanoseconds: moment)
    case 8: try? board.setLock(evse: 1, [.ok, .ok, .failLock, .failUnlock][random.below(4)])
    case 9: try breakContactor(evse)
    case 10: try fault(evse)
    case 11, 12, 13: try receive(call())
    case 14: try receive(["[3,\"x\",{}]", "nonsense", "[2,\"y\",\"Foo\",{}]"][random.below(3)])
    case 15: if connection != 0 { try lose() }
    case 16: try clock()
    case 17: try rarely()
    default: try pass(milliseconds: Int64(random.below(4_000)))
    }
  }

  private func swipe(_ evse: UInt32) throws {
    let token = try names.intern("CARD\(random.below(4))").canonical
    try observe(
      .cardRead(
        CardRead {
          $0.token = token
          $0.evses = random.isOnce(in: 2) ? [] : [evse]
        }))
  }

  private func breakContactor(_ evse: UInt32) throws {
    let modes: [ContactorMode] = [.ok, .ok, .ok, .welded, .stuckOpen]
    try? board.setContactor(evse: evse, modes[random.below(5)], nowNanoseconds: moment)
  }

  private func fault(_ evse: UInt32) throws {
    try observe(
      .faultSensed(
        FaultSensed {
          $0.evse = evse
          $0.code = random.isOnce(in: 2) ? .groundFailure : .weakSignal
          $0.isActive = random.isOnce(in: 3)
        }))
  }

  private func clock() throws {
    try observe(
      .clockRead(
        ClockRead {
          $0.wallNanoseconds = wall + Int64(random.below(10_000)) * 1_000_000
          $0.quality = [.unknown, .setByHand, .ntp][random.below(3)]
        }))
  }

  /// What happens to a process rather than to a station.
  private func rarely() throws {
    switch random.below(6) {
    case 0: try restart(newBoot: random.isOnce(in: 2))
    case 1:
      try observe(.stopping(Stopping()))
      try publish()
      try restart()
    case 2: try checkpoint()
    case 3:
      let session = mind.station.upstreams.first?.parked.first?.session ?? SessionID()
      try observe(
        .operatorAsked(
          OperatorAsked {
            $0.wish = random.isOnce(in: 3) ? .releaseParked : .retryParked
            $0.upstream = 1
            $0.session = session
          }))
    default: break
    }
  }

  /// A checkpoint as the engine writes it, but now: a process that starts finds it.
  private func checkpoint() throws {
    try publish()
    let event = Event(
      number: mind.station.position + 1, stamp: mind.station.now,
      body: .checkpoint(
        Checkpoint {
          $0.stateVersion = Station.stateVersion
          $0.state = Bytes(RecordEncoder.encode(mind.station))
          $0.chainHash = Bytes(store.chainHash)
        }))
    try store.inner.commit([event])
    try restart()
  }

  private func call() -> String {
    let id = "c\(turns)-\(random.below(1_000_000))"
    let evse = random.below(5)
    let calls = [
      #""ChangeAvailability",{"connectorId":\#(evse),"type":"Inoperative"}"#,
      #""ChangeAvailability",{"connectorId":\#(evse),"type":"Operative"}"#,
      #""ChangeAvailability",{"connectorId":0,"type":"Operative"}"#,
      #""ChangeConfiguration",{"key":"MeterValueSampleInterval","value":"\#(random.below(9))"}"#,
      #""ChangeConfiguration",{"key":"LocalPreAuthorize","value":"true"}"#,
      #""ClearCache",{}"#, #""GetConfiguration",{}"#,
      #""RemoteStartTransaction",{"connectorId":\#(evse),"idTag":"CARD1"}"#,
      #""RemoteStopTransaction",{"transactionId":\#(transactions)}"#,
      #""UnlockConnector",{"connectorId":\#(evse)}"#, #""Reset",{"type":"Soft"}"#,
      #""DataTransfer",{"vendorId":"x"}"#,
    ]
    return "[2,\"\(id)\",\(calls[random.below(calls.count)])]"
  }
}
