/// A digest of named files, for telling whether a configuration is the same.
public enum Fingerprint {
  /// SHA-256 over each file's name and content, lengths included, so that no two sets look alike.
  public static func of(_ files: [(name: String, bytes: [UInt8])]) -> Digest {
    var whole: [UInt8] = []
    for file in files {
      for part in [Array(file.name.utf8), file.bytes] {
        withUnsafeBytes(of: UInt64(part.count).littleEndian) { whole.append(contentsOf: $0) }
        whole.append(contentsOf: part)
      }
    }
    return digest(whole)
  }

  /// SHA-256 of some bytes.
  public static func digest(_ bytes: [UInt8]) -> Digest {
    bytes.withUnsafeBytes { ChainHasher().digest(of: $0, contentEnd: $0.count) }
  }
}
