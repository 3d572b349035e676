import ChargePiES
import Journal
import Projections

/// How processes end, and checkpoints.
extension Stage {
  /// An orderly end of the process.
  func stop(restart: RestartKind = .none) throws {
    // Opened at once; what the sensors say of it comes behind the decision.
    let found = board.reconcile(mind.station.outputs.opened, at: moment)
    try see(.stopping(Stopping { $0.restart = restart }))
    for observation in found { try see(observation) }
    try commit()
    try reopen()
  }

  /// The process is gone, with what was not committed.
  func kill(restartSeconds: Int64) throws {
    board.stop(at: moment)
    try reopen()
    moment += restartSeconds * nanosecondsPerSecond
  }

  /// The power is gone for so long; another boot of the board begins.
  func cutPower(seconds: Int64) throws {
    board.stop(at: moment)
    try reopen()
    bootWall = wall + seconds * nanosecondsPerSecond
    moment = 4_000_000_000
    boot += 1
  }

  /// Ends the story: what waits is made durable, and the files are closed.
  func end() throws {
    try commit()
    writer.close()
    vault.close()
  }

  private func reopen() throws {
    writer.close()
    writer = try Self.writer(directory)
    mind = try Self.mind(writer, vault, dialect)
    connection = 0
    arrivals = []
  }

  /// A checkpoint as the engine writes it, but now, and within the same process.
  func checkpoint() throws {
    try settle()
    try commit()
    let store = JournalStore(writer)
    var state = mind.durable
    let event = Event(
      number: state.position + 1, stamp: state.now,
      body: .checkpoint(
        Checkpoint {
          $0.stateVersion = Station.stateVersion
          $0.state = Bytes(RecordEncoder.encode(state))
          $0.chainHash = Bytes(store.chainHash)
        }))
    try store.commit([event])
    state.apply(event)
    mind = Mind(
      station: state, store: store,
      messages: Outbox(dialect: dialect, names: VaultBook(vault: vault)),
      lastCheckpoint: event.number)
  }
}
