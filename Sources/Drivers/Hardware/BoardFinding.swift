import ChargePiES

/// What a bus's thread hands to the loop.
enum BoardFinding: Sendable {
  /// A meter of an EVSE has finished a cycle: its values are with `EVSEMeters`.
  case sampled(EVSEMeters)
  case meter(evse: UInt32, connector: UInt32, MeterState)
  case guarded(GuardReport)
  case card(CardUID, reader: Int)
  case refused(CardRefusal, reader: Int)
  case reader(Int, ReaderState)
  /// A display or a strip has failed (words) or works again (nil).
  case accessory(Accessory, String?)
  case temperature(index: Int, TemperatureReading)

  /// What charging can do without.
  enum Accessory: String, Sendable {
    case display = "Display"
    case lamps = "Lamps"
  }

  /// Samples of one meter replace each other in the mailbox; state changes never go.
  var sampleKey: SampleKey? {
    switch self {
    case .sampled(let meters): SampleKey(kind: 1, place: meters.evse)
    case .temperature(let index, _): SampleKey(kind: 2, place: UInt32(index))
    case .meter, .guarded, .card, .refused, .reader, .accessory: nil
    }
  }
}

/// A temperature, in thousandths of a degree Celsius, or why there is none.
typealias TemperatureReading = Result<Int64, BusError>
