import Glibc

/// The names of the kernel's device nodes.
enum DeviceDirectory {
  /// Names in `/dev` that are a prefix and numbers (`gpiochip0`, `i2c-1`, `spidev0.1`), by numbers.
  static func names(_ prefix: String) -> [String] {
    guard let directory = opendir("/dev") else { return [] }
    defer { closedir(directory) }
    var found: [[Int]] = []
    while let entry = readdir(directory) {
      // The name ends with a zero within its field (readdir(3)).
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix) else { continue }
      let parts = name.dropFirst(prefix.count).split(
        separator: ".", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { Int($0) }
      if !numbers.isEmpty && numbers.count == parts.count { found.append(numbers) }
    }
    let ordered = found.sorted { $0.lexicographicallyPrecedes($1) }
    return ordered.map { prefix + $0.map(String.init).joined(separator: ".") }
  }
}
