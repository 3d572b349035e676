import Drivers

/// What `chargepi hw test` tries.
enum TestedPart: String, CaseIterable {
  case relay
  case meter
  case reader
  case lcd
  case led
}

/// `chargepi hw test PART [NAME]`: one part alone, with people watching.
struct HardwareTest {
  let access: HardwareAccess
  /// A connector (`1.1`) or a reader (`1`); nil for the only one.
  let name: String?
  /// `--yes`: what must be agreed to is.
  let isAgreed: Bool

  func run(_ part: TestedPart) throws(CommandFailure) {
    switch part {
    case .relay: try testRelay()
    case .meter: try testMeter()
    case .reader: try testReader()
    case .lcd: try testDisplay()
    case .led: try testLamps()
    }
  }
}
