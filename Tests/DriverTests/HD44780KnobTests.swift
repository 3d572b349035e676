import Drivers
import Testing

@Suite("an HD44780 at a bus whose knobs are turned")
struct HD44780KnobTests {
  /// A display at a simulated bus, on a clock that its driver's runs move.
  private final class Knobs {
    let clock = VirtualClock(nowNanoseconds: 1_000_000_000)
    let chip = SimulatedHD44780(columns: 20, rows: 4, nowNanoseconds: 1_000_000_000)
    let device: SimulatedI2CDevice
    let display: HD44780
    let told = Told<HD44780Failure>()

    init(_ faults: ChipFaults, verifies: Bool) {
      device = SimulatedI2CDevice(
        chip: chip, clock: clock, world: SimulatedWorld(), faults: faults, seed: 5)
      let told = told
      display = HD44780(
        device: device, clock: clock, size: .columns20Rows4, verifies: verifies
      ) { told.add($0) }
    }

    /// Shows another text every second.
    func count(seconds: Int) {
      for second in 0..<seconds {
        display.show(["Polnjenje 1", "\(second) kWh", "Počakajte", "Brez povezave"])
        let end = clock.nowNanoseconds + 1_000_000_000
        var due = clock.nowNanoseconds
        while due < end {
          clock.nowNanoseconds = max(due, clock.nowNanoseconds)
          due = max(
            display.run(nowNanoseconds: clock.nowNanoseconds), clock.nowNanoseconds + 1_000_000)
        }
        clock.nowNanoseconds = max(end, clock.nowNanoseconds)
      }
    }
  }

  static let all: [ChipFaults] = {
    var nacks = ChipFaults()
    nacks.nackPermille = 100
    var flips = ChipFaults()
    flips.flipPermille = 100
    var slow = ChipFaults()
    slow.latencyNanoseconds = 5_000_000
    var missing = ChipFaults()
    missing.isMissing = true
    var gone = ChipFaults()
    gone.isGone = true
    return [nacks, flips, slow, missing, gone]
  }()

  @Test("whatever was wrong, half a minute after it is over the text is right", arguments: all)
  func knobs(faults: ChipFaults) {
    for verifies in [false, true] {
      let knobs = Knobs(faults, verifies: verifies)
      knobs.count(seconds: 120)
      let hasFailed = knobs.told.all.contains { $0 != nil }
      let isHarmless = faults.latencyNanoseconds > 0 || faults.flipPermille > 0 && !verifies
      #expect(hasFailed != isHarmless)
      knobs.device.faults = ChipFaults()
      knobs.count(seconds: 31)
      #expect(
        knobs.chip.text == [
          "Polnjenje 1         ", "30 kWh              ", "Počakajte           ",
          "Brez povezave       ",
        ])
      let last = knobs.told.all.last
      #expect(last == .some(nil))
    }
  }
}
