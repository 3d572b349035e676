import ChargePiES

/// What a station is built from and configured with.
struct World {
  var evses: [EVSELayout] = []
  var settings: [FileSetting] = []
  var policy = Policy {
    $0.reconnectMinimumSeconds = 2
    $0.reconnectRandomSeconds = 10
    $0.reconnectMaximumSeconds = 300
    $0.minimumPowerMilliwatts = 20_000
    $0.hasUpstream = true
  }

  /// EVSEs with one lockable socket each, which senses its plug.
  static func sockets(_ count: UInt32) -> World { made(count, lock: true, sense: true) }
  /// EVSEs with one fixed cable each.
  static func cables(_ count: UInt32) -> World { made(count, lock: false, sense: true) }
  /// EVSEs with one household outlet each: no lock, no plug sense.
  static func outlets(_ count: UInt32) -> World { made(count, lock: false, sense: false) }

  private static func made(_ count: UInt32, lock: Bool, sense: Bool) -> World {
    var world = World()
    for id in 1...count { world.add(id, [(lock, sense)]) }
    return world
  }

  /// Adds an EVSE with connectors.
  mutating func add(_ id: UInt32, _ connectors: [(lock: Bool, sense: Bool)]) {
    let before = evses.reduce(0) { $0 + $1.connectors.count }
    evses.append(
      EVSELayout {
        $0.id = id
        $0.connectors = connectors.enumerated().map { index, kind in
          ConnectorLayout {
            $0.id = UInt32(index + 1)
            $0.flatNumber = UInt32(before + index + 1)
            $0.hasLock = kind.lock
            $0.hasPlugSense = kind.sense
            $0.maximumMilliamperes = 16_000
            $0.plausibleMilliwatts = 8_000_000
          }
        }
      })
  }

  /// The same with a setting from a file.
  func with(_ variable: Variable, _ value: String) -> World {
    var world = self
    world.settings.removeAll { $0.variable == variable }
    world.settings.append(
      FileSetting {
        $0.variable = variable
        $0.value = value
      })
    return world
  }

  /// The same with another policy.
  func with(_ change: (inout Policy) -> Void) -> World {
    var world = self
    change(&world.policy)
    return world
  }

  /// The start of a process on a boot.
  func started(nonce: UInt64, bootId: UInt64) -> Observation {
    .started(
      Started {
        $0.version = "test"
        $0.nonce = nonce
        $0.bootIdHigh = bootId
        $0.bootIdLow = bootId
        $0.evses = evses
        $0.settings = settings
        $0.policy = policy
      })
  }
}
