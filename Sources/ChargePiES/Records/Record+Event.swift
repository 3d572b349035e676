extension Record {
  /// The record of an event, `offset` records behind its turn's observation.
  public init(_ event: Event, turnOffset: UInt32) {
    self.init()
    self.turnOffset = turnOffset
    if turnOffset == 0 { stamp = event.stamp }
    body = event.body
  }

  /// Appends its fields to a journal's batch.
  ///
  /// Not generic, so that every module gets the straight-line code made of its listing here.
  public func append(to encoder: inout RecordEncoder) { encoder.write(self) }

  /// The field number of a record's body, without decoding the record; 0 when it has none.
  ///
  /// Searches of the journal look at this and decode only what they want.
  public static func kind(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    var position = 0
    while position < bytes.count {
      guard let tag = varint(bytes, &position) else { return 0 }
      let number = UInt32(truncatingIfNeeded: tag >> 3)
      if number >= firstKind { return number }
      switch tag & 7 {
      case 0: guard varint(bytes, &position) != nil else { return 0 }
      case 2:
        guard let length = varint(bytes, &position), length <= UInt64(bytes.count - position)
        else { return 0 }
        position += Int(length)
      default: return 0
      }
    }
    return 0
  }

  /// The smallest field number of a body: observations from 16, decisions from 64, checkpoint 127.
  public static let firstKind: UInt32 = 16
  /// The field number of `Decision.messageQueued`.
  public static let messageQueuedKind: UInt32 = 89
  /// Field 15 as it stands in the bytes: the journal's own, with 32 bytes of content.
  static let commitHashTag: UInt32 = 15 << 3 | 2
  /// The field number of a checkpoint.
  public static let checkpointKind: UInt32 = 127

  private static func varint(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> UInt64? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    return nil
  }
}
