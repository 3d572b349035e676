import ChargePiES
import Testing

@testable import Projections

@Suite("everything fits the display")
struct DisplayFitTests {
  static let sizes = [DisplaySize.columns16Rows2, .columns20Rows4]

  @Test("every situation in every language fits every display, with nothing cut")
  func everything() {
    var pages = 0
    for catalogue in Catalogue.all {
      for size in Self.sizes {
        for scene in Scene.allCases {
          for isOffline in [false, true] {
            for count in [1, 2, 12] {
              let station = Scene.station(
                [Scene](repeating: scene, count: count), isOffline: isOffline)
              for second in 0..<Int64(count * 4) {
                let page = Display.page(
                  station, in: catalogue, size: size,
                  nowNanoseconds: Scene.now + second * nanosecondsPerSecond)
                check(page, catalogue, size, isOffline)
                pages += 1
              }
            }
          }
        }
      }
    }
    #expect(pages == 3 * 2 * 16 * 2 * 60)
  }

  /// As many lines as there are, none too long, and each made of whole texts.
  private func check(
    _ page: DisplayPage, _ catalogue: Catalogue, _ size: DisplaySize, _ isOffline: Bool
  ) {
    let context = "\(page.lines)"
    #expect(page.lines.count == size.rows, "\(context)")
    let longest = page.lines.map(\.count).max() ?? 0
    #expect(longest <= size.columns, "\(context)")
    #expect(page.lines[0].hasSuffix("!") == isOffline, "\(context)")
    let titles = Mirror(reflecting: catalogue.titles).children.compactMap { $0.value as? String }
    let isTitled = titles.contains { page.lines[0].hasPrefix($0 + " ") }
    #expect(isTitled, "\(context)")
    let details = Mirror(reflecting: catalogue.details).children.compactMap { $0.value as? String }
    let isWhole =
      details.contains(page.lines[1]) || page.lines[1].contains(" kWh ")
      || page.lines[1] == catalogue.faults.ground
    #expect(isWhole, "\(context)")
    // Letters that a display has to draw: it has room for eight.
    let drawn = Set(page.lines.joined()).filter { "čšžČŠŽÄÖÜ".contains($0) }
    #expect(drawn.count <= 8, "\(context)")
  }

  @Test("numbers lose decimals, never digits")
  func numbers() {
    var station = Scene.station([.charging])
    for wattHours in [0, 9, 10, 999, 9_999, 99_999, 999_999, 9_999_999] as [Int64] {
      for watts in [0, 49, 50, 949, 7_360, 22_000, 43_960, 349_960] as [Int64] {
        for minutes in [0, 9, 99, 100, 5_999, 6_000, 99_999] as [Int64] {
          station.evses[0] = Scene.charging.evse(
            milliwattHours: wattHours * 1_000, milliwatts: watts * 1_000)
          station.evses[0].session?.countedFromNanoseconds = 0
          let now = minutes * 60 * nanosecondsPerSecond
          for (offset, unit) in [(0, "kW"), (2, minutes < 100 ? "min" : "h")] as [(Int64, String)] {
            let page = Display.page(
              station, in: .german, size: .columns16Rows2,
              nowNanoseconds: now + offset * nanosecondsPerSecond)
            let line = page.lines[1]
            #expect(line.count == 16, "\(line)")
            #expect(line.hasSuffix(" " + unit), "\(line)")
            let energy = line.split(separator: " ").first.map(String.init) ?? ""
            let whole = energy.split(separator: ",").first.map(String.init) ?? ""
            #expect(whole == "\(wattHours / 1_000)", "\(line)")
          }
        }
      }
    }
  }

  @Test("an EVSE's number is never cut, the title is")
  func longNumbers() {
    for catalogue in Catalogue.all {
      for scene in Scene.allCases {
        var station = Scene.station([scene], isOffline: true)
        station.evses[0].id = 1_000
        let page = Display.page(
          station, in: catalogue, size: .columns16Rows2, nowNanoseconds: Scene.now)
        #expect(page.lines[0].count == 16)
        #expect(page.lines[0].contains(" 1000 "))
      }
    }
  }

  @Test("between a page and its next change nothing changes, and then something is due")
  func changes() {
    var chance = SceneChance(state: 11)
    for turn in 0..<2_000 {
      let scenes = (0..<1 + chance.below(5)).map { _ in chance.scene() }
      var station = Scene.station(scenes, isOffline: turn % 3 == 0)
      for index in station.evses.indices where chance.below(3) == 0 {
        station.evses[index].session?.beganAt.monotonicNanoseconds = Scene.now
      }
      let size = Self.sizes[chance.below(2)]
      let now = Scene.now + Int64(chance.below(70_000)) * 1_000_000
      func page(_ moment: Int64) -> DisplayPage {
        Display.page(station, in: .english, size: size, nowNanoseconds: moment)
      }
      let first = page(now)
      let end = first.changesAtNanoseconds ?? now + 3_600 * nanosecondsPerSecond
      #expect(end > now)
      for _ in 0..<5 {
        let moment = now + Int64(chance.below(Int(end - now)))
        #expect(page(moment).lines == first.lines, "\(scenes) \(now) \(moment)")
      }
      #expect(page(end - 1).lines == first.lines, "\(scenes) \(now)")
    }
  }
}
