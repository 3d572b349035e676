import Glibc
import Testing

@testable import Drivers

@Suite("relays go off without a station")
struct OffTests {
  private static let lines = (17...21).map {
    RelayLine(name: "relay \($0)", line: GPIOLine(offset: UInt32($0), isActiveLow: true))
  }

  @Test("each line is tried, whatever becomes of the others, and told")
  func outcomes() {
    var tried: [UInt32] = []
    let outcomes = Contactors.off(
      lines: Self.lines, holder: { $0.offset == 18 ? "chargepi-relay-1" : nil }
    ) { line throws(BusError) in
      tried.append(line.offset)
      switch line.offset {
      case 18, 19: throw .busy
      case 20: throw .os(ENOENT)
      case 21: throw .os(EACCES)
      default: return
      }
    }
    #expect(tried == [17, 18, 19, 20, 21])
    #expect(
      outcomes.map(\.result) == [
        .off, .busy(holder: "chargepi-relay-1"), .busy(holder: nil), .missing,
        .failed(.os(EACCES)),
      ])
    #expect(outcomes.map(\.relay) == Self.lines)
  }

  @Test("chips that are not there have nothing on")
  func missing() {
    let lines = [
      RelayLine(name: "one", line: GPIOLine(chip: .path("/nowhere/gpiochip0"), offset: 1)),
      RelayLine(name: "two", line: GPIOLine(chip: .label("no such chip"), offset: 2)),
    ]
    #expect(Contactors.off(lines: lines).map(\.result) == [.missing, .missing])
    #expect(Contactors.off(lines: []).isEmpty)
  }
}
