/// Something that happens to a station from outside, at a moment that the story names.
///
/// Everything that a seed decides beyond the answers' small change is a list of these, so a failing
/// story is made shorter by leaving some out, and told by printing what is left.
package struct Disturbance: Hashable, Sendable {
  /// When, milliseconds of the life.
  package var at: Int64
  /// What.
  package var kind: Kind
  /// Where, when it is about an EVSE; from 1.
  package var evse: UInt32
  /// How much, or for how many seconds, or who: as the kind says.
  package var amount: Int64

  /// A disturbance.
  package init(_ at: Int64, _ kind: Kind, evse: UInt32 = 0, _ amount: Int64 = 0) {
    self.at = at
    self.kind = kind
    self.evse = evse
    self.amount = amount
  }

  /// Every kind; `amount` is in brackets.
  package enum Kind: Int, CaseIterable, Sendable {
    // People.
    /// A car comes to an EVSE [what it needs, in watt-hours].
    case plug
    /// A card is shown at an EVSE [its number].
    case card
    /// A card is shown at a reader for all EVSEs [its number].
    case cardAnywhere
    /// The cable is pulled at both ends, where nothing holds it.
    case unplug
    /// The cable is pulled at the car.
    case pullCarSide
    /// The same card again and again, and the plug in and out [the card's number].
    case restless
    /// The car pauses [seconds].
    case carPauses

    // Hardware.
    case contactorWelded  // [seconds]
    case contactorStuck  // [seconds]
    case meterSilent  // [seconds]
    case meterReset
    case meterJump
    case lockFails  // [seconds]
    case unlockFails  // [seconds]
    case sensedFault  // [seconds]
    case overCurrent  // [seconds]
    case driverTrip  // [seconds]
    case emergencyStop  // [seconds]

    // The board and its process.
    case powerCut  // [seconds without power]
    case kill  // [seconds until it runs again]
    case stopAsked  // [seconds until it runs again]
    case stall  // [milliseconds]
    case fileEdited  // [which edit]

    // Clocks.
    case clockSynchronised
    case clockLost
    case clockStepped  // [milliseconds]
    case clockSetByHand  // [milliseconds off]

    // The disk.
    case commitFails
    case commitFailsAfterwards
    case commitCutLost
    case commitCutTorn
    case commitCutKept
    case diskFilling  // [seconds]
    case diskFull  // [seconds]

    // The network.
    case linkLost
    case halfOpen  // [seconds until somebody notices]
    case unreachable  // [seconds]
    /// No network for long, and power that comes and goes meanwhile [seconds].
    case blackout
    case slowNetwork  // [seconds]

    // The central system's moods [seconds].
    case slowAnswers
    case silent
    case errors
    case lateAnswers
    case duplicateAnswers
    case staleAnswers
    case badAnswers
    case refusals
    case pending
    case rejected
    case reusedTransactions
    case refusesReadings
    case wrongTime
    case closes

    // What it asks.
    case remoteStart
    case remoteStop
    case remoteStopWrong
    case resetSoft
    case resetHard
    case unlock
    case inoperative
    case operative
    case setting
    case reportSettings
    case clearCache
    case unsupported
    case dataTransfer
    case repeatedCall
    case brokenFrame

    // Operators.
    case operatorDown  // [seconds]
    case retryParked
    case releaseParked
    /// Everything is repaired, people go home, and the books are checked [seconds of quiet].
    case quiet
  }
}

extension Disturbance.Kind {
  /// Whether a process may end by it, with readings that are not durable.
  var endsProcesses: Bool {
    switch self {
    case .powerCut, .blackout, .kill, .commitFails, .commitFailsAfterwards, .commitCutLost,
      .commitCutTorn,
      .commitCutKept, .diskFull:
      true
    default: false
    }
  }
}
