import Synchronization

/// An EVSE's meters, one per connector, as the one meter that a session is billed by.
///
/// Its counter is the sum of theirs: only one connector of an EVSE carries current at a time, and a
/// sum of counters that never go back never goes back. Bus threads add, the loop takes.
final class EVSEMeters: Sendable {
  private struct Content {
    var samples: [MeterSample?]
    var isBroken: [Bool]
  }

  let evse: UInt32
  private let content: Mutex<Content>

  init(evse: UInt32, count: Int) {
    self.evse = evse
    content = Mutex(
      Content(
        samples: [MeterSample?](repeating: nil, count: count),
        isBroken: [Bool](repeating: false, count: count)))
  }

  /// Notes a connector's cycle; returns what the contactors' guard shall know.
  func add(_ sample: MeterSample, at index: Int) -> MeterCycle {
    content.withLock { content in
      content.samples[index] = sample
      content.isBroken[index] = false
      let samples = content.samples.compactMap { $0 }
      return MeterCycle(
        atNanoseconds: sample.monotonicNanoseconds,
        milliamperes: samples.map(\.currentMilliamperes).max() ?? 0,
        milliwatts: samples.map(\.powerMilliwatts).reduce(0, +),
        millivolts: samples.map(\.voltageMillivolts).max() ?? 0)
    }
  }

  /// Notes that a connector's meter gives nothing: what it counted stays counted, and what flowed
  /// when it was last heard is no measurement of now, for the EVSE's other connectors least of all.
  func fail(at index: Int) {
    content.withLock { content in
      content.isBroken[index] = true
      content.samples[index]?.powerMilliwatts = 0
      content.samples[index]?.currentMilliamperes = 0
      content.samples[index]?.voltageMillivolts = 0
    }
  }

  /// Whether every meter has spoken, or is known to be dead.
  var isSettled: Bool {
    content.withLock { content in
      zip(content.samples, content.isBroken).allSatisfy { $0 != nil || $1 }
    }
  }

  /// The samples that there are, by connector.
  var samples: [MeterSample?] { content.withLock { $0.samples } }
}
