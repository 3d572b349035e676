import CWebSockets

/// Bytes with the free space in front that `lws_write` demands: it puts frame headers there.
struct PaddedBytes {
  private static let prefixBytes = Int(CWS_WRITE_PREFIX_BYTES)
  private var storage: [UInt8]

  init(_ payload: [UInt8]) {
    storage = []
    storage.reserveCapacity(Self.prefixBytes + payload.count)
    storage.append(contentsOf: repeatElement(0, count: Self.prefixBytes))
    storage.append(contentsOf: payload)
  }

  /// Hands the payload to libwebsockets, which sends it or keeps what the socket does not take.
  /// False if the connection is dead.
  mutating func write(to socket: OpaquePointer, as kind: lws_write_protocol) -> Bool {
    let count = storage.count - Self.prefixBytes
    return storage.withUnsafeMutableBufferPointer { buffer in
      // The prefix is inside the same buffer, as lws_write requires; it writes (and masks) in
      // place.
      guard let base = buffer.baseAddress else { return false }
      return lws_write(socket, base + Self.prefixBytes, count, kind) >= 0
    }
  }
}
