/// Watches that keys ascend while a tree is walked from left to right.
struct KeyOrder {
  let rule: KeyRule
  private var previousNumber: UInt64?
  private var previousBytes: [UInt8]?
  private var floorNumber: UInt64 = 0
  private var floorBytes: [UInt8] = []

  init(rule: KeyRule) {
    self.rule = rule
  }

  /// Takes a leaf's key: it must be above the one before, and not below the branch's key that led
  /// here.
  mutating func take(_ key: UnsafeRawBufferPointer) -> Bool {
    switch rule {
    case .integer:
      guard let number = Self.number(key), number >= floorNumber else { return false }
      if let previousNumber, number <= previousNumber { return false }
      previousNumber = number
    case .bytes:
      guard (1...PageLayout.maximumKeyBytes).contains(key.count) else { return false }
      let bytes = [UInt8](key)
      guard !bytes.lexicographicallyPrecedes(floorBytes) else { return false }
      if let previousBytes, !previousBytes.lexicographicallyPrecedes(bytes) { return false }
      previousBytes = bytes
    }
    return true
  }

  /// Takes a branch's key: it must be above every key to its left.
  mutating func takeSeparator(_ key: UnsafeRawBufferPointer) -> Bool {
    switch rule {
    case .integer:
      guard let number = Self.number(key), number > previousNumber ?? 0 else { return false }
      floorNumber = number
    case .bytes:
      let bytes = [UInt8](key)
      guard (previousBytes ?? []).lexicographicallyPrecedes(bytes) else { return false }
      floorBytes = bytes
    }
    return true
  }

  private static func number(_ key: UnsafeRawBufferPointer) -> UInt64? {
    guard key.count == MemoryLayout<UInt64>.size else { return nil }
    return key.loadUnaligned(as: UInt64.self)
  }
}

/// A set of page numbers, one bit each; grows with what is put in, up to the numbers that a file
/// can have.
struct PageSet {
  private var words: [UInt64]

  init(count: Int) {
    words = [UInt64](repeating: 0, count: count / 64 + 1)
  }

  /// Whether the page was not in it yet.
  mutating func insert(_ page: UInt64) -> Bool {
    let word = Int(page / 64)
    let bit = UInt64(1) << (page % 64)
    if word >= words.count {
      words += [UInt64](repeating: 0, count: word + 1 - words.count)
    }
    if words[word] & bit != 0 { return false }
    words[word] |= bit
    return true
  }
}
