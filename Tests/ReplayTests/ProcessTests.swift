import ChargePiES
import Glibc
import Journal
import Projections
import Testing

@Suite("the reader as a program")
struct ProcessTests {
  @Test("two processes give the same bytes, which are those of the live state", arguments: 1...3)
  func twoProcesses(seed: Int) throws {
    let world = try World(seed: UInt64(seed) &+ 300)
    try world.live(turns: 400)
    try world.close()
    let path = world.directory.journal
    let first = try Program("chargepi-replay", [path, "state"])
    let second = try Program("chargepi-replay", [path, "state"])
    #expect(first.status == 0)
    #expect(!first.output.isEmpty)
    #expect(first.output == second.output)
    #expect(first.output == RecordJSON.object(world.mind.durable) + [0x0A])
    for verb in [[], ["json"], ["sessions"], ["verify"]] {
      let once = try Program("chargepi-replay", [path] + verb)
      let again = try Program("chargepi-replay", [path] + verb)
      #expect(once.status == 0, "\(verb)")
      #expect(once.output == again.output, "\(verb)")
      #expect(!once.output.isEmpty)
    }
  }

  @Test("the state at an event is the state that was alive then")
  func stateAt() throws {
    let world = try World(seed: 41)
    try world.live(turns: 300)
    try world.close()
    for (position, state) in world.snapshots.prefix(8) {
      let program = try Program(
        "chargepi-replay", [world.directory.journal, "state", "--at", "\(position)"])
      let station = try RecordDecoder.decode(Station.self, from: state)
      #expect(program.output == RecordJSON.object(station) + [0x0A])
    }
  }

  @Test("docs/journal.proto is what the record types say: run `make proto`")
  func schema() throws {
    let directory = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/" + directory + "/docs/journal.proto"
    let file = open(path, O_RDONLY)
    try #require(file >= 0, "\(path) is missing: run `make proto`")
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    let isSame = bytes == Array(RecordSchema.journal().utf8)
    #expect(isSame, "docs/journal.proto is older than the record types: run `make proto`")
  }
}
