import ChargePiES
import Testing

@testable import Drivers

@Suite("what a new configuration names and is not there is found before the start")
struct UnansweredTests {
  /// A board with every kind of chip, which has not been started.
  private final class Bench {
    let hardware: SimulatedHardware
    let board: HardwareBoard
    let folder: TemporaryFolder

    init(_ change: (inout HardwarePlan) -> Void = { _ in }) throws {
      folder = try TemporaryFolder()
      var plan = BoardBench.plan()
      let reader = SPIPlace(bus: 1, chipSelect: 0, hertz: 1_000_000)
      plan.readers.append(ReaderPlan(chip: .mfrc522(reader)))
      plan.display = DisplayPlan(place: I2CPlace(bus: 1, address: 0x27))
      let path = try folder.write("temp", "41000\n")
      plan.temperatures = [TemperaturePlan(kind: .thermalZone, path: path, limitMillidegrees: nil)]
      change(&plan)
      let layout = EVSELayout {
        $0.id = 1
        $0.connectors = [ConnectorLayout { $0.id = 1 }]
      }
      hardware = SimulatedHardware(
        plan: plan, layout: [layout], settings: SimulationSettings())
      board = try HardwareBoard(plan: plan, calibrations: [:], provider: hardware, wake: {})
    }
  }

  private static let meter = WiringRole.connector(evse: 1, connector: 1, .meterSelectPin)
  static let chips: [(name: String, role: WiringRole)] = [
    ("meter 1.1", meter), ("reader 1", .reader(index: 0, .address)),
    ("reader 2", .reader(index: 1, .chipSelect)), ("display", .display(.address)),
  ]

  @Test("everything answers")
  func complete() throws {
    let bench = try Bench()
    #expect(bench.board.unanswered().isEmpty)
  }

  @Test("a chip that is missing is told by its place, whatever its line reads", arguments: chips)
  func missing(name: String, role: WiringRole) throws {
    for level in [UInt8(0x00), 0xFF, 0xA5] {
      let bench = try Bench()
      var faults = ChipFaults()
      faults.isMissing = true
      // A reader's version may be anything but the levels of an open line.
      faults.missingLevel = level == 0xA5 && name != "meter 1.1" ? 0 : level
      try bench.hardware.setFaults(faults, at: name)
      #expect(bench.board.unanswered() == [WiringFault(role, .silent)])
    }
  }

  @Test("a meter that the kernel selects is told by the chip select")
  func chipSelect() throws {
    let bench = try Bench { $0.evses[0].connectors[0].meter?.place.selectPin = nil }
    var faults = ChipFaults()
    faults.isMissing = true
    try bench.hardware.setFaults(faults, at: "meter 1.1")
    let role = WiringRole.connector(evse: 1, connector: 1, .meterChipSelect)
    #expect(bench.board.unanswered() == [WiringFault(role, .silent)])
  }

  @Test("a temperature's file that does not exist is told by its path")
  func temperature() throws {
    let bench = try Bench { $0.temperatures[0].path += "erature" }
    let path = bench.folder.path + "/temperature"
    let problem = WiringProblem.noTemperature(path, .os(2))
    #expect(bench.board.unanswered() == [WiringFault(.temperature(index: 0), problem)])
    #expect(bench.board.unanswered(hasOwnFiles: false) == [])
  }
}
