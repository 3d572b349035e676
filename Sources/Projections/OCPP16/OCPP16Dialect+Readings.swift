import ChargePiES

extension OCPP16Dialect {
  /// What `StopTxnSampledData` and `StopTxnAlignedData` want in the receipt (OCPP 1.6 §9.1.29–32).
  func transactionData(
    _ ended: SessionEnded, _ stamp: Stamp, _ station: Station, _ context: WordingContext
  ) throws -> [OCPP16.MeterValue] {
    let sampled = station.list(.sampledEndMeasurands)
    let aligned = station.list(.alignedEndMeasurands)
    guard !sampled.isEmpty || !aligned.isEmpty else { return [] }
    var values: [OCPP16.MeterValue] = []
    if !sampled.isEmpty, let source = try context.events.event(ended.permittedEvent),
      case .decision(.transferPermitted(let permitted)) = source.body
    {
      let begin = sample(ended, permitted.reading, .transactionBegin)
      values += [meterValue(begin, source.stamp, sampled, station)].compactMap(\.self)
    }
    for number in ended.samples {
      guard let source = try context.events.event(number),
        case .decision(.sampleTaken(let taken)) = source.body
      else { continue }
      let wanted = taken.context == .clock ? aligned : sampled
      values += [meterValue(taken, source.stamp, wanted, station)].compactMap(\.self)
    }
    if !sampled.isEmpty {
      let end = sample(ended, ended.reading, .transactionEnd)
      values += [meterValue(end, ended.endedAt ?? stamp, sampled, station)].compactMap(\.self)
    }
    return values
  }

  private func sample(
    _ ended: SessionEnded, _ reading: Reading, _ context: SampleContext
  ) -> SampleTaken {
    SampleTaken {
      $0.session = ended.session
      $0.evse = ended.evse
      $0.connector = ended.connector
      $0.context = context
      $0.reading = reading
    }
  }

  /// One reading with the wanted measurands; nil when the hardware gave none of them.
  func meterValue(
    _ sample: SampleTaken, _ stamp: Stamp, _ measurands: [String], _ station: Station
  ) -> OCPP16.MeterValue? {
    guard let time = timestamp(stamp, station) else { return nil }
    let values = measurands.flatMap { sampledValues($0, sample) }
    return values.isEmpty ? nil : OCPP16.MeterValue(timestamp: time, sampledValue: values)
  }

  private func sampledValues(_ name: String, _ sample: SampleTaken) -> [OCPP16.SampledValue] {
    guard let measurand = OCPP16.Measurand(rawValue: name) else { return [] }
    let reading = sample.reading
    let volts = reading.voltageMillivolts.first ?? 230_000
    switch name {
    case Measurand.register:
      return [value(reading.registerMilliwattHours / 1_000, 0, measurand, .wh, sample)]
    case "Energy.Active.Import.Interval":
      return [value(sample.intervalMilliwattHours / 1_000, 0, measurand, .wh, sample)]
    case "Power.Active.Import":
      return [value(reading.powerMilliwatts / 100, 1, measurand, .w, sample)]
    case "Power.Offered":
      let phases = Int64(max(1, reading.currentMilliamperes.count))
      let watts = reading.offeredMilliamperes * volts / 1_000_000 * phases
      return [value(watts, 0, measurand, .w, sample)]
    case "Current.Offered":
      return [value(reading.offeredMilliamperes / 100, 1, measurand, .a, sample)]
    case "Current.Import":
      return perPhase(reading.currentMilliamperes, 10, 2, measurand, .a, [.l1, .l2, .l3], sample)
    case "Voltage":
      let phases: [OCPP16.Phase] = [.l1N, .l2N, .l3N]
      return perPhase(reading.voltageMillivolts, 100, 1, measurand, .v, phases, sample)
    case "Frequency":
      // `Hertz` is no unit of a StopTransaction's schema; without a unit it is legal in both.
      return optional(reading.frequencyMillihertz, 10, 2, measurand, nil, sample)
    case "Temperature":
      return optional(reading.temperatureMillidegrees, 100, 1, measurand, .celsius, sample)
    case "SoC":
      return optional(reading.stateOfChargePermille, 10, 0, measurand, .percent, sample)
    default:
      return []
    }
  }

  private func value(
    _ units: Int64, _ scale: Int, _ measurand: OCPP16.Measurand, _ unit: OCPP16.UnitOfMeasure?,
    _ sample: SampleTaken, phase: OCPP16.Phase? = nil
  ) -> OCPP16.SampledValue {
    OCPP16.SampledValue(
      value: decimal(units, scale), context: sample.context.ocpp16, measurand: measurand,
      phase: phase, unit: unit)
  }

  /// A single phase needs no name; several are told apart.
  private func perPhase(
    _ values: PhaseValues, _ divisor: Int64, _ scale: Int, _ measurand: OCPP16.Measurand,
    _ unit: OCPP16.UnitOfMeasure, _ phases: [OCPP16.Phase], _ sample: SampleTaken
  ) -> [OCPP16.SampledValue] {
    zip(values, phases).map { number, phase in
      value(
        number / divisor, scale, measurand, unit, sample, phase: values.count > 1 ? phase : nil)
    }
  }

  private func optional(
    _ number: Int64?, _ divisor: Int64, _ scale: Int, _ measurand: OCPP16.Measurand,
    _ unit: OCPP16.UnitOfMeasure?, _ sample: SampleTaken
  ) -> [OCPP16.SampledValue] {
    number.map { [value($0 / divisor, scale, measurand, unit, sample)] } ?? []
  }

  private func decimal(_ units: Int64, _ scale: Int) -> String {
    var writer = JSONWriter(capacityBytes: 16)
    writer.decimal(units, scale: scale)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
