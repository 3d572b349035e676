extension JournalReading {
  /// Walks the whole journal: the structure of its pages, then every record along the hash chain.
  ///
  /// Tells erased and pruned records from damaged ones. Damage does not throw, it is in the report;
  /// what throws is that the file cannot be read at all. The first part pins one snapshot, about a
  /// second per gigabyte. `progress` is told the last number read, now and then, and may stop the
  /// walk by saying false.
  public func verifyChain(
    progress: (UInt64) -> Bool = { _ in true }
  ) throws(JournalError) -> ChainReport {
    let records = try records
    let structure = try Self.structuralFault(records)
    let walk = ChainWalk()
    var unreadable: String?
    var isStopped = false
    do {
      try forEach(from: 0) { number, record in
        walk.take(number, record)
        isStopped = number % 10_000 == 0 && !progress(number)
        return !isStopped
      }
    } catch JournalError.corrupt(_, let detail) {
      unreadable = detail
    } catch let error as JournalError {
      throw error
    } catch {
      preconditionFailure("the body of this scan does not throw")
    }
    var report = walk.finish(unreadable: unreadable, isStopped: isStopped)
    if let structure, unreadable == nil {
      report.add(
        ChainReport.Damage(
          first: report.first, last: report.last,
          kind: .unreadable(structure)))
    }
    return report
  }

  /// What the full inspection has against the file, or nil.
  private static func structuralFault(_ records: RecordMap) throws(JournalError) -> String? {
    do {
      try records.inspect()
      return nil
    } catch .corrupt(_, let detail) {
      return detail
    }
  }
}
