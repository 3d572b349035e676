import ChargePiES
import Journal

/// Proves a journal: nothing was changed, and today's rules lead to yesterday's states.
struct VerifyCommand {
  let reader: JournalReader

  /// Walks everything; returns 1 when something is wrong.
  func run() throws -> Int32 {
    let chain = try reader.verifyChain()
    var output = OutputBuffer()
    output.line(
      "chain: \(chain.records) records in \(chain.commits) commits, numbers \(chain.first) to "
        + "\(chain.last), \(chain.erased) erased, head \(chain.head)")
    if let pruned = chain.prunedThrough {
      output.line("pruned: records up to \(pruned), whose hash was \(chain.prunedHash ?? .zero)")
    }
    for damage in chain.damages {
      output.line("DAMAGED: records \(damage.first) to \(damage.last): \(damage.kind)")
    }
    let states = chain.isIntact ? try replay(&output) : false
    output.line(chain.isIntact && states ? "intact" : "NOT INTACT: restore a copy, keep this file")
    output.flush()
    return chain.isIntact && states ? 0 : 1
  }

  /// Applies every event and compares the state with each checkpoint.
  private func replay(_ output: inout OutputBuffer) throws -> Bool {
    var proof = StateProof()
    do {
      try reader.forEachEvent(from: 1) { event in
        proof.take(event)
        return true
      }
    } catch let error as EventLogError {
      proof.faults.append("UNREADABLE: \(error)")
    }
    for line in proof.faults { output.line(line) }
    output.line(proof.text)
    return proof.faults.isEmpty
  }
}

/// What replaying a journal proves about its checkpoints.
private struct StateProof {
  /// What is wrong.
  var faults: [String] = []
  private var station: Station
  private var count = 0
  private var checkpoints = 0
  private var skipped = 0

  init() {
    station = Station()
    station.position = 1
  }

  var text: String {
    let digest = Fingerprint.digest(RecordEncoder.encode(station))
    return "state: \(count) events applied, \(checkpoints) checkpoints reproduced, \(skipped) of "
      + "other versions; version \(Station.stateVersion), digest \(digest)"
  }

  mutating func take(_ event: Event) {
    if case .checkpoint(let saved) = event.body { compare(saved, event.number) }
    station.apply(event)
    count += 1
  }

  private mutating func compare(_ saved: Checkpoint, _ number: UInt64) {
    guard saved.stateVersion == Station.stateVersion else {
      skipped += 1
      return
    }
    // What lay before the first record was pruned: its state is taken from there.
    if count == 0, number > station.position + 1, let state = saved.station { station = state }
    if RecordEncoder.encode(station) == saved.state.content {
      checkpoints += 1
    } else {
      faults.append("DIFFERENT: the state at checkpoint \(number) is not reproduced")
    }
  }
}
