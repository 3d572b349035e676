extension JournalWriter {
  /// Removes whole commits from the journal's beginning, at most `limit` records at once, none
  /// above `number`.
  ///
  /// Gives how many were removed: call it until that is 0. What stays is record 1, which says what
  /// the file is, and the last record of the removed commits in its erased form: its commit hash is
  /// what the chain goes on from. So each call leaves a whole journal of the same shape (1, a gap,
  /// an erased record with a commit hash, and on without gaps), and a power cut between calls does
  /// too. The last commit always stays. The first call inspects the whole file.
  public func prune(
    through number: UInt64, limit: Int = 100_000
  ) throws(JournalError) -> Int {
    let plan = try prunePlan(through: min(number, last - 1), limit: limit)
    guard let anchor = plan.last, plan.count > 1 || !anchor.isErased else { return 0 }
    guard let stored = try storedRecord(anchor.number) else { return 0 }
    if !isInspected {
      try records.inspect()
      isInspected = true
    }
    try write { (transaction) throws(JournalError) in
      try transaction.put(anchor.number, stored.erasedForm)
      for record in plan.dropLast() { _ = try transaction.delete(record.number) }
    }
    return plan.count - 1
  }

  private struct Candidate {
    var number: UInt64
    var isErased: Bool
  }

  /// The records from number 2 to the end of a commit: the last one becomes the anchor.
  private func prunePlan(
    through number: UInt64, limit: Int
  ) throws(JournalError) -> [Candidate] {
    var candidates: [Candidate] = []
    var planned = 0
    do {
      try forEach(from: 2, through: number) { number, record in
        let isErased = RecordFraming.erasedDigest(in: record) != nil
        candidates.append(Candidate(number: number, isErased: isErased))
        if RecordFraming.sealOffset(in: record) != nil { planned = candidates.count }
        return planned == 0 || candidates.count < limit
      }
    } catch let error as JournalError {
      throw error
    } catch {
      preconditionFailure("the body of this scan does not throw")
    }
    return Array(candidates.prefix(planned))
  }
}
