/// Walks once over a frame's bytes and remembers only the names of the objects that are open.
///
/// A string before a colon is a name, the string after it that name's value; braces give the scope
/// within which a setting's name and its value belong together. Nothing else of JSON's grammar is
/// needed, so nothing that breaks it can mislead the search.
struct SensitiveScanner {
  /// Objects nested deeper are not told apart; every setting's value in them counts as secret.
  static let maximumOpenObjects = 64

  /// Borrowed from the caller for the time of the scan.
  private let bytes: UnsafeRawBufferPointer
  private var spans: [SensitiveSpan] = []
  /// The text itself, then the objects that are open.
  private var objects = [OpenObject(isVariable: false)]
  private var uncountedObjects = 0
  /// Values whose setting is not known yet. Levels ascend, since closing an object removes its own.
  private var undecided: [(level: Int, range: Range<Int>)] = []
  private var lastString: Range<Int>?
  private var name: Range<Int>?

  private struct OpenObject {
    /// Whether it stands under `variable`, and so names the setting of the object around it.
    let isVariable: Bool
    var isSecret = false
    var isNamed = false
  }

  init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  mutating func scan() -> [SensitiveSpan] {
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = endOfString(from: index + 1)
        string(index + 1..<end)
        index = end
      case UInt8(ascii: ":"): (name, lastString) = (lastString, nil)
      case UInt8(ascii: "{"): openObject()
      case UInt8(ascii: "}"): closeObject()
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"): (name, lastString) = (nil, nil)
      default: break
      }
      index += 1
    }
    decideAtEnd()
    return spans.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The index of the closing quote, or of the text's end.
  private func endOfString(from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index, bytes.count)
  }

  private mutating func string(_ range: Range<Int>) {
    defer { (name, lastString) = (nil, range) }
    guard let name else { return }
    if matches(name, SensitiveNames.tokens) {
      spans.append(SensitiveSpan(range: range, kind: .token))
    } else if matches(name, SensitiveNames.secrets) {
      spans.append(SensitiveSpan(range: range, kind: .secret))
    } else if matches(name, SensitiveNames.settingNames) {
      nameSetting(range)
    } else if matches(name, SensitiveNames.settingValues) {
      settingValue(range)
    }
  }
}

extension SensitiveScanner {
  private mutating func openObject() {
    if objects.count > Self.maximumOpenObjects {
      uncountedObjects += 1
    } else {
      objects.append(OpenObject(isVariable: name.map { matches($0, ["variable"]) } ?? false))
    }
    (name, lastString) = (nil, nil)
  }

  private mutating func closeObject() {
    (name, lastString) = (nil, nil)
    if uncountedObjects > 0 {
      uncountedObjects -= 1
    } else if objects.count > 1 {
      objects.removeLast()
      while let last = undecided.last, last.level >= objects.count { undecided.removeLast() }
    }
  }

  private mutating func nameSetting(_ range: Range<Int>) {
    // A name that is cut off may still become that of a secret.
    guard uncountedObjects == 0, range.upperBound < bytes.count else { return }
    let level = objects.count - 1
    let namesParent = objects[level].isVariable
    for level in (namesParent ? [level, level - 1] : [level]) {
      objects[level].isNamed = true
      if matches(range, SensitiveNames.settings) { markSecret(level) }
    }
  }

  /// The undecided values of that object are the last ones: those of inner objects went before.
  private mutating func markSecret(_ level: Int) {
    objects[level].isSecret = true
    while let last = undecided.last, last.level == level {
      spans.append(SensitiveSpan(range: last.range, kind: .secret))
      undecided.removeLast()
    }
  }

  private mutating func settingValue(_ range: Range<Int>) {
    let level = objects.count - 1
    if uncountedObjects > 0 || objects[level].isSecret {
      spans.append(SensitiveSpan(range: range, kind: .secret))
    } else {
      undecided.append((level, range))
    }
  }

  /// What is still undecided stands in objects that were never closed; their names may be cut off.
  private mutating func decideAtEnd() {
    for (level, range) in undecided where !objects[level].isNamed {
      spans.append(SensitiveSpan(range: range, kind: .secret))
    }
  }
}

extension SensitiveScanner {
  private func matches(_ range: Range<Int>, _ names: [String]) -> Bool {
    names.contains { matches(range, $0) }
  }

  /// Whether a string, its escapes resolved, is a name in lower-case ASCII, letters of either case.
  private func matches(_ range: Range<Int>, _ lowercaseName: String) -> Bool {
    guard range.count >= lowercaseName.utf8.count else { return false }
    var index = range.lowerBound
    for expected in lowercaseName.utf8 {
      guard index < range.upperBound, let (character, width) = character(at: index, in: range)
      else { return false }
      let isCapital = (0x41...0x5A).contains(character)
      guard (isCapital ? character + 0x20 : character) == UInt32(expected) else { return false }
      index += width
    }
    return index == range.upperBound
  }

  /// One byte or one `\u` escape; the names that matter need no other.
  private func character(at index: Int, in range: Range<Int>) -> (UInt32, width: Int)? {
    guard bytes[index] == UInt8(ascii: "\\") else { return (UInt32(bytes[index]), 1) }
    guard index + 6 <= range.upperBound, bytes[index + 1] == UInt8(ascii: "u") else { return nil }
    var value: UInt32 = 0
    for byte in bytes[(index + 2)..<(index + 6)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return (value, 6)
  }
}
