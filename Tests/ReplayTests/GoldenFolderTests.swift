import ChargePiES
import Golden
import Journal
import Testing

@Suite("golden journals stay as they are")
struct GoldenFolderTests {
  static let folder = GoldenFolder.own
  static let stories = GoldenStory.all.filter { $0.name == "plain-session" }

  private func files() -> [String] {
    Self.folder.stories.flatMap { story in
      Files.names(in: Self.folder.folder(story)).map { "\(story)/\($0)" }
    }
  }

  @Test("every story that can be told has been told")
  func told() {
    let told = Self.folder.stories
    let untold = GoldenStory.all.map(\.name).filter { !told.contains($0) }
    #expect(told.count >= 18)
    #expect(untold == [])
  }

  @Test("every file is the one whose digest was written down")
  func digests() throws {
    let digests = try Self.folder.digests
    #expect(digests.map(\.path).sorted() == files().sorted())
    for (path, digest) in digests {
      let bytes = try Files.read(Self.folder.path + "/" + path) ?? []
      #expect("\(Fingerprint.digest(bytes))" == digest, "\(path)")
    }
  }

  @Test("they stay small")
  func sizes() throws {
    for path in files() {
      let bytes = try Files.read(Self.folder.path + "/" + path) ?? []
      #expect(bytes.count < 200_000, "\(path)")
    }
  }

  @Test("a story that has been told is not told again", arguments: stories)
  func again(story: GoldenStory) throws {
    let here = try TemporaryFolder()
    let folder = GoldenFolder(path: here.path)
    try folder.tell(story)
    let names = Files.names(in: folder.folder(story.name))
    let digests = try folder.digests.map(\.digest)
    #expect(throws: Files.Failure.self) { try folder.tell(story) }
    try folder.addState(story.name)
    try folder.noteDifferences(story.name)
    #expect(Files.names(in: folder.folder(story.name)) == names)
    #expect(try folder.digests.map(\.digest) == digests)
    #expect(throws: Files.Failure.self) {
      try Files.create(folder.folder(story.name) + "/journal.db", [])
    }
  }

  @Test("telling a story depends on nothing but the story", arguments: stories)
  func deterministic(story: GoldenStory) throws {
    let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [here, there] { try GoldenFolder(path: folder.path).tell(story) }
    let first = try GoldenFolder(path: here.path).journal(story.name).records
    let second = try GoldenFolder(path: there.path).journal(story.name).records
    #expect(first.map(\.bytes) == second.map(\.bytes))
    #expect(first.count > 100)
  }
}
