extension MeterQuality {
  /// Cycles that a calibration must not use: their energy is not the load's. A bus that had to read
  /// twice, and a meter without a load, are fine.
  public static let unusable: MeterQuality = [.estimated, .gap, .outOfRange, .stale]
}

extension MeterCalibration {
  /// `selfTestRatioPpm` of a cycle as it was measured, whichever way round the sensor is; nil below
  /// the current that counts as flowing.
  public func selfTestRatioPpm(of sample: MeterSample) -> Int64? {
    guard sample.currentMilliamperes >= MeterJudge.flowingMilliamperes else { return nil }
    var reading = sample.reading
    reading.energy = abs(reading.energy + energyOffset)
    return selfTestRatioPpm(reading)
  }
}
