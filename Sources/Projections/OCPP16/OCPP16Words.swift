import ChargePiES

extension ConnectorStatus {
  /// OCPP 1.6 §7.6.
  var ocpp16: OCPP16.ChargePointStatus {
    switch self {
    case .available, .unspecified: .available
    case .preparing: .preparing
    case .charging: .charging
    case .suspendedEV: .suspendedEV
    case .suspendedEVSE: .suspendedEVSE
    case .finishing: .finishing
    case .reserved: .reserved
    case .unavailable: .unavailable
    case .faulted: .faulted
    }
  }
}

extension FaultCode {
  /// OCPP 1.6 §7.5.
  var ocpp16: OCPP16.ChargePointErrorCode {
    switch self {
    case .none: .noError
    case .connectorLockFailure: .connectorLockFailure
    case .evCommunicationError: .evCommunicationError
    case .groundFailure: .groundFailure
    case .highTemperature: .highTemperature
    case .internalError: .internalError
    case .localListConflict: .localListConflict
    case .otherError: .otherError
    case .overCurrentFailure: .overCurrentFailure
    case .overVoltage: .overVoltage
    case .powerMeterFailure: .powerMeterFailure
    case .powerSwitchFailure: .powerSwitchFailure
    case .readerFailure: .readerFailure
    case .resetFailure: .resetFailure
    case .underVoltage: .underVoltage
    case .weakSignal: .weakSignal
    case .accessoryFailure: .otherError
    }
  }
}

extension EndReason {
  /// OCPP 1.6 §7.36; what it has no word for is `Other`. An outlet whose car stays below the
  /// smallest power has lost its car, as far as it can know.
  var ocpp16: OCPP16.Reason {
    switch self {
    case .local: .local
    case .remote: .remote
    case .evDisconnected, .belowMinimumPower: .evDisconnected
    case .powerLoss: .powerLoss
    case .reboot: .reboot
    case .softReset: .softReset
    case .hardReset: .hardReset
    case .deauthorized: .deAuthorized
    case .unlockCommand: .unlockCommand
    case .emergencyStop: .emergencyStop
    case .unspecified, .timeLimit, .fault, .cancelled: .other
    }
  }
}

extension SampleContext {
  /// OCPP 1.6 §7.33.
  var ocpp16: OCPP16.ReadingContext {
    switch self {
    case .periodic: .samplePeriodic
    case .clock: .sampleClock
    case .transactionBegin: .transactionBegin
    case .transactionEnd: .transactionEnd
    case .interruptionBegin: .interruptionBegin
    case .interruptionEnd: .interruptionEnd
    case .trigger: .trigger
    case .unspecified: .other
    }
  }
}

extension OCPP16.AuthorizationStatus {
  /// The station's word for it.
  var neutral: AuthorizationStatus {
    switch self {
    case .accepted: .accepted
    case .blocked: .blocked
    case .expired: .expired
    case .invalid: .invalid
    case .concurrentTx: .concurrentTransaction
    }
  }
}
