import CCrypto

/// SHA-256 by libcrypto with one context that is reused.
///
/// Fetching the algorithm costs more than hashing a small record, so it happens once per hasher.
/// Not thread-safe: each owner has its own.
final class SHA256Hasher {
  // Right because it is made in `init`, freed in `deinit`, and never leaves this object.
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    else { preconditionFailure("libcrypto has no SHA-256, or there is no memory for it") }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Begins a new value; what was begun before is dropped.
  func start() {
    // Without a type the context keeps the fetched algorithm: this is what makes it cheap.
    precondition(EVP_DigestInit_ex(context, nil, nil) == 1, "libcrypto refused to start")
  }

  func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(
      EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "libcrypto refused bytes")
  }

  func update(_ digest: Digest) {
    digest.withUnsafeBytes { update($0) }
  }

  func finish() -> Digest {
    // Right because SHA-256 writes exactly 32 bytes into these 32 bytes.
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &words) { buffer in
      let target = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      precondition(EVP_DigestFinal_ex(context, target, nil) == 1, "libcrypto refused to finish")
      return Digest(bytes: UnsafeRawBufferPointer(buffer))
    }
  }

  func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
    start()
    update(bytes)
    return finish()
  }
}
