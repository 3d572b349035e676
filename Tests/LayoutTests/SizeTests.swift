import Testing

@Suite("functions, files and lines stay small")
struct SizeTests {
  private var files: [SourceFile] {
    (SourceTree.swift("Sources") + SourceTree.swift("Tests")).filter { !$0.isGenerated }
  }

  @Test("no file has more than 300 lines")
  func fileLength() {
    let long = files.filter { $0.lines.count - ($0.lines.last == "" ? 1 : 0) > 300 }
    expectNone(long.map { "\($0.path): \($0.lines.count)" }, "files over 300 lines")
  }

  @Test("no line has more than 100 columns")
  func lineLength() {
    let long = files.flatMap { file in
      file.lines.enumerated().filter { $0.element.utf8.count > 100 && $0.element.count > 100 }
        .map { "\(file.path):\($0.offset + 1): \($0.element.count)" }
    }
    expectNone(long, "lines over 100 columns")
  }

  @Test("no function has more than 50 lines")
  func functionLength() {
    let long = files.flatMap { file in
      Functions.find(file).filter { $0.lines > 50 }
        .map { "\(file.path):\($0.line): \($0.lines) lines" }
    }
    expectNone(long, "functions over 50 lines")
  }

  @Test("functions are found, with their lengths")
  func finder() {
    let text = """
      protocol P {
        func without(_ x: Int) throws -> Int
        var value: Int { get }
      }
      struct S {
        init(
          a: Int, b: () -> Void = { }
        ) where A: B {
          one()
        }
        func two() -> [Int] { [1] }
        var three: Int {
          let text = "{"
          return 3
        }
      }
      """
    let found = Functions.find(SourceFile(path: "x.swift", text: text))
    #expect(found.map(\.line) == [3, 6, 11, 12])
    #expect(found.map(\.lines) == [1, 5, 1, 4])
  }

  @Test("nothing is left for later")
  func leftovers() {
    let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
    let all = SourceTree.files("", endingIn: Self.texts)
    let found = all.flatMap { file in
      file.lines.enumerated().filter { line in
        marks.contains { mark in
          line.element.contains(mark)
            && line.element.split { !($0.isLetter || $0.isNumber) }.contains { $0 == mark }
        }
      }.map { "\(file.path):\($0.offset + 1)" }
    }
    expectNone(found, "marks of unfinished work")
  }

  @Test("no text knows a machine's own folders")
  func machinePaths() {
    let marks = ["/wo" + "rk/", "/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/", "/tmp/" + "helpers"]
    let all = SourceTree.files("", endingIn: Self.texts)
    #expect(all.count > 100)
    let found = all.flatMap { file in
      file.lines.enumerated().filter { line in marks.contains { line.element.contains($0) } }
        .map { "\(file.path):\($0.offset + 1)" }
    }
    expectNone(found, "paths of one machine")
  }

  static let texts = [
    ".swift", ".md", ".py", ".sh", ".json", ".proto", ".h", ".modulemap", "Makefile", ".txt",
    ".yml", ".yaml", ".toml", ".service",
  ]
}

/// Finds functions, initialisers and computed properties by their braces.
enum Functions {
  struct Found {
    /// Where it begins, from 1.
    let line: Int
    /// From its first line to its closing brace.
    let lines: Int
  }

  static func find(_ file: SourceFile) -> [Found] {
    file.code.indices.compactMap { index in
      guard begins(file.code[index]), let end = end(file.code, from: index) else { return nil }
      return Found(line: index + 1, lines: end - index + 1)
    }
  }

  private static func begins(_ line: String) -> Bool {
    let words = line.split { $0 == " " }
    guard let index = words.firstIndex(where: { !isModifier($0) }) else { return false }
    let word = words[index]
    if word == "func" || word == "deinit" || word.hasPrefix("subscript") { return true }
    if word.hasPrefix("init(") || word.hasPrefix("init?") || word.hasPrefix("init<") { return true }
    return word == "var" && line.contains("{")
  }

  private static func isModifier(_ word: Substring) -> Bool {
    word.hasPrefix("@")
      || [
        "public", "private", "fileprivate", "internal", "static", "mutating", "final", "override",
        "convenience", "nonisolated", "consuming", "borrowing", "required", "lazy", "package",
        "nonmutating", "public(set)", "private(set)", "fileprivate(set)", "class", "weak",
        "unowned",
      ].contains(word)
  }

  /// The line of the closing brace; nil where there is no body (a protocol's requirement).
  private static func end(_ code: [String], from start: Int) -> Int? {
    var parentheses = 0
    var braces = 0
    for index in start..<code.count {
      for character in code[index] {
        switch character {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        case "{" where parentheses == 0 || braces > 0: braces += 1
        case "}" where braces > 0:
          braces -= 1
          if braces == 0 { return index }
        case "}" where parentheses == 0: return nil
        default: break
        }
      }
      let next = code.dropFirst(index + 1).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
      if braces == 0 && parentheses == 0 && !continues(next) && !opens(code[index]) { return nil }
    }
    return nil
  }

  /// A signature that goes on in the next line.
  private static func continues(_ line: String) -> Bool {
    let rest = line.drop(while: \.isWhitespace)
    return ["->", "{", "throws", "rethrows", "async", "where", ")"].contains { rest.hasPrefix($0) }
  }

  private static func opens(_ line: String) -> Bool {
    ["->", "where", ",", "&"].contains { mark in
      var rest = line[...]
      while rest.last?.isWhitespace == true { rest.removeLast() }
      return rest.hasSuffix(mark)
    }
  }
}
