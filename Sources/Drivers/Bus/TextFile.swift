import Glibc

/// A small file of the kernel's (sysfs, procfs) that is written anew at every reading.
enum TextFile {
  /// No file of this kind is longer.
  static let longestBytes = 4_096

  /// Why there is nothing to read; nil for a file that can be read.
  static func absence(_ path: String) -> BusError? {
    access(path, R_OK) == 0 ? nil : .os(errno)
  }

  static func read(_ path: String) throws(BusError) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw BusError(errno: errno, on: .file) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: longestBytes)
    while bytes.count < longestBytes {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw BusError(errno: errno, on: .file) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
