import ChargePiES
import Golden
import Journal
import Testing

@Suite("chargepi-replay prints golden journals as on the day they were written")
struct GoldenProgramTests {
  static let folder = GoldenFolder.own
  static let stories = folder.stories

  private func run(
    _ story: String, _ words: String...
  ) throws -> (code: Int32, output: [UInt8]) {
    let journal = Self.folder.folder(story) + "/journal.db"
    let program = try Program("chargepi-replay", [journal] + words)
    // `waitpid` has the exit code in the second byte.
    return (program.status >> 8, program.output)
  }

  @Test("the state", arguments: stories)
  func state(story: String) throws {
    let journal = try Self.folder.journal(story)
    let program = try run(story, "state")
    if journal.refusal != nil || journal.needsOtherVersion {
      #expect(program.code == 3 && program.output.isEmpty, "\(story)")
      let before = try run(story, "state", "--at", "\(journal.events.last?.number ?? 0)")
      let expected = try Self.folder.file(story, "state-\(Station.stateVersion).json")
      #expect(before.output == expected || journal.needsOtherVersion, "\(story)")
      return
    }
    #expect(program.code == 0, "\(story)")
    let expected = try Self.folder.file(story, "state-\(Station.stateVersion).json")
    #expect(program.output == expected, "\(story)")
  }

  @Test("every event", arguments: stories)
  func events(story: String) throws {
    let program = try run(story, "json")
    let digest = Array("\(Fingerprint.digest(program.output))\n".utf8)
    #expect(program.code == 0 || program.code == 3)
    // A reader that is refused has printed nothing by then.
    guard program.code == 0 else { return }
    #expect(try digest == Self.folder.file(story, "events.sha256"), "\(story)")
  }

  @Test("every frame on the wire", arguments: stories)
  func timeline(story: String) throws {
    let program = try run(story)
    guard program.code == 0 else { return }
    let printed = String(decoding: program.output, as: UTF8.self).split(separator: "\n")
    var lines: [Substring: Substring] = [:]
    for line in printed {
      let number = line.split(separator: " ").first ?? ""
      lines[number] = line
    }
    let transcript = String(
      decoding: try Self.folder.file(story, "transcript.txt") ?? [], as: UTF8.self)
    for line in transcript.split(separator: "\n") {
      // The event's number, the direction, the connection, the frame.
      let words = line.split(separator: " ", maxSplits: 3)
      let text = lines[words[0]] ?? ""
      #expect(text.hasSuffix(words.count == 4 ? words[3] : ""), "\(story): \(line)")
      let isSent = text.contains("  sent ") || text.contains("  sent again ")
      #expect(isSent == (words[1] == ">"), "\(story): \(line)")
    }
  }

  @Test("sessions behind what was pruned, with their times")
  func sessions() throws {
    let lines = String(decoding: try run("forgotten", "sessions").output, as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 4)
    let timed = lines.filter { $0.contains("  2026-06-06T06:0") }
    #expect(timed.count == 3)
  }

  @Test("that they are intact, without leaving anything behind", arguments: stories)
  func verify(story: String) throws {
    let names = Files.names(in: Self.folder.folder(story))
    let journal = try Self.folder.journal(story)
    let program = try run(story, "verify")
    let text = String(decoding: program.output, as: UTF8.self)
    if journal.refusal == nil {
      #expect(program.code == 0, "\(story): \(text)")
      #expect(text.hasSuffix("\nintact\n"), "\(story): \(text)")
    } else {
      #expect(program.code == 1, "\(story): \(text)")
      #expect(text.contains("UNREADABLE"), "\(story): \(text)")
    }
    #expect(Files.names(in: Self.folder.folder(story)) == names)
  }
}
