/// Why a card reader does not work.
public enum ReaderFailure: Error, Hashable, Sendable {
  /// A transaction on its bus, or one of its pins, failed.
  case bus(BusError)
  /// The bus reads as if nothing were connected (all zeros or all ones).
  case noChip
  /// Something answers that is not this chip; what it gives as its version.
  case unexpectedChip(UInt8)
  /// The chip has lost its settings, or does not keep what is written: a reset, or weak power.
  case settingsLost
  /// Its own arithmetic is wrong.
  case selfTestFailed
  /// It takes commands and finishes none in time.
  case unresponsive
  /// What it says stays damaged, however often it is asked.
  case garbled
}

/// What a reader has been through since the start.
public struct ReaderCounts: Hashable, Sendable {
  /// Looks at the field that were finished.
  public var looks: Int64 = 0
  /// Failures of every kind that ended a look or a start.
  public var failures: Int64 = 0
  /// Frames with wrong checksums, lengths or framing, from the card or from the chip.
  public var garbledFrames: Int64 = 0
  /// Times that the chip had lost its settings, or hung, and was well again when set up anew.
  public var silentResets: Int64 = 0
  /// Times that the chip was set up.
  public var starts: Int64 = 0

  /// Nothing yet.
  public init() {}
}

/// How a reader is.
public struct ReaderState: Hashable, Sendable {
  /// Whether cards can be read.
  public enum Condition: Hashable, Sendable {
    /// Nothing is known yet.
    case starting
    case working
    case failed(ReaderFailure)
  }

  /// Whether cards can be read, and if not, why.
  public var condition = Condition.starting
  /// What the chip says it is: the version register of an MFRC522; chip, version, revision and
  /// abilities of a PN532. Empty until it has answered.
  public var identity: [UInt8] = []
  /// What it has been through.
  public var counts = ReaderCounts()

  /// A reader that was not asked yet.
  public init() {}
}

/// Where a reader tells what it found. All are called on the thread of its bus.
public struct ReaderReports {
  /// A card was presented: once for each presentation.
  public var onCard: (CardUID) -> Void
  /// A card was presented that cannot be taken.
  public var onRefusal: (CardRefusal) -> Void
  /// The reader works, has failed, or has recovered from a reset; not called when only other counts
  /// changed.
  public var onState: (ReaderState) -> Void

  /// The three ways out.
  public init(
    onCard: @escaping (CardUID) -> Void, onRefusal: @escaping (CardRefusal) -> Void,
    onState: @escaping (ReaderState) -> Void
  ) {
    self.onCard = onCard
    self.onRefusal = onRefusal
    self.onState = onState
  }
}
