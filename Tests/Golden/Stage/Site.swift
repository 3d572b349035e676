import ChargePiES

/// How a station is built and configured in a story: what its `Started` records say.
struct Site: Sendable {
  var identity = Identity {
    $0.id = "CP-GOLDEN"
    $0.vendor = "ChargePi"
    $0.model = "Golden"
    $0.serial = "G-0001"
    $0.ocppVersion = "1.6"
  }
  var evses: [EVSELayout]
  var policy = Policy {
    $0.reconnectMinimumSeconds = 2
    $0.reconnectRandomSeconds = 3
    $0.reconnectMaximumSeconds = 3_600
    $0.minimumPowerMilliwatts = 100_000
    $0.hasUpstream = true
    $0.resumesAfterPowerLoss = true
  }
  /// Settings from files.
  var settings: [(Variable, String)] = []

  /// A socket with a lock.
  static let socket = Site(evses: [evse(1, [connector(1, 1, hasLock: true)])])

  /// A socket with a lock; one EVSE with a fixed cable and a socket, three phases; an outlet
  /// without a plug sensor.
  static let forecourt = Site(evses: [
    evse(1, [connector(1, 1, hasLock: true)]),
    evse(2, [connector(1, 2, phases: 3), connector(2, 3, hasLock: true, phases: 3)]),
    evse(3, [connector(1, 4, hasPlugSense: false, milliamperes: 16_000)]),
  ])

  static func evse(_ id: UInt32, _ connectors: [ConnectorLayout]) -> EVSELayout {
    EVSELayout {
      $0.id = id
      $0.connectors = connectors
    }
  }

  static func connector(
    _ id: UInt32, _ flatNumber: UInt32, hasLock: Bool = false, hasPlugSense: Bool = true,
    milliamperes: Int64 = 32_000, phases: UInt32 = 1
  ) -> ConnectorLayout {
    ConnectorLayout {
      $0.id = id
      $0.flatNumber = flatNumber
      $0.hasLock = hasLock
      $0.hasPlugSense = hasPlugSense
      $0.maximumMilliamperes = milliamperes
      $0.phases = phases
      // Volts by amperes by phases, and a half more.
      $0.plausibleMilliwatts = milliamperes * 230 * Int64(phases) * 3 / 2
    }
  }

  /// The first record of a process's life.
  func started(boot: UInt64, nonce: UInt64) -> Started {
    Started {
      $0.version = Self.version
      $0.bootIdHigh = 0xB007_0000_0000_0000 + boot
      $0.bootIdLow = 0x1D00_0000_0000_0000 + boot
      $0.nonce = nonce
      $0.identity = identity
      $0.evses = evses
      $0.settings = settings.map(Self.setting)
      $0.policy = policy
      $0.fingerprint = Bytes((0..<32).map { UInt8(truncatingIfNeeded: $0 * 7 + settings.count) })
      $0.defaults = Variable.allCases.filter { $0 != .unspecified }.map {
        Self.setting(($0, $0.definition.initial))
      }
    }
  }

  /// The program's version in every story.
  static let version = "0.1.0"

  private static func setting(_ pair: (Variable, String)) -> FileSetting {
    FileSetting {
      $0.variable = pair.0
      $0.value = pair.1
    }
  }
}
