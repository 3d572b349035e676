import ChargePiES

@testable import Projections

/// Stations in every situation that the display has words for.
enum Scene: CaseIterable {
  case available, availableByCard, cardPlease, checkingCard, plugPlease, carPlease, gettingReady
  case starting, charging, pausedByCar, pausedByStation, refused, finishing, unavailable, faulted
  case reserved

  /// Nanoseconds of the boot at which the scenes play: 12 minutes and some after the session began.
  static let now: Int64 = 1_000 * nanosecondsPerSecond
  static let began: Int64 = now - 750 * nanosecondsPerSecond

  /// The EVSE in this situation; `reserved` is known to the display only, no state has it yet.
  func evse(_ id: UInt32 = 1, milliwattHours: Int64 = 74_125_999, milliwatts: Int64 = 7_360_000)
    -> EVSE
  {
    var evse = EVSE { $0.id = id }
    evse.connectors = [
      Connector {
        $0.layout.id = 1
        $0.layout.flatNumber = id
        $0.layout.hasPlugSense = self != .availableByCard
        $0.cable = cable
        $0.isFinishing = self == .finishing
        $0.isInoperative = self == .unavailable
      }
    ]
    evse.meter.reading.registerMilliwattHours = 1_000_000 + milliwattHours
    evse.meter.reading.powerMilliwatts = milliwatts
    evse.session = session(id)
    if self == .faulted { evse.faults = [Fault { $0.code = .groundFailure }] }
    return evse
  }

  private var cable: CableState {
    switch self {
    case .available, .availableByCard, .plugPlease, .unavailable, .faulted, .reserved: .out
    case .carPlease: .socketOnly
    case .cardPlease, .checkingCard, .gettingReady, .starting, .charging, .pausedByCar,
      .pausedByStation, .refused, .finishing:
      .connected
    }
  }

  private func session(_ id: UInt32) -> Session? {
    var session = Session {
      $0.id = SessionID { $0.low = UInt64(id) }
      $0.connector = 1
      $0.beganAt.monotonicNanoseconds = Scene.began
      $0.countedFromNanoseconds = Scene.began
      $0.token = 5
      $0.permittedEvent = 7
      $0.startRegisterMilliwattHours = 1_000_000
    }
    switch self {
    case .available, .availableByCard, .finishing, .unavailable, .faulted, .reserved: return nil
    case .cardPlease, .checkingCard:
      session.token = 0
      session.permittedEvent = 0
    case .plugPlease, .carPlease, .gettingReady: session.permittedEvent = 0
    case .starting: session.flow = .none
    case .charging: session.flow = .charging
    case .pausedByCar: session.flow = .suspendedEV
    case .pausedByStation: session.flow = .suspendedEVSE
    case .refused:
      session.flow = .suspendedEVSE
      session.isDeauthorized = true
    }
    return session
  }

  /// A station with these scenes at its EVSEs.
  static func station(_ scenes: [Scene], isOffline: Bool = false) -> Station {
    var station = Station()
    station.process.isReady = true
    station.policy.hasUpstream = true
    station.upstreams = [
      Upstream {
        $0.connection = isOffline ? 0 : 1
        $0.registration = .accepted
      }
    ]
    for (index, scene) in scenes.enumerated() {
      let evse = scene.evse(UInt32(index + 1))
      station.evses.append(evse)
      guard scene == .checkingCard, let session = evse.session else { continue }
      station.authorizations.append(PendingAuthorization { $0.session = session.id })
    }
    return station
  }
}

/// A generator with a seed (SplitMix64), so that what failed can be run again.
struct SceneChance {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  mutating func scene() -> Scene { Scene.allCases[below(Scene.allCases.count)] }
}
