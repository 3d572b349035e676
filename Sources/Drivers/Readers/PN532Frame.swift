/// The frames of the PN532 (user manual §6.2), and the status byte that I2C puts before them.
enum PN532Frame {
  /// Says that a command arrived; from the host it ends the command that runs.
  static let acknowledgement: [UInt8] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00]
  /// Asks for the last answer once more.
  static let repetition: [UInt8] = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00]
  /// TFI of frames to the chip.
  static let toChip: UInt8 = 0xD4
  /// TFI of frames from the chip.
  static let fromChip: UInt8 = 0xD5
  /// Bytes of a frame beside its content.
  static let envelope = 7

  /// What a read brought.
  enum Reading: Hashable, Sendable {
    /// The chip has nothing to say yet.
    case notReady
    case acknowledgement
    /// An answer: the code of its command plus one, then data.
    case answer([UInt8])
    /// The chip did not understand the command.
    case refusal
    /// An answer with so many bytes of content, of which not all were read.
    case longer(Int)
    /// Wrong framing or checksum.
    case damaged
  }

  /// A frame around content that begins with TFI.
  static func frame(_ content: [UInt8]) -> [UInt8] {
    let length = UInt8(content.count)
    let check = 0 &- content.reduce(0, &+)
    return [0x00, 0x00, 0xFF, length, 0 &- length] + content + [check, 0x00]
  }

  /// Reads what came in, the status byte first. Nothing is searched for: a frame that does not
  /// begin where it must was shifted on its way, and so may be what follows.
  static func read(_ bytes: [UInt8]) -> Reading {
    guard let status = bytes.first, status == 0x01 else {
      return bytes.first == 0x00 ? .notReady : .damaged
    }
    let frame = Array(bytes.dropFirst())
    if frame.starts(with: acknowledgement) { return .acknowledgement }
    guard frame.count > 5, frame.starts(with: [0x00, 0x00, 0xFF]), frame[3] &+ frame[4] == 0,
      frame[3] > 0
    else { return .damaged }
    let count = Int(frame[3])
    guard frame.count >= count + envelope else { return .longer(count) }
    let content = Array(frame[5..<5 + count])
    let check = content.reduce(frame[5 + count], &+)
    guard check == 0, frame[6 + count] == 0x00 else { return .damaged }
    if content == [0x7F] { return .refusal }
    guard content[0] == fromChip, content.count > 1 else { return .damaged }
    return .answer(Array(content[1...]))
  }
}

/// The commands that the driver uses (user manual §7).
enum PN532Command: Hashable, Sendable {
  /// Normal mode, no secure module; also what wakes the chip.
  case configureSAM
  case readFirmwareVersion
  /// Smart cards are not asked for their protocol (no RATS): a UID is all that is wanted.
  case setParameters
  /// A search for a card is given up after one repetition. The default is to search for ever,
  /// which would block every later command.
  case limitRetries
  /// Looks for two cards, so that a second one is seen.
  case listTargets
  /// Lets all cards go, so that they are found again.
  case releaseTargets

  /// RFConfiguration without field, as a farewell: nobody waits for its answer.
  static let fieldOff: [UInt8] = [0x32, 0x01, 0x00]

  /// The code, then parameters.
  var bytes: [UInt8] {
    switch self {
    case .configureSAM: [0x14, 0x01, 0x14, 0x01]
    case .readFirmwareVersion: [0x02]
    case .setParameters: [0x12, 0x04]
    case .limitRetries: [0x32, 0x05, 0xFF, 0x01, 0x01]
    case .listTargets: [0x4A, 0x02, 0x00]
    case .releaseTargets: [0x52, 0x00]
    }
  }

  /// Content of the longest answer that is expected: two cards with 10 byte UIDs.
  var longestAnswer: Int {
    switch self {
    case .configureSAM, .setParameters, .limitRetries: 2
    case .releaseTargets: 3
    case .readFirmwareVersion: 6
    case .listTargets: 33
    }
  }

  /// How long an answer may take, in nanoseconds. A search takes up to 60 ms.
  var limitNanoseconds: Int64 {
    switch self {
    case .configureSAM, .readFirmwareVersion, .setParameters, .limitRetries, .releaseTargets:
      50_000_000
    case .listTargets: 150_000_000
    }
  }
}

/// The answer to InListPassiveTarget for type A at 106 kbit/s (user manual §7.3.5).
enum PN532Targets {
  /// Reads the data behind the code: the number of cards, then each card.
  static func read(_ data: [UInt8]) -> CardSighting {
    switch data.first {
    case 0 where data.count == 1: return .empty
    case 1: return card(Array(data.dropFirst())).map { .card($0) } ?? .garbled
    case 2: return .several
    default: return .garbled
    }
  }

  /// Number, SENS_RES (2), SEL_RES, length of the UID, UID, and of smart cards ATS, if the chip
  /// asked for it after all.
  private static func card(_ bytes: [UInt8]) -> CardUID? {
    guard bytes.count > 5, bytes[0] == 1, bytes[3] & ISO14443A.cascadeBit == 0 else { return nil }
    let end = 5 + Int(bytes[4])
    guard bytes.count >= end, bytes.count == end || bytes.count == end + Int(bytes[end]) else {
      return nil
    }
    return CardUID(Array(bytes[5..<end]))
  }
}
