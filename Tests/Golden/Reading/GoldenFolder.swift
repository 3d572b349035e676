import ChargePiES
import Journal

/// The folder of golden journals: what is in it stays as it is.
package struct GoldenFolder {
  /// Where the stories are, one folder each.
  package let path: String

  /// The repository's own folder, found from where this file stands.
  package static let own = GoldenFolder(
    path: "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Journals")

  /// A folder of golden journals.
  package init(path: String) { self.path = path }

  /// The stories that have been told.
  package var stories: [String] { Files.names(in: path).filter { !$0.contains(".") } }

  /// Where a story's files are.
  package func folder(_ story: String) -> String { path + "/" + story }

  /// A story's journal.
  package func journal(_ story: String) throws -> GoldenJournal {
    try GoldenJournal(folder: folder(story))
  }

  /// One of a story's files; nil when it is not there.
  package func file(_ story: String, _ name: String) throws -> [UInt8]? {
    try Files.read(folder(story) + "/" + name)
  }

  /// What a story's turns are known to go like under today's rules: the newest of its lists of
  /// differences, empty without any.
  package func knownDifferences(_ story: String) throws -> String {
    var newest = ""
    var number = 1
    while let bytes = try file(story, "differences-\(number).txt") {
      newest = String(decoding: bytes, as: UTF8.self)
      number += 1
    }
    return newest
  }

  /// SHA-256 of every golden file, by its path below the folder.
  package var digests: [(path: String, digest: String)] {
    get throws {
      let bytes = try Files.read(path + "/digests.txt") ?? []
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        return words.count == 2 ? (String(words[1]), String(words[0])) : nil
      }
    }
  }
}

extension GoldenFolder {
  /// Tells a story, once and for all. Throws when it has been told already.
  package func tell(_ story: GoldenStory) throws {
    let temporary = try TemporaryFolder()
    try story.tell(temporary.path)
    if !story.staysAsLeft { try Self.compact(temporary.path) }
    try Files.makeFolder(folder(story.name))
    let kind = story.isLived ? "Lived." : "Not lived."
    try add(story.name, "story.txt", Array("\(kind)\n\n\(story.about)\n".utf8))
    for name in ["journal.db", "vault.db"] {
      guard let bytes = try Files.read(temporary.path + "/" + name) else { continue }
      try add(story.name, name, bytes)
    }
    if story.isListed {
      try add(story.name, "events.jsonl", Expectation(journal(story.name)).listing)
    }
    for file in try Expectation(journal(story.name)).files {
      try add(story.name, file.name, file.bytes)
    }
    try noteDifferences(story.name)
  }

  /// Leaves out the pages that are free, in the journal and in the vault.
  private static func compact(_ directory: String) throws {
    let journal = directory + "/journal.db"
    try GoldenJournal.withReader(journal) { try $0.copy(to: journal + ".compact") }
    try Files.rename(journal + ".compact", journal)
    guard try Files.read(directory + "/vault.db") != nil else { return }
    // What is forgotten is left out of a file that is written anew.
    let vault = try Vault(path: directory + "/vault.db", readOnly: false)
    defer { vault.close() }
    try vault.forget(token: vault.intern("nobody", type: 0).id)
  }

  /// Adds the state in its new encoding, when that has another version by now. Nothing else of what
  /// is expected can ever be new.
  package func addState(_ story: String) throws {
    for file in try Expectation(journal(story)).files
    where try file.name.hasPrefix("state-") && self.file(story, file.name) == nil {
      try add(story, file.name, file.bytes)
    }
  }

  /// Writes down how today's rules decide otherwise than a journal's, where that is not noted.
  package func noteDifferences(_ story: String) throws {
    let differences = try Retelling.differences(journal(story))
    guard try differences != knownDifferences(story) else { return }
    var number = 1
    while try file(story, "differences-\(number).txt") != nil { number += 1 }
    try add(story, "differences-\(number).txt", Array(differences.utf8))
  }

  private func add(_ story: String, _ name: String, _ bytes: [UInt8]) throws {
    try Files.create(folder(story) + "/" + name, bytes)
    let line = "\(Fingerprint.digest(bytes)) \(story)/\(name)\n"
    try Files.append(path + "/digests.txt", Array(line.utf8))
  }
}
