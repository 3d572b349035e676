import Glibc

/// Whole files, without anybody's help.
package enum Files {
  /// What the operating system refused.
  package struct Failure: Error, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What it said.
    package let code: Int32

    package var description: String { "\(path): \(String(cString: strerror(code)))" }
  }

  /// A file's content; nil when there is none.
  package static func read(_ path: String) throws -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw Failure(path: path, code: errno)
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      guard count >= 0 else { throw Failure(path: path, code: errno) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Writes a file that must not be there yet: what is golden is never overwritten.
  package static func create(_ path: String, _ bytes: [UInt8]) throws {
    try write(path, bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
  }

  /// Adds to the end of a file.
  package static func append(_ path: String, _ bytes: [UInt8]) throws {
    try write(path, bytes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)
  }

  private static func write(_ path: String, _ bytes: [UInt8], _ flags: Int32) throws {
    let file = open(path, flags, 0o644)
    guard file >= 0 else { throw Failure(path: path, code: errno) }
    defer { close(file) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(path: path, code: errno) }
      offset += count
    }
  }

  /// The names in a folder, in order.
  package static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Puts a file in another's place.
  static func rename(_ path: String, _ other: String) throws {
    guard Glibc.rename(path, other) == 0 else { throw Failure(path: path, code: errno) }
  }

  /// Makes a folder that must not be there yet.
  static func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 else { throw Failure(path: path, code: errno) }
  }
}

/// A folder of one's own, removed with everything in it.
package final class TemporaryFolder {
  /// Where it is.
  package let path: String

  /// Makes one.
  package init() throws {
    var template = Array("/tmp/golden.XXXXXX".utf8CString)
    guard let path = mkdtemp(&template).map({ String(cString: $0) }) else {
      throw Files.Failure(path: "/tmp/golden.XXXXXX", code: errno)
    }
    self.path = path
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in Files.names(in: path) { remove(path + "/" + name) }
    rmdir(path)
  }
}
