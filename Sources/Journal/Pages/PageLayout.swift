/// Where things are in a page of LMDB 0.9 (`MDB_page` and `MDB_node`), little-endian, 64 bits.
@usableFromInline
enum PageLayout {
  /// `mp_p` (number, 8 bytes), `mp_pad`, `mp_flags`, `mp_lower`, `mp_upper` (2 bytes each).
  @usableFromInline static let headerBytes = 16
  /// `mn_lo`, `mn_hi`, `mn_flags`, `mn_ksize` (2 bytes each).
  @usableFromInline static let nodeHeaderBytes = 8

  static let branchFlag: UInt16 = 0x01
  static let leafFlag: UInt16 = 0x02
  static let overflowFlag: UInt16 = 0x04
  static let metaFlag: UInt16 = 0x08

  /// `F_BIGDATA`: the node holds the number of an overflow page instead of the value.
  static let bigDataFlag: UInt16 = 0x01

  /// `CURSOR_STACK`: LMDB itself goes no deeper.
  static let maximumDepth = 32
  static let minimumPageBytes = 512
  static let maximumPageBytes = 32768
  static let maximumKeyBytes = 511
}

/// What keys a file's main tree must have.
enum KeyRule {
  /// 8 bytes, compared as numbers of this machine (`MDB_INTEGERKEY`).
  case integer
  /// 1 to 511 bytes, compared as bytes; also the vault's.
  case bytes
}
