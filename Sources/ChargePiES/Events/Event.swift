/// An observation or a decision, once it is in the journal: immutable, numbered without gaps.
public struct Event: Hashable, Sendable {
  /// Its number, from 2 (record 1 is the journal's format).
  public var number: UInt64
  /// When its turn's observation was made.
  public var stamp: Stamp
  /// What happened.
  public var body: Body

  /// An event.
  public init(number: UInt64, stamp: Stamp, body: Body) {
    self.number = number
    self.stamp = stamp
    self.body = body
  }

  /// What an event is.
  public enum Body: Hashable, Sendable {
    /// The world told something: a turn begins.
    case observation(Observation)
    /// The station made something of it.
    case decision(Decision)
    /// The whole state, so that a start need not read what lies before.
    case checkpoint(Checkpoint)
  }
}

/// The full state in its versioned encoding (a turn of its own).
public struct Checkpoint: Hashable, Sendable, Listed {
  /// The encoding's version; another one is not read, the journal before it is.
  public var stateVersion: UInt32 = 0
  /// The encoded `Station`, without itself applied.
  public var state = Bytes()
  /// The journal's chain hash before this commit: lets what lies before be pruned.
  public var chainHash = Bytes()

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "state_version", &stateVersion)
    visitor.field(2, "state", &state)
    visitor.field(3, "chain_hash", &chainHash)
  }
}

extension Checkpoint {
  /// The state that it holds; nil when that is of another version, or cannot be read.
  public var station: Station? {
    guard stateVersion == Station.stateVersion else { return nil }
    return try? RecordDecoder.decode(Station.self, from: state.content)
  }
}

extension Event.Body: Choice {
  public static func list<V: FieldVisitor>(_ visitor: inout V, _ choice: inout Event.Body?) {
    switch choice {
    case .observation(let known):
      var observation: Observation? = known
      Observation.list(&visitor, &observation)
      return
    case .decision(let known):
      var decision: Decision? = known
      Decision.list(&visitor, &decision)
      return
    case nil:
      var observation: Observation?
      Observation.list(&visitor, &observation)
      choice = observation.map(Event.Body.observation)
      guard choice == nil else { return }
      var decision: Decision?
      Decision.list(&visitor, &decision)
      choice = decision.map(Event.Body.decision)
      guard choice == nil else { return }
    case .checkpoint: break
    }
    visitor.option(127, "checkpoint", &choice, Event.Body.checkpoint) {
      if case .checkpoint(let payload) = $0 { payload } else { nil }
    }
  }
}

/// An event as it stands in the journal: `message Record` of `docs/journal.proto`.
///
/// Observations carry the stamp; the decisions of their turn say how many records back it is.
/// Fields 14 and 15 (erased digest, commit hash) are the journal's own; 13 stays free, because
/// golden journals have it as a field that nobody knows.
public struct Record: Sendable, Listed {
  /// Only in record 1.
  public var format: Format?
  /// Distance to the turn's observation; 0 for the observation itself.
  public var turnOffset: UInt32 = 0
  public var stamp = Stamp()
  /// What happened; nil for record 1.
  public var body: Event.Body?

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "format", &format)
    visitor.field(2, "turn_offset", &turnOffset)
    visitor.field(3, "boot", &stamp.boot)
    visitor.field(4, "monotonic_nanoseconds", &stamp.monotonicNanoseconds)
    visitor.field(5, "wall_nanoseconds", &stamp.wallNanoseconds)
    visitor.field(6, "quality", &stamp.quality)
    Event.Body.list(&visitor, &body)
  }
}

/// What the file is: record 1 of every journal.
public struct Format: Hashable, Sendable, Listed {
  /// `ChargePi journal`.
  public var magic = ""
  /// The version of the file's layout.
  public var version: UInt32 = 0

  public init() {}

  public mutating func list<V: FieldVisitor>(_ visitor: inout V) {
    visitor.field(1, "magic", &magic)
    visitor.field(2, "version", &version)
  }
}
