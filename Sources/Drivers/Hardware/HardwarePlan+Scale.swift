/// What a CS5460A's input can measure: full scale, as the wiring makes it.
public struct MeterRange: Hashable, Sendable {
  /// Where the converter ends, in millivolts or milliamperes peak.
  public var peak: Int64

  public init(peak: Int64) { self.peak = peak }

  /// The largest sine that fits, in millivolts or milliamperes RMS.
  public var rms: Int64 { peak * 10_000 / 14_142 }
}

extension MeterPlan {
  /// The voltage channel: 250 mV peak behind the divider (CS5460A data sheet; HARDWARE §1.5).
  public var voltageRange: MeterRange { MeterRange(peak: dividerPermille / 4) }

  /// The current channel: 250 mV peak at the shunt with tenfold gain, 50 mV with fiftyfold. Nil
  /// where no shunt is.
  public var currentRange: MeterRange? {
    shuntMicroohms > 0 ? MeterRange(peak: currentInputNanovolts / shuntMicroohms) : nil
  }

  /// The divider, in thousandths, with which so many millivolts RMS are full scale.
  public static func dividerPermille(forMillivolts rms: Int64) -> Int64 {
    (rms * 14_142 + 9_999) / 10_000 * 4
  }

  /// The shunt, in micro-ohms, with which so many milliamperes RMS are full scale.
  public func shuntMicroohms(forMilliamperes rms: Int64) -> Int64 {
    currentInputNanovolts * 10_000 / (max(rms, 1) * 14_142)
  }

  private var currentInputNanovolts: Int64 { hasHighGain ? 50_000_000 : 250_000_000 }
}

extension HardwarePlan {
  /// Ranges that cannot be meant: below what has to be measured the converter clips, and what is
  /// drawn would not be billed; far above it a factor of ten or a thousand has gone astray.
  var scaleFaults: [WiringFault] {
    connectors.flatMap { evse, connector -> [WiringFault] in
      guard let meter = connector.meter else { return [] }
      let role = { WiringRole.connector(evse: evse, connector: connector.id, $0) }
      var faults: [WiringFault] = []
      let least = MeterPlan.dividerPermille(forMillivolts: lineMillivolts)
      if !(least...least * 10).contains(meter.dividerPermille) {
        let problem = WiringProblem.voltageRange(meter, millivolts: lineMillivolts)
        faults.append(WiringFault(role(.divider), problem, other: .lineVoltage))
      }
      let milliamperes = connector.maximumMilliamperes
      let most = meter.shuntMicroohms(forMilliamperes: milliamperes)
      if !(max(most / 100, 1)...max(most, 1)).contains(meter.shuntMicroohms) {
        let problem = WiringProblem.currentRange(meter, milliamperes: milliamperes)
        faults.append(WiringFault(role(.shunt), problem, other: role(.maximumCurrent)))
      }
      return faults
    }
  }
}
