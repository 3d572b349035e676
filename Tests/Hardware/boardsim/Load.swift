/// How a contactor's contacts follow its coil.
enum ContactState: String, CaseIterable {
  case follows
  case welded
  case stuckOpen = "stuck-open"
}

/// The mains, a contactor and a car behind it, with an account of the energy of its own: what the
/// meter's model counts is compared with this.
struct Load {
  var millivolts: Int64 = 230_000 { willSet { book() } }
  /// What the car draws while the contactor is closed.
  var demandMilliamperes: Int64 = 0 { willSet { book() } }
  var contacts = ContactState.follows { willSet { book() } }
  var isCoilOn = false { willSet { book() } }

  /// Energy since the start, in nanojoules.
  private var nanojoules: Int64 = 0
  private var bookedAtMicroseconds = monotonicNanoseconds() / 1_000

  var isClosed: Bool {
    switch contacts {
    case .follows: isCoilOn
    case .welded: true
    case .stuckOpen: false
    }
  }

  var milliamperes: Int64 { isClosed ? demandMilliamperes : 0 }

  /// Energy until now, in milliwatt-seconds.
  var milliwattSeconds: Int64 {
    (nanojoules + unbooked(monotonicNanoseconds() / 1_000)) / 1_000_000
  }

  /// What has been drawn since the last change. Milliwatts times microseconds are nanojoules: 64
  /// bits hold a week of 22 kW.
  private func unbooked(_ nowMicroseconds: Int64) -> Int64 {
    millivolts * milliamperes / 1_000 * (nowMicroseconds - bookedAtMicroseconds)
  }

  private mutating func book() {
    let now = monotonicNanoseconds() / 1_000
    nanojoules += unbooked(now)
    bookedAtMicroseconds = now
  }
}
