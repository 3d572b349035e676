import ChargePiES

/// Drivers that answer commands at once.
struct BoardStub {
  enum Lock { case obeys, failsToLock, failsToUnlock, mute }
  enum Contacts { case obey, stuckOpen, welded, mute }

  var lock = Lock.obeys
  var contacts = Contacts.obey
  /// Each EVSE's meter counter, in milliwatt-hours.
  var counters: [UInt32: Int64] = [:]
  /// What the car at each EVSE draws while it may, in milliwatts.
  var cars: [UInt32: Int64] = [:]
  var metersLive = true

  /// What the hardware tells after a command.
  func react(to decision: Decision) -> Observation? {
    switch decision {
    case .lockCommanded(let command): return react(command)
    case .contactorCommanded(let command):
      switch contacts {
      case .obey: return .contacts(command.evse, closed: command.isClosed)
      case .stuckOpen: return .contacts(command.evse, closed: false)
      case .welded: return .contacts(command.evse, closed: true)
      case .mute: return nil
      }
    default: return nil  // Nothing else moves hardware.
    }
  }

  private func react(_ command: LockCommanded) -> Observation? {
    let fails: Bool
    switch lock {
    case .mute: return nil
    case .obeys: fails = false
    case .failsToLock: fails = command.isLocked
    case .failsToUnlock: fails = !command.isLocked
    }
    return .lockSensed(
      LockSensed {
        $0.evse = command.evse
        $0.connector = command.connector
        $0.isLocked = command.isLocked != fails
        $0.hasFailed = fails
      })
  }
}

/// A central system that answers at once.
struct CentralStub {
  var isSilent = false
  /// Kinds of calls that get an error.
  var refused: [MessageClass] = []
  /// Kinds of calls that get no answer.
  var ignored: [MessageClass] = []
  var registration = Registration.accepted
  var intervalSeconds: Int64 = 0
  /// What it says of cards; others are accepted.
  var cards: [UInt64: TokenInfo] = [:]
  /// What it says of cards once a session has started; like `cards` where nothing else is said.
  var startedCards: [UInt64: TokenInfo] = [:]
  /// Its own names of sessions: `tx-1` and so on.
  var references = 0
  /// Its time when the board's clock stands at zero; 0 for a central system that tells none.
  var epochNanoseconds: Int64 = 0

  mutating func answer(_ open: OpenCall, token: UInt64, moment: Int64) -> Observation? {
    guard !isSilent, !ignored.contains(open.kind) else { return nil }
    var answer = AnswerReceived {
      $0.upstream = 1
      $0.kind = open.kind
      $0.source = open.source
      $0.messageId = open.messageId
    }
    if refused.contains(open.kind) {
      answer.errorCode = "InternalError"
      return .answerReceived(answer)
    }
    let info = cards[token] ?? .accepted
    switch open.kind {
    case .registration:
      answer.registration = registration
      answer.intervalSeconds = intervalSeconds
      if epochNanoseconds > 0 { answer.wallNanoseconds = epochNanoseconds + moment }
    case .authorization: answer.token = info
    case .transaction where open.role == .start:
      references += 1
      answer.reference = "tx-\(references)"
      answer.token = startedCards[token] ?? info
    case .transaction, .status, .heartbeat, .notification, .unspecified: break
    }
    return .answerReceived(answer)
  }
}

extension TokenInfo {
  static var accepted: TokenInfo { TokenInfo { $0.status = .accepted } }
  static func accepted(group: UInt64, expires: Int64 = 0) -> TokenInfo {
    TokenInfo {
      $0.status = .accepted
      $0.group = group
      $0.expiresNanoseconds = expires
    }
  }
  static func refused(_ status: AuthorizationStatus) -> TokenInfo {
    TokenInfo { $0.status = status }
  }
}
