import Drivers
import Glibc
import Testing

@Suite("temperatures are read from the kernel's files")
struct TemperatureTests {
  static let good = """
    50 05 4b 46 7f ff 0c 10 1c : crc=1c YES
    50 05 4b 46 7f ff 0c 10 1c t=85000

    """

  final class Readings {
    var list: [Result<Int64, BusError>] = []
  }

  /// The results of looking at a file whose text is another each time.
  private func readings(
    _ texts: [String], _ make: (String) -> TemperatureFile
  ) throws -> [Result<Int64, BusError>] {
    let folder = try TemporaryFolder()
    let found = Readings()
    let path = try folder.write("temperature", "")
    let task = TemperatureTask(make(path), periodNanoseconds: 7) { found.list.append($0) }
    for text in texts {
      try folder.write("temperature", text)
      let next = task.run(nowNanoseconds: 100)
      #expect(next == 107)
    }
    return found.list
  }

  @Test("the board's own zone is a number alone")
  func zone() throws {
    let found = try readings(["48312\n", "-1500\n"]) { .thermalZone(path: $0) }
    #expect(found == [.success(48_312), .success(-1_500)])
  }

  @Test("a one-wire sensor's value counts when its checksum does")
  func oneWire() throws {
    let text = Self.good.replacing("t=85000", with: "t=23125")
    let found = try readings([text, text.replacing("t=23125", with: "t=-62")]) {
      .oneWire(path: $0)
    }
    #expect(found == [.success(23_125), .success(-62)])
  }

  @Test("damaged, empty and strange files are told after three in a row, once")
  func damaged() throws {
    let wrong = [
      Self.good.replacing("YES", with: "NO"), "", "no sensor\n",
      Self.good.replacing("t=85000", with: "t=hot"), Self.good.replacing(": crc", with: "00 : crc"),
    ]
    for text in wrong {
      let found = try readings([text, text]) { .oneWire(path: $0) }
      #expect(found.isEmpty)
    }
    let found = try readings([wrong[0], wrong[0], wrong[0], wrong[0], wrong[0]]) {
      .oneWire(path: $0)
    }
    #expect(found == [.failure(.shortTransfer(9))])
    let zone = try readings(["x\n", "", "\n"]) { .thermalZone(path: $0) }
    #expect(zone == [.failure(.nack)])
  }

  @Test("a good reading between bad ones begins the count anew")
  func interrupted() throws {
    let found = try readings(["x", "x", "1000", "x", "x", "x"]) { .thermalZone(path: $0) }
    #expect(found == [.success(1_000), .failure(.nack)])
  }

  @Test("a bus that hangs low reads zeros with a good checksum, and no temperature")
  func zeros() throws {
    let text = "00 00 00 00 00 00 00 00 00 : crc=00 YES\n00 00 00 00 00 00 00 00 00 t=0\n"
    let found = try readings([text, text, text]) { .oneWire(path: $0) }
    #expect(found == [.failure(.nack)])
  }

  @Test("85 degrees from nowhere is a sensor that was just switched on; after 82 it is hot")
  func powerOn() throws {
    let cold = try readings([Self.good, Self.good, Self.good]) { .oneWire(path: $0) }
    #expect(cold == [.failure(.nack)])
    let hot = try readings([Self.good.replacing("t=85000", with: "t=82000"), Self.good]) {
      .oneWire(path: $0)
    }
    #expect(hot == [.success(82_000), .success(85_000)])
  }

  @Test("a file that is not there is told as it is")
  func missing() {
    let found = Readings()
    let task = TemperatureTask(.thermalZone(path: "/nowhere/temp")) { found.list.append($0) }
    for _ in 0..<3 { _ = task.run(nowNanoseconds: 0) }
    #expect(found.list == [.failure(.os(ENOENT))])
  }
}
