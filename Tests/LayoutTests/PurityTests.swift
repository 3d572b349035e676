import Testing

@Suite("the core is pure, and nothing is forced")
struct PurityTests {
  private func places(
    _ files: [SourceFile], where breaks: (String) -> Bool
  ) -> [String] {
    files.flatMap { file in
      file.code.enumerated().filter { breaks($0.element) }.map { "\(file.path):\($0.offset + 1)" }
    }
  }

  /// The words of a line: runs of letters, digits and underscores.
  private func words(_ line: String) -> [Substring] {
    line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
  }

  @Test(
    "the core has no clock and no chance of its own",
    arguments: [
      "Date(", "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", ".random(",
      ".shuffled(", ".randomElement(", "clock_gettime", "Task", "async ", "Mutex",
      "nonisolated(unsafe)",
    ])
  func clocks(word: String) {
    expectNone(places(SourceTree.swift("Sources/ChargePiES")) { $0.contains(word) }, "\(word)")
  }

  @Test("the core has no type whose order changes from process to process")
  func unordered() {
    let files = SourceTree.swift("Sources/ChargePiES")
    expectNone(places(files) { words($0).contains("Dictionary") }, "Dictionary")
    expectNone(places(files) { $0.contains("Set<") }, "Set")
    expectNone(places(files) { isDictionaryType($0) }, "[Key: Value]")
  }

  /// `[Key: Value]`: a bracket, a type's name, a colon.
  private func isDictionaryType(_ line: String) -> Bool {
    var rest = line[...]
    while let bracket = rest.firstIndex(of: "[") {
      rest = rest[rest.index(after: bracket)...]
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
      let isType = name.first?.isUppercase == true || rest.hasPrefix(":]")
      if isType, rest.dropFirst(name.count).first == ":" { return true }
    }
    return false
  }

  @Test("the core reckons in integers")
  func floatingPoint() {
    let files = SourceTree.swift("Sources/ChargePiES")
    let found = places(files) { line in
      words(line).contains { ["Double", "Float", "Float32", "Float64", "CGFloat"].contains($0) }
    }
    expectNone(found, "floating point")
  }

  @Test("the state is written with every case named")
  func defaults() {
    let files = SourceTree.swift("Sources/ChargePiES/State").filter {
      $0.path.contains("/Station+Apply")
    }
    #expect(files.count >= 3)
    expectNone(places(files) { $0.contains("default:") }, "default")
  }

  @Test("nothing is forced: no try!, no as!, no unwrapping")
  func forced() {
    let files = SourceTree.swift("Sources")
    expectNone(places(files) { $0.contains("try!") }, "try!")
    expectNone(places(files) { $0.contains("as!") }, "as!")
    expectNone(places(files) { isForced($0) }, "a forced unwrap")
  }

  /// An exclamation mark behind a name, a bracket or a parenthesis, and no `!=`.
  private func isForced(_ line: String) -> Bool {
    let characters = Array(line)
    for (index, character) in characters.enumerated() where character == "!" && index > 0 {
      let before = characters[index - 1]
      let isBehind = before.isLetter || before.isNumber || "_)]>\"".contains(before)
      let after = index + 1 < characters.count ? characters[index + 1] : " "
      if isBehind && after != "=" { return true }
    }
    return false
  }

  @Test("errors are not swallowed: no empty catch")
  func silentCatch() {
    let found = places(SourceTree.swift("Sources")) {
      $0.contains("catch {}") || $0.contains("catch { }")
    }
    expectNone(found, "an empty catch")
  }

  @Test("what is unchecked or unsafe says why it is right")
  func unchecked() {
    var found: [String] = []
    for file in SourceTree.swift("Sources") {
      for (index, line) in file.code.enumerated() where line.contains("@unchecked") {
        let near = file.lines[max(0, index - 6)...index].contains { $0.contains("//") }
        if !near { found.append("\(file.path):\(index + 1)") }
      }
    }
    expectNone(found, "@unchecked without a reason")
  }
}
