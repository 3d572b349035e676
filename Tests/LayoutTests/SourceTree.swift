import Glibc
import Testing

/// A text file of the repository.
struct SourceFile: Sendable {
  /// Its path from the repository's root.
  let path: String
  let lines: [String]
  /// The lines without comments and without what stands in string literals.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    code = path.hasSuffix(".swift") ? CodeLines.strip(lines) : lines
  }

  /// The modules that it imports.
  var imports: [String] {
    code.compactMap { line in
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(of: "import"),
        words[..<index].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
      else { return nil }
      return words.dropFirst(index + 1).last.map { String($0.split(separator: ".")[0]) }
    }
  }

  /// Written by the generator of messages, not by hand.
  var isGenerated: Bool {
    path.contains("/Messages/") && lines.first?.contains("Generated") == true
  }
}

/// The repository, found from where this file stands.
enum SourceTree {
  static let root: String =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/"

  /// Files below a folder whose names end so, in order; hidden folders are left out.
  static func files(_ folder: String, endingIn suffixes: [String]) -> [SourceFile] {
    paths(folder).filter { path in suffixes.contains { path.hasSuffix($0) } }.sorted()
      .compactMap { path in read(path).map { SourceFile(path: path, text: $0) } }
  }

  /// The Swift files of a target or folder.
  static func swift(_ folder: String) -> [SourceFile] { files(folder, endingIn: [".swift"]) }

  /// The folders of `Sources`, which are the targets.
  static var targets: [String] { names("Sources").sorted() }

  static func read(_ path: String) -> String? {
    let file = open(root + path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func paths(_ folder: String) -> [String] {
    names(folder).flatMap { name -> [String] in
      let path = folder.isEmpty ? name : folder + "/" + name
      var status = stat()
      guard stat(root + path, &status) == 0 else { return [] }
      return status.st_mode & S_IFMT == S_IFDIR ? paths(path) : [path]
    }
  }

  private static func names(_ folder: String) -> [String] {
    guard let directory = opendir(root + folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") && name != "__pycache__" { names.append(name) }
    }
    return names
  }
}

/// Swift text without comments and string literals: good enough for rules about code.
enum CodeLines {
  static func strip(_ lines: [String]) -> [String] {
    var isInText = false
    return lines.map { line in
      let quotes = line.split(separator: "\"\"\"", omittingEmptySubsequences: false).count - 1
      if isInText {
        if quotes % 2 == 1 { isInText = false }
        return quotes % 2 == 1 ? "\"\"" : ""
      }
      if quotes % 2 == 1 {
        isInText = true
        return strip(String(line.prefix(while: { $0 != "\"" }))) + "\"\""
      }
      return strip(line)
    }
  }

  private static func strip(_ line: String) -> String {
    guard line.utf8.contains(where: { $0 == 0x22 || $0 == 0x2F }) else { return line }
    var code: [UInt8] = []
    var bytes = Array(line.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == 0x2F, bytes.first == 0x2F { break }
      guard byte == 0x22 else {
        code.append(byte)
        continue
      }
      let hashes = code.reversed().prefix { $0 == 0x23 }.count
      code.append(contentsOf: [0x22, 0x22])
      skipText(&bytes, hashes: hashes)
    }
    return String(decoding: code, as: UTF8.self)
  }

  /// Goes behind the closing quote of a literal; with hashes a backslash is nothing special.
  private static func skipText(_ bytes: inout ArraySlice<UInt8>, hashes: Int) {
    while let byte = bytes.popFirst() {
      if byte == 0x5C && hashes == 0 {
        _ = bytes.popFirst()
      } else if byte == 0x22, bytes.prefix(hashes).allSatisfy({ $0 == 0x23 }) {
        return
      }
    }
  }
}

/// Says every place at which a rule is broken, in one issue.
func expectNone(
  _ places: [String], _ rule: Comment, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard !places.isEmpty else { return }
  let list = places.prefix(200).joined(separator: "\n  ")
  Issue.record(
    "\(rule): \(places.count) places\n  \(list)", sourceLocation: sourceLocation)
}
