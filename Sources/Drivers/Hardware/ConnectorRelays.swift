import Synchronization

/// An EVSE's relays as one contactor: one connector of an EVSE charges at a time, so closing closes
/// the chosen connector's relay, and opening opens all.
///
/// `@unchecked Sendable`: relays stand any thread (each output locks for itself), and the choice is
/// atomic.
final class ConnectorRelays: DigitalOutput, @unchecked Sendable {
  private let relays: [any DigitalOutput]
  private let chosen = Atomic<Int>(0)

  init(_ relays: [any DigitalOutput]) {
    self.relays = relays
  }

  /// The connector whose turn it is, by its place; takes effect with the next closing.
  var choice: Int {
    get { chosen.load(ordering: .relaxed) }
    set { chosen.store(newValue, ordering: .relaxed) }
  }

  func set(_ isActive: Bool) throws(BusError) {
    let choice = choice
    var failure: BusError?
    for (index, relay) in relays.enumerated() {
      do throws(BusError) {
        try relay.set(isActive && index == choice)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  func get() throws(BusError) -> Bool {
    var isClosed = false
    for relay in relays where try relay.get() { isClosed = true }
    return isClosed
  }
}

/// Several auxiliary contacts as one: closed when any is.
///
/// `@unchecked Sendable`: inputs stand any thread.
final class ConnectorContacts: DigitalInput, @unchecked Sendable {
  private let contacts: [any DigitalInput]

  init(_ contacts: [any DigitalInput]) {
    self.contacts = contacts
  }

  func get() throws(BusError) -> Bool {
    var isClosed = false
    for contact in contacts where try contact.get() { isClosed = true }
    return isClosed
  }
}
