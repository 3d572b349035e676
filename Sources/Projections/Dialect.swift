import ChargePiES

/// One OCPP version: how frames become observations, and how the outbox's items become frames.
///
/// A dialect has no state of its own. What a version needs to remember is in the events.
public protocol Dialect: Sendable {
  /// The WebSocket sub-protocol (IANA registry).
  var subprotocol: String { get }
  /// The messages of this version that an event makes, and of what kind they are.
  func messages(of event: Event, in station: Station) -> [MessageQueued]
  /// Words a message. The payload is everything but the frame around it.
  func call(_ item: OutboxItem, in station: Station, with context: WordingContext) throws -> Wording
  /// Words the answer to a call of the central system, as a whole frame.
  func answer(
    _ answer: CallAnswered, to command: Command?, in station: Station, with context: WordingContext
  ) throws -> [UInt8]
  /// Words the error that a frame gets, as a whole frame.
  func refusal(_ refused: FrameRefused) -> [UInt8]
  /// Reads a frame of the central system.
  func read(
    _ bytes: [UInt8], from upstream: Upstream, in station: Station, names: any NameStore
  ) throws -> Observation
}

/// What is to be said, neutral between versions.
public struct OutboxItem: Sendable {
  /// Its class.
  public var kind: MessageClass
  /// The event that it tells of; nil for registrations and heartbeats.
  public var source: Event?
  /// The upstream's name of the session, where it has given one.
  public var reference: String?
  /// The connector's flat number when it was queued.
  public var flatNumber: UInt32
}

/// What a dialect makes of an item.
public enum Wording: Sendable {
  /// A call: the action on the wire, and the payload, JSON.
  case call(action: String, payload: [UInt8])
  /// There is nothing to say (no measurand is wanted any more, say): the item is done.
  case nothing
  /// It cannot be said yet: no time is known.
  case later
  /// It can never be said, and why: an identification was forgotten, a reference will not come.
  case impossible(String)
}

/// What wording may look up.
public struct WordingContext {
  /// Card numbers and secrets.
  public let names: any NameStore
  /// Earlier events.
  public let events: any EventSource
}

/// The store of what must be able to be forgotten (the vault, in the daemon).
public protocol NameStore {
  /// The number of an identification's exact spelling, and of the first that equals it.
  func intern(_ text: String) throws -> (id: UInt64, canonical: UInt64)
  /// The text of an identification; nil when it was forgotten.
  func text(_ id: UInt64) throws -> String?
  /// Keeps a secret and returns its version.
  func keep(secret name: String, _ value: [UInt8]) throws -> UInt32
  /// A secret; nil when it was forgotten.
  func secret(_ name: String, version: UInt32) throws -> [UInt8]?
}
