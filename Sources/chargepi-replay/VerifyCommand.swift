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
    var station = Station()
    station.position = 1
    var checkpoints = 0
    var skipped = 0
    var isRight = true
    var count = 0
    var unread: [String] = []
    do {
      try reader.forEachEvent(from: 1) { event in
        if case .checkpoint(let saved) = event.body {
          if saved.stateVersion != Station.stateVersion {
            skipped += 1
          } else if RecordEncoder.encode(station) == saved.state.content {
            checkpoints += 1
          } else {
            isRight = false
            unread.append("DIFFERENT: the state at checkpoint \(event.number) is not reproduced")
          }
        }
        station.apply(event)
        count += 1
        return true
      }
    } catch let error as EventLogError {
      isRight = false
      unread.append("UNREADABLE: \(error)")
    }
    for line in unread { output.line(line) }
    let digest = Fingerprint.digest(RecordEncoder.encode(station))
    output.line(
      "state: \(count) events applied, \(checkpoints) checkpoints reproduced, \(skipped) of other "
        + "versions; version \(Station.stateVersion), digest \(digest)")
    return isRight
  }
}
