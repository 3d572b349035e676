/// The three things that this module knows of a record's bytes: the format record, the commit
/// hash (field 15) and the erased form (field 14).
///
/// A record is a Protocol Buffers message. The two fields are found by walking the top-level
/// fields, never by looking at the bytes' end alone: `7A 20` is "z " in text, and a record may well
/// end with a frame that has it 34 bytes before its end.
enum RecordFraming {
  /// Tag, length and 32 bytes of field 14 or 15.
  static let digestFieldBytes = 34
  static let knownFormat: UInt32 = 1

  private static let commitHashTag: UInt8 = 0x7A
  private static let erasedDigestTag: UInt8 = 0x72
  private static let digestLength: UInt8 = 0x20
  private static let magic = Array("ChargePi journal".utf8)

  /// Where the content ends and field 15 begins, or nil when the record does not end a commit.
  static func sealOffset(in record: UnsafeRawBufferPointer) -> Int? {
    let offset = record.count - digestFieldBytes
    guard offset >= 0, record[offset] == commitHashTag, record[offset + 1] == digestLength
    else { return nil }
    return ProtobufFields.fieldBegins(at: offset, in: record) ? offset : nil
  }

  /// The commit hash of a record that ends a commit.
  static func commitHash(in record: UnsafeRawBufferPointer) -> Digest? {
    sealOffset(in: record).map { Digest(bytes: slice(record, from: $0 + 2)) }
  }

  /// The digest that an erased record's content had, or nil when the record is not erased.
  static func erasedDigest(in record: UnsafeRawBufferPointer) -> Digest? {
    guard record.count == digestFieldBytes || record.count == 2 * digestFieldBytes,
      record[0] == erasedDigestTag, record[1] == digestLength
    else { return nil }
    if record.count == 2 * digestFieldBytes, sealOffset(in: record) == nil { return nil }
    return Digest(bytes: UnsafeRawBufferPointer(rebasing: record[2..<digestFieldBytes]))
  }

  /// The value that the chain takes for a record: of its content, or the one it left when erased.
  static func digest(
    of record: UnsafeRawBufferPointer, contentEnd: Int, with hasher: SHA256Hasher
  ) -> Digest {
    if let erased = erasedDigest(in: record) { return erased }
    return hasher.digest(of: UnsafeRawBufferPointer(rebasing: record[..<contentEnd]))
  }

  /// Field 15 with this value, to be appended to the last record of a commit.
  static func appendCommitHash(_ hash: Digest, to bytes: inout [UInt8]) {
    bytes.append(commitHashTag)
    bytes.append(digestLength)
    hash.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// The erased form of a record: its digest, and its commit hash if it had one.
  static func erasedForm(digest: Digest, commitHash: Digest?) -> [UInt8] {
    var bytes: [UInt8] = [erasedDigestTag, digestLength]
    bytes.reserveCapacity(2 * digestFieldBytes)
    digest.withUnsafeBytes { bytes.append(contentsOf: $0) }
    if let commitHash { appendCommitHash(commitHash, to: &bytes) }
    return bytes
  }

  /// The content of record number 1: `Format { magic = 1; version = 2; }` in field 1.
  static func formatRecord(version: UInt32 = knownFormat) -> [UInt8] {
    var format: [UInt8] = [0x0A, UInt8(magic.count)]
    format += magic
    format.append(0x10)
    ProtobufFields.appendVarint(UInt64(version), to: &format)
    return [0x0A, UInt8(format.count)] + format
  }

  /// The version in a format record, or nil when these bytes are no format record.
  static func formatVersion(in record: UnsafeRawBufferPointer) -> UInt32? {
    let start = 4 + magic.count
    guard record.count > start + 1, record[0] == 0x0A, record[2] == 0x0A,
      record[3] == UInt8(magic.count), record[start] == 0x10,
      record[4..<start].elementsEqual(magic)
    else { return nil }
    var position = start + 1
    return ProtobufFields.varint(in: record, at: &position).flatMap { UInt32(exactly: $0) }
  }

  private static func slice(
    _ record: UnsafeRawBufferPointer, from start: Int
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: record[start...])
  }
}
