import ChargePiES
import Testing

@testable import Projections

@Suite("what lamps show")
struct DisplayLampTests {
  static let lamps: [(Scene, UInt32, LampPattern)] = [
    (.available, 0x00FF00, .steady), (.cardPlease, 0xFFFF00, .slowBlink),
    (.checkingCard, 0xFFFF00, .slowBlink), (.plugPlease, 0xFFFF00, .slowBlink),
    (.starting, 0xFFFF00, .slowBlink), (.charging, 0x0000FF, .steady),
    (.pausedByCar, 0x00FFFF, .slowBlink), (.pausedByStation, 0x00FFFF, .slowBlink),
    (.finishing, 0xFF8000, .steady), (.unavailable, 0x404040, .steady),
    (.faulted, 0xFF0000, .fastBlink),
  ]

  private func colour(_ value: UInt32) -> Colour {
    Colour(
      red: UInt8(value >> 16 & 0xFF), green: UInt8(value >> 8 & 0xFF), blue: UInt8(value & 0xFF))
  }

  @Test("each situation has its colour, and moves where somebody is awaited", arguments: lamps)
  func situations(scene: Scene, value: UInt32, pattern: LampPattern) {
    let lamps = Lamps.lamps(Scene.station([scene, .available]))
    #expect(lamps == [Lamp(colour(value), pattern), Lamp(colour(0x00FF00))])
  }

  @Test("until the sensors have reported every lamp blinks")
  func starting() {
    var station = Scene.station([.available, .charging])
    station.process.isReady = false
    #expect(Lamps.lamps(station).map(\.pattern) == [.slowBlink, .slowBlink])
  }

  @Test("the API's colours are those of the lamps")
  func colours() {
    let station = Scene.station([.finishing, .faulted])
    #expect(Lamps.colours(station) == ["#ff8000", "#ff0000"])
  }
}
