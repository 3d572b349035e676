import ChargePiES
import Testing

@testable import Projections

@Suite("the display's languages")
struct DisplayCatalogueTests {
  private func texts(_ part: Any) -> [String] {
    Mirror(reflecting: part).children.compactMap { $0.value as? String }
  }

  @Test("every text fits its line, and none is missing", arguments: Catalogue.all)
  func widths(catalogue: Catalogue) {
    let titles = texts(catalogue.titles)
    let others = texts(catalogue.details) + texts(catalogue.faults)
    #expect(titles.count == 11)
    #expect(others.count == 14 + 17)
    for text in titles { #expect(text.count <= 11, "\(text)") }
    for text in others { #expect(text.count <= 16, "\(text)") }
    for text in titles + others {
      #expect(!text.isEmpty && text.first != " " && text.last != " ", "\(text)")
    }
  }

  @Test("titles tell states apart", arguments: Catalogue.all)
  func titles(catalogue: Catalogue) {
    #expect(Set(texts(catalogue.titles)).count == 11)
    #expect(Set(texts(catalogue.faults)).count == 17)
  }

  @Test("letters are those that a display has or can draw", arguments: Catalogue.all)
  func letters(catalogue: Catalogue) {
    let all = texts(catalogue.titles) + texts(catalogue.details) + texts(catalogue.faults)
    for letter in all.joined() {
      #expect(letter.isASCII || "čšžČŠŽäöüßÄÖÜ".contains(letter), "\(letter)")
    }
  }

  @Test("a language is found by its code")
  func codes() {
    #expect(Catalogue.all.map(\.code) == ["en", "de", "sl"])
    for catalogue in Catalogue.all { #expect(Catalogue.language(catalogue.code) == catalogue) }
    #expect(Catalogue.language("xx") == nil)
  }

  @Test("every fault has its plain words; the emergency stop its own")
  func faults() {
    for catalogue in Catalogue.all {
      let codes = FaultCode.allCases.filter { $0 != .none }
      let words = codes.map { code in catalogue.faults.text(Fault { $0.code = code }) }
      #expect(Set(words).count == codes.count)
      let stop = Fault {
        $0.code = .otherError
        $0.vendorCode = "EmergencyStop"
      }
      #expect(catalogue.faults.text(stop) == catalogue.faults.emergencyStop)
    }
  }
}
