/// Walks the chain record by record; a pure mind that is told the records in order.
final class ChainWalk {
  private(set) var report = ChainReport()
  private let hasher = ChainHasher()
  // The hash before the open commit, as it was computed, and as the file says (they differ after
  // damage).
  private var computed = Digest.zero
  private var stated = Digest.zero
  private var digests: [Digest] = []
  private var commitStart: UInt64 = 1
  private var next: UInt64 = 1

  /// Takes the record with the next number that is there.
  func take(_ number: UInt64, _ record: UnsafeRawBufferPointer) {
    if report.records == 0 { report.first = number }
    let seal = RecordFraming.sealOffset(in: record)
    let hash = seal.flatMap { _ in RecordFraming.commitHash(in: record) }
    let isErased = RecordFraming.erasedDigest(in: record) != nil
    if number != next {
      if passGap(to: number, anchor: isErased ? hash : nil) { return }
    }
    next = number + 1
    report.records += 1
    report.last = number
    if isErased { report.erased += 1 }
    digests.append(hasher.digest(of: record, contentEnd: seal ?? record.count))
    if let hash { endCommit(at: number, hash) }
  }

  /// Ends the walk; `unreadable` says why it ended early, if it did not because it was stopped.
  func finish(unreadable: String?, isStopped: Bool = false) -> ChainReport {
    if let unreadable {
      report.add(ChainReport.Damage(first: next, last: next, kind: .unreadable(unreadable)))
    } else if !digests.isEmpty, !isStopped {
      report.add(ChainReport.Damage(first: commitStart, last: next - 1, kind: .unfinished))
    }
    report.head = stated
    return report
  }

  /// Whether the records before `number` were pruned, `number` being what keeps the hash.
  private func passGap(to number: UInt64, anchor: Digest?) -> Bool {
    digests.removeAll(keepingCapacity: true)
    guard let anchor, report.prunedThrough == nil else {
      report.add(ChainReport.Damage(first: next, last: number - 1, kind: .missing))
      commitStart = number
      return false
    }
    report.prunedThrough = number
    report.prunedHash = anchor
    report.records += 1
    report.last = number
    report.erased += 1
    computed = anchor
    stated = anchor
    commitStart = number + 1
    next = number + 1
    return true
  }

  private func endCommit(at number: UInt64, _ hash: Digest) {
    let expected = commitHash(after: computed)
    // After a damaged commit, either what it says or what it should say may be the right start.
    let alternative = stated == computed ? expected : commitHash(after: stated)
    if expected != hash, alternative != hash {
      report.add(ChainReport.Damage(first: commitStart, last: number, kind: .hashMismatch))
    }
    computed = alternative == hash ? alternative : expected
    stated = hash
    report.commits += 1
    commitStart = number + 1
    digests.removeAll(keepingCapacity: true)
  }

  private func commitHash(after previous: Digest) -> Digest {
    hasher.start(after: previous)
    for digest in digests { hasher.take(digest) }
    return hasher.finish()
  }
}
