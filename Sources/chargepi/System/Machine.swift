import Glibc

/// What this program runs on, for people who look for a fault from afar.
enum Machine {
  /// `Linux 6.12.25 aarch64`.
  static var kernel: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return [text(&name.sysname), text(&name.release), text(&name.machine)].joined(separator: " ")
  }

  /// A field of fixed size that ends with a zero.
  private static func text<Field>(_ field: inout Field) -> String {
    // The bytes are only read, and within the field.
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// `Raspberry Pi 4 Model B Rev 1.4`; nil elsewhere.
  static var model: String? { line("/proc/device-tree/model") }

  /// `Debian GNU/Linux 13 (trixie)`.
  static var system: String? {
    guard case .success(let bytes) = readFile("/etc/os-release") else { return nil }
    let key = "PRETTY_NAME="
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix(key) }.map {
      String($0.dropFirst(key.count).filter { $0 != "\"" })
    }
  }

  /// The first line of a small file, without the zero at its end.
  static func line(_ path: String) -> String? {
    guard case .success(let bytes) = readFile(path) else { return nil }
    let line = bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }

  /// Who runs this program: `pi (uid 1000), groups gpio i2c spi`.
  static var user: String {
    var count = getgroups(0, nil)
    var groups = [gid_t](repeating: 0, count: max(0, Int(count)))
    count = getgroups(count, &groups)
    let all = Set(groups.prefix(max(0, Int(count))) + [getegid()]).sorted()
    let account = getpwuid(geteuid())
    let name = account.map { String(cString: $0.pointee.pw_name) } ?? "?"
    return "\(name) (uid \(geteuid())), groups " + all.map(groupName).joined(separator: " ")
  }

  /// A group's name, or its number where it has none.
  static func groupName(_ id: gid_t) -> String {
    getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? String(id)
  }
}
