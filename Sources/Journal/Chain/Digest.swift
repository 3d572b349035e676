/// A SHA-256 value, held in four words so that it never allocates.
///
/// The chain handles one per record; an array of 32 bytes would be an allocation for each.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// The number of bytes of a SHA-256 value.
  public static let byteCount = 32

  /// The value before the first commit of a journal: 32 zero bytes.
  public static let zero = Digest(words: (0, 0, 0, 0))

  // The bytes in memory order, whatever the words mean as numbers.
  private var first: UInt64
  private var second: UInt64
  private var third: UInt64
  private var fourth: UInt64

  private init(words: (UInt64, UInt64, UInt64, UInt64)) {
    (first, second, third, fourth) = words
  }

  /// Takes 32 bytes; any other number of bytes is a bug of the caller and traps.
  public init(bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == Self.byteCount, "a digest has 32 bytes, not \(bytes.count)")
    self.init(
      words: (
        bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
        bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
      ))
  }

  /// Takes 32 bytes; any other number of bytes is a bug of the caller and traps.
  public init(bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { Digest(bytes: $0) }
  }

  /// Lends the 32 bytes for the time of `body`.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    // Right because the tuple of four words is 32 contiguous bytes, alive until `body` returns.
    var words = (first, second, third, fourth)
    return Swift.withUnsafeBytes(of: &words) { body($0) }
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

  /// 64 lower-case hexadecimal digits.
  public var description: String {
    let digits: [Character] = Array("0123456789abcdef")
    var text = ""
    text.reserveCapacity(2 * Self.byteCount)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }
}
