/// Something that stops every energy transfer while it is active.
public enum SafetyKind: Hashable, Sendable, CaseIterable {
  case emergencyStop
  case door
  case residualCurrent
}

/// What the guard reads, by name.
public enum GuardInput: Hashable, Sendable {
  /// The station's (`evse` 0) or one EVSE's.
  case safety(SafetyKind, evse: UInt32)
  case feedback(evse: UInt32)
  case plug(evse: UInt32, connector: UInt32)
  case lock(evse: UInt32, connector: UInt32)
}

/// How contacts betrayed themselves.
public enum ContactEvidence: Hashable, Sendable {
  case feedback
  /// The voltage behind the contacts.
  case loadMillivolts(Int64)
  /// What flowed through them.
  case load(milliamperes: Int64, milliwatts: Int64)
}

/// Why the guard opened a contactor without being asked.
public enum TripReason: Hashable, Sendable {
  case safety(SafetyKind)
  /// A safety input cannot be read any more: that is as bad as active.
  case safetyUnreadable(SafetyKind)
  case overCurrent(milliamperes: Int64, limitMilliamperes: Int64)
  case meterSilent(nanoseconds: Int64)
  /// The loop gave no sign of life for so long.
  case loopSilent(nanoseconds: Int64)
  /// The contacts never closed.
  case failedToClose(ContactEvidence)
  /// The contacts were closed and fell open: a coil without its voltage.
  case fellOpen
  /// The relay's line could not be driven.
  case relayFailed(BusError)
}

/// What the guard has found: the content of observations, in its own words.
public enum GuardReport: Hashable, Sendable {
  /// Where the contacts are: by feedback input, otherwise by what was proven or commanded.
  case contactor(evse: UInt32, isClosed: Bool)
  /// It was told to close and may not yet.
  case closureDeferred(evse: UInt32, untilNanoseconds: Int64)
  /// It opened by itself. It closes again when it was told to open, and the reason is over.
  case tripped(evse: UInt32, TripReason)
  /// The reason is over, and the loop knows of it: it may close when it is told to.
  case tripEnded(evse: UInt32, TripReason)
  /// Closed contacts behind an open relay; it stays so until somebody resets it.
  case welded(evse: UInt32, isWelded: Bool, ContactEvidence)
  /// A relay's line cannot be driven, or (nil) can be again.
  case relay(evse: UInt32, BusError?)
  case safety(SafetyKind, evse: UInt32, isActive: Bool)
  case cable(evse: UInt32, connector: UInt32, isIn: Bool)
  /// A lock has arrived, or has not.
  case lock(evse: UInt32, connector: UInt32, isLocked: Bool, hasFailed: Bool)
  /// An input cannot be read, or (nil) can be again.
  case input(GuardInput, BusError?)

  /// What this is the level of: a later report of it makes an earlier one worthless. Nil for what
  /// has happened, and stays so.
  var level: Level? {
    switch self {
    case .contactor(let evse, _): return .contactor(evse)
    case .closureDeferred(let evse, _): return .deferral(evse)
    case .relay(let evse, _): return .relay(evse)
    case .safety(let kind, let evse, _): return .input(.safety(kind, evse: evse))
    case .cable(let evse, let connector, _): return .input(.plug(evse: evse, connector: connector))
    case .lock(let evse, let connector, _, _):
      return .input(.lock(evse: evse, connector: connector))
    case .input(let input, _): return .reading(input)
    case .tripped, .tripEnded, .welded: return nil
    }
  }

  enum Level: Hashable {
    case contactor(UInt32)
    case deferral(UInt32)
    case relay(UInt32)
    case input(GuardInput)
    case reading(GuardInput)
  }
}
