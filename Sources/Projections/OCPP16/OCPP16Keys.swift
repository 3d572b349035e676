import ChargePiES

/// The configuration keys of OCPP 1.6 §9.1: a view of the station's settings.
public enum OCPP16Keys {
  /// A key, the setting behind it, and the feature profile that it belongs to.
  static let table: [(key: String, variable: Variable, profile: String)] = [
    ("AllowOfflineTxForUnknownId", .allowOfflineTxForUnknownId, "Core"),
    ("AuthorizationCacheEnabled", .authorizationCacheEnabled, "Core"),
    ("AuthorizeRemoteTxRequests", .authorizeRemoteStart, "Core"),
    ("BlinkRepeat", .blinkRepeat, "Core"),
    ("ClockAlignedDataInterval", .clockAlignedInterval, "Core"),
    ("ConnectionTimeOut", .connectionTimeOut, "Core"),
    ("ConnectorPhaseRotation", .phaseRotation, "Core"),
    ("ConnectorPhaseRotationMaxLength", .phaseRotationLength, "Core"),
    ("GetConfigurationMaxKeys", .itemsPerGetVariables, "Core"),
    ("HeartbeatInterval", .heartbeatInterval, "Core"),
    ("LightIntensity", .lightIntensity, "Core"),
    ("LocalAuthorizeOffline", .localAuthorizeOffline, "Core"),
    ("LocalPreAuthorize", .localPreAuthorize, "Core"),
    ("MaxEnergyOnInvalidId", .maxEnergyOnInvalidId, "Core"),
    ("MeterValuesAlignedData", .alignedMeasurands, "Core"),
    ("MeterValuesAlignedDataMaxLength", .measurandListLength, "Core"),
    ("MeterValuesSampledData", .sampledMeasurands, "Core"),
    ("MeterValuesSampledDataMaxLength", .measurandListLength, "Core"),
    ("MeterValueSampleInterval", .sampledInterval, "Core"),
    ("MinimumStatusDuration", .minimumStatusDuration, "Core"),
    ("NumberOfConnectors", .numberOfConnectors, "Core"),
    ("ResetRetries", .resetRetries, "Core"),
    ("StopTransactionOnEVSideDisconnect", .stopTxOnEVSideDisconnect, "Core"),
    ("StopTransactionOnInvalidId", .stopTxOnInvalidId, "Core"),
    ("StopTxnAlignedData", .alignedEndMeasurands, "Core"),
    ("StopTxnAlignedDataMaxLength", .measurandListLength, "Core"),
    ("StopTxnSampledData", .sampledEndMeasurands, "Core"),
    ("StopTxnSampledDataMaxLength", .measurandListLength, "Core"),
    ("SupportedFeatureProfiles", .featureProfiles, "Core"),
    ("SupportedFeatureProfilesMaxLength", .featureProfilesLength, "Core"),
    ("TransactionMessageAttempts", .messageAttempts, "Core"),
    ("TransactionMessageRetryInterval", .messageAttemptInterval, "Core"),
    ("UnlockConnectorOnEVSideDisconnect", .unlockOnEVSideDisconnect, "Core"),
    ("WebSocketPingInterval", .webSocketPingInterval, "Core"),
    ("AuthorizationKey", .basicAuthPassword, "Security"),
    ("SecurityProfile", .securityProfile, "Security"),
  ]

  /// The setting behind a key, compared without case (CiString50); `unspecified` for others.
  public static func variable(_ key: String) -> Variable {
    let folded = key.lowercased()
    return table.first { $0.key.lowercased() == folded }?.variable ?? .unspecified
  }

  /// The keys that a station tells, with their values; those that it does not know apart.
  static func report(
    _ wanted: [String], _ station: Station
  ) -> OCPP16.GetConfigurationResponse {
    guard !wanted.isEmpty else {
      let readable = table.filter { $0.variable.definition.kind != .secret }
      let known = readable.map { entry($0.key, $0.variable, station) }
      return OCPP16.GetConfigurationResponse(configurationKey: known)
    }
    var known: [OCPP16.KeyValue] = []
    var unknown: [String] = []
    for key in wanted {
      let folded = key.lowercased()
      if let row = table.first(where: { $0.key.lowercased() == folded }) {
        known.append(entry(row.key, row.variable, station))
      } else {
        unknown.append(key)
      }
    }
    return OCPP16.GetConfigurationResponse(
      configurationKey: known, unknownKey: unknown.isEmpty ? nil : unknown)
  }

  private static func entry(
    _ key: String, _ variable: Variable, _ station: Station
  ) -> OCPP16.KeyValue {
    OCPP16.KeyValue(
      key: key, readonly: !variable.definition.isWritable, value: value(variable, station))
  }

  /// A value as 1.6 writes it; nil for what is never told.
  private static func value(_ variable: Variable, _ station: Station) -> String? {
    switch variable {
    case .numberOfConnectors:
      return String(station.evses.reduce(0) { $0 + $1.connectors.count })
    case .phaseRotation where station.text(.phaseRotation) == variable.definition.initial:
      return phaseRotation(station)
    default:
      return variable.definition.kind == .secret ? nil : station.text(variable)
    }
  }

  /// Nobody has said how the phases are wired: a single one cannot be rotated, three are unknown.
  private static func phaseRotation(_ station: Station) -> String {
    let connectors = station.evses.flatMap(\.connectors).map(\.layout)
    let parts = connectors.map {
      "\($0.flatNumber).\($0.phases == 1 ? "NotApplicable" : "Unknown")"
    }
    return (["0.Unknown"] + parts).joined(separator: ",")
  }
}
