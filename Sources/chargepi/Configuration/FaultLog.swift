/// Collects what is wrong with the configuration, and what is merely odd.
final class FaultLog {
  /// Reasons not to start, with the path of the value, what was expected, and what was found.
  private(set) var faults: [String] = []
  /// Things to know.
  private(set) var warnings: [String] = []
  private var faultyPaths: Set<String> = []

  func fault(_ path: String, expected: String, found: String) {
    faults.append("\(path): expected \(expected), found \(found)")
    faultyPaths.insert(path)
  }

  /// What is wrong with a whole file, which then stands for none of its values.
  func fault(file name: String, _ text: String) {
    faults.append(text)
    faultyPaths.insert(name)
  }

  func warn(_ text: String) { warnings.append(text) }

  /// Whether a value, or one that it is part of, was found to be wrong: a harmless one stands in
  /// for it, of which nothing should be said.
  func hasFault(at path: String) -> Bool {
    var part = path[...]
    while !faultyPaths.contains(String(part)) {
      guard let end = part.lastIndex(where: { $0 == "." || $0 == "[" }) else { return false }
      part = part[..<end]
    }
    return true
  }
}
