/// What a walk along the whole chain found.
public struct ChainReport: Equatable, Sendable {
  /// Something that is not as it was written.
  public struct Damage: Equatable, Sendable {
    /// What kind of damage it is.
    public enum Kind: Equatable, Sendable {
      /// The records do not have the hash that their commit has.
      case hashMismatch
      /// The records are not there, and were not pruned.
      case missing
      /// The records at the end belong to no finished commit.
      case unfinished
      /// Pages of the file are damaged; the text says which. The walk may have ended here.
      case unreadable(String)
    }

    /// The first record that is concerned.
    public var first: UInt64
    /// The last record that is concerned.
    public var last: UInt64
    /// What is wrong with them.
    public var kind: Kind
  }

  /// The number of commits that were walked.
  public var commits: UInt64 = 0
  /// The number of records that were walked, erased ones included.
  public var records: UInt64 = 0
  /// The number of records whose content was erased on purpose.
  public var erased: UInt64 = 0
  /// The number of the first record; 1, unless the file is damaged.
  public var first: UInt64 = 0
  /// The number of the last record.
  public var last: UInt64 = 0
  /// The last record that pruning removed, of which the hash was kept; nil if nothing was pruned.
  ///
  /// The chain behind it rests on that hash: compare it with a checkpoint's, or with a copy's
  /// `head`.
  public var prunedThrough: UInt64?
  /// The chain's hash at `prunedThrough`.
  public var prunedHash: Digest?
  /// The hash of the last commit.
  public var head: Digest = .zero
  /// What is damaged, in ascending order; the first thousand.
  public var damages: [Damage] = []

  /// Whether everything is as it was written, or was erased or pruned by the journal's own rules.
  public var isIntact: Bool { damages.isEmpty }

  static let maximumDamages = 1000

  mutating func add(_ damage: Damage) {
    if damages.count < Self.maximumDamages { damages.append(damage) }
  }
}
