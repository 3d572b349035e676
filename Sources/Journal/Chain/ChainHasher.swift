/// Computes the chain: hash(commit) = SHA-256(hash of the commit before, digest of each of its
/// records).
///
/// The chain is over digests, not over contents, so that an erased record leaves it verifiable.
final class ChainHasher {
  private let recordHasher = SHA256Hasher()
  private let commitHasher = SHA256Hasher()

  /// The hash of a commit that holds the records of a batch, which has no field 15 yet.
  func hash(commit batch: RecordBatch, after previous: Digest) -> Digest {
    start(after: previous)
    for index in 0..<batch.count {
      batch.withRecord(at: index) { record in
        let hasBelongings =
          RecordFraming.sealOffset(in: record) != nil
          || RecordFraming.erasedDigest(in: record) != nil
        precondition(!hasBelongings, "fields 14 and 15 of a record belong to the journal")
        assert(ProtobufFields.fieldBegins(at: record.count, in: record), "a record is a message")
        take(record, contentEnd: record.count)
      }
    }
    return finish()
  }

  func start(after previous: Digest) {
    commitHasher.start()
    commitHasher.update(previous)
  }

  /// Takes a record, whose content ends before its field 15.
  func take(_ record: UnsafeRawBufferPointer, contentEnd: Int) {
    commitHasher.update(digest(of: record, contentEnd: contentEnd))
  }

  func take(_ digest: Digest) {
    commitHasher.update(digest)
  }

  func digest(of record: UnsafeRawBufferPointer, contentEnd: Int) -> Digest {
    RecordFraming.digest(of: record, contentEnd: contentEnd, with: recordHasher)
  }

  func finish() -> Digest { commitHasher.finish() }
}
