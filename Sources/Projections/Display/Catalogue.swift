import ChargePiES

/// Everything that the display says, in one language.
///
/// Another language is one file like `Catalogue+German.swift`, and its name in `all`. No text has a
/// default, so that the compiler tells what a language lacks; a test tells what does not fit. Write
/// the letters as they are: what a display does not have it draws, or shows as the nearest one.
public struct Catalogue: Hashable, Sendable {
  /// Every language, the default first.
  public static let all: [Catalogue] = [.english, .german, .slovenian]

  /// The language of an ISO 639-1 code; nil for one that there is no file of.
  public static func language(_ code: String) -> Catalogue? { all.first { $0.code == code } }

  /// The language, as ISO 639-1 has it.
  public let code: String
  /// Between whole numbers and decimals.
  let decimalSeparator: Character
  let titles: Titles
  let details: Details
  let faults: Faults

  /// First lines, at most 11 characters: a number of two digits and the offline mark follow.
  struct Titles: Hashable, Sendable {
    let available: String
    /// Somebody may charge, and the cable is missing.
    let accepted: String
    let connected: String
    let charging: String
    /// The car takes no energy.
    let pausedByCar: String
    /// The station gives no energy.
    let pausedByStation: String
    let finishing: String
    let faulted: String
    let unavailable: String
    let reserved: String
    /// A card that may not charge.
    let refused: String
  }

  /// Second lines, at most 16 characters.
  struct Details: Hashable, Sendable {
    let starting: String
    let plugIn: String
    /// The cable is in the socket, its other end hangs.
    let connectCar: String
    let showCard: String
    let checkingCard: String
    let wait: String
    let unplug: String
    let outOfService: String
    let forAnotherCard: String
    let offline: String
    let cardBlocked: String
    let cardExpired: String
    let cardUnknown: String
    /// The card is charging elsewhere.
    let cardBusy: String
  }

  /// What is broken, in plain words of at most 16 characters.
  struct Faults: Hashable, Sendable {
    let emergencyStop: String
    let connectorLock: String
    let carCommunication: String
    let ground: String
    let temperature: String
    let internalError: String
    let cardList: String
    let other: String
    let overCurrent: String
    let overVoltage: String
    let underVoltage: String
    let meter: String
    let contactor: String
    let reader: String
    let reset: String
    let signal: String
    /// The display or the lamps themselves.
    let accessory: String
  }
}

extension Catalogue: CustomStringConvertible {
  public var description: String { code }
}

extension Catalogue.Details {
  /// Why a card may not charge.
  func refusal(_ status: AuthorizationStatus) -> String {
    switch status {
    case .blocked: cardBlocked
    case .expired: cardExpired
    case .concurrentTransaction: cardBusy
    case .unknown, .accepted, .invalid: cardUnknown
    }
  }
}

extension Catalogue.Faults {
  /// The vendor code of the emergency stop: OCPP has no code of its own for it.
  static let emergencyStopWord = "EmergencyStop"

  /// What is broken.
  func text(_ fault: Fault) -> String {
    fault.vendorCode == Self.emergencyStopWord ? emergencyStop : text(fault.code)
  }

  private func text(_ code: FaultCode) -> String {
    switch code {
    case .connectorLockFailure: connectorLock
    case .evCommunicationError: carCommunication
    case .groundFailure: ground
    case .highTemperature: temperature
    case .internalError: internalError
    case .localListConflict: cardList
    case .none, .otherError: other
    case .overCurrentFailure: overCurrent
    case .overVoltage: overVoltage
    case .powerMeterFailure: meter
    case .powerSwitchFailure: contactor
    case .readerFailure: reader
    case .resetFailure: reset
    case .underVoltage: underVoltage
    case .weakSignal: signal
    case .accessoryFailure: accessory
    }
  }
}
