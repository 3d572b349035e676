/// What a CS5460A's input can measure: full scale, as the wiring makes it.
public struct MeterRange: Hashable, Sendable {
  /// Where the converter ends, in millivolts or milliamperes peak.
  public var peak: Int64

  public init(peak: Int64) { self.peak = peak }

  /// The largest sine that fits, in millivolts or milliamperes RMS.
  public var rms: Int64 { peak * 1_000_000 / MeterPlan.peakMillionths }
}

extension MeterPlan {
  /// The voltage channel: 250 mV peak behind the divider (CS5460A data sheet; HARDWARE §1.5).
  public var voltageRange: MeterRange { MeterRange(peak: dividerPermille / 4) }

  /// The current channel: 250 mV peak at the shunt with tenfold gain, 50 mV with fiftyfold. Nil
  /// where no shunt is.
  public var currentRange: MeterRange? {
    shuntMicroohms > 0 ? MeterRange(peak: currentInputNanovolts / shuntMicroohms) : nil
  }

  /// Dividers, in thousandths, with which mains of so many millivolts can be measured: a fifth more
  /// must fit, and full scale may be 2,000 V.
  public static func dividersPermille(forMillivolts nominal: Int64) -> ClosedRange<Int64> {
    let most: Int64 = 8_000_000
    let peak = (nominal * 6 / 5 * peakMillionths + 999_999) / 1_000_000
    return min(peak * 4, most)...most
  }

  /// Shunts, in micro-ohms, with which so many milliamperes can be measured: a tenth more must fit,
  /// and full scale may be a hundred times as much, or 1,000 A.
  public func shuntsMicroohms(forMilliamperes milliamperes: Int64) -> ClosedRange<Int64> {
    let peak = max(milliamperes * 11 / 10, 1) * Self.peakMillionths
    let most = max(currentInputNanovolts * 1_000_000 / peak, 1)
    let least = max(most / 100, currentInputNanovolts / 1_000_000)
    return min(least, most)...most
  }

  /// A sine's peak, in millionths of its RMS value.
  static let peakMillionths: Int64 = 1_414_214

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
      let dividers = MeterPlan.dividersPermille(forMillivolts: lineMillivolts)
      if !dividers.contains(meter.dividerPermille) {
        let problem = WiringProblem.voltageRange(meter, millivolts: lineMillivolts)
        faults.append(WiringFault(role(.divider), problem, other: .lineVoltage))
      }
      let milliamperes = connector.maximumMilliamperes
      let shunts = meter.shuntsMicroohms(forMilliamperes: milliamperes)
      if !shunts.contains(meter.shuntMicroohms) {
        let problem = WiringProblem.currentRange(meter, milliamperes: milliamperes)
        faults.append(WiringFault(role(.shunt), problem, other: role(.maximumCurrent)))
      }
      return faults
    }
  }
}
