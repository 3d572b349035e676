import Glibc

/// The program's own code in memory.
enum ProgramText {
  /// Gives the code pages back that nobody has used since; what is used comes back from the page
  /// cache at its next use.
  ///
  /// A start runs through much code once: configuration, recovery, wiring. It is a third of what a
  /// station has resident, and stays until somebody says that it may go. Pages of code are never
  /// written to, so nothing is lost.
  static func giveBack() {
    guard case .success(let bytes) = readFile("/proc/self/maps") else { return }
    var program = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink("/proc/self/exe", &program, Int(PATH_MAX)) > 0 else { return }
    let path = String(
      decoding: program.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count >= 6, words[1] == "r-xp", words[5...].joined(separator: " ") == path
      else { continue }
      let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard ends.count == 2, let start = UnsafeMutableRawPointer(bitPattern: ends[0]) else {
        continue
      }
      // Right because the mapping is the kernel's own word, private, and never written to.
      _ = madvise(start, Int(ends[1] - ends[0]), MADV_DONTNEED)
    }
  }
}
