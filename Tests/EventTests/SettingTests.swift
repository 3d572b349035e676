import Testing

@testable import ChargePiES

@Suite("Settings")
struct SettingTests {
  /// Every setting with a range, and the range.
  static let numbers: [(Variable, ClosedRange<Int64>)] = Variable.allCases.compactMap {
    if case .integer(let range) = $0.definition.kind { ($0, range) } else { nil }
  }

  static let truths = Variable.allCases.filter { $0.definition.kind == .flag }

  @Test("a number is accepted within its range and refused outside", arguments: numbers)
  func ranges(_ variable: Variable, _ range: ClosedRange<Int64>) {
    let definition = variable.definition
    #expect(definition.canonical("\(range.lowerBound)") == "\(range.lowerBound)")
    #expect(definition.canonical(" \(range.upperBound) ") == "\(range.upperBound)")
    for wrong in ["\(range.upperBound + 1)", "\(range.lowerBound - 1)", "", "x", "1.5", "1e2"] {
      #expect(definition.canonical(wrong) == nil)
    }
    #expect(definition.canonical(definition.initial) == definition.initial)
  }

  @Test("a flag is true or false, however it is spelt", arguments: truths)
  func flags(_ variable: Variable) {
    for word in ["true", "TRUE", "True "] { #expect(variable.definition.canonical(word) == "true") }
    #expect(variable.definition.canonical("False") == "false")
    for word in ["", "1", "yes", "truee"] { #expect(variable.definition.canonical(word) == nil) }
  }

  @Test("a list takes known names, separated by commas")
  func lists() {
    let definition = Variable.sampledMeasurands.definition
    #expect(definition.canonical("Voltage , SoC") == "Voltage,SoC")
    #expect(definition.canonical("") == "")
    #expect(definition.canonical("Voltage,Noise") == nil)
  }

  @Test("phase rotations name a connector and a rotation")
  func rotations() {
    let definition = Variable.phaseRotation.definition
    #expect(definition.canonical("0.RST, 1.TSR") == "0.RST,1.TSR")
    for wrong in ["RST", "1.RRR", "a.RST", "", "1.RST.2"] {
      #expect(definition.canonical(wrong) == nil)
    }
  }

  @Test("a central system changes what may be written", arguments: Variable.allCases)
  func writable(_ variable: Variable) {
    let story = Story(.cables(1))
    let current = story.station.text(variable)
    story.when(asked: .set(variable, current))
    if variable == .unspecified {
      story.then(.answered(.notSupported))
    } else {
      let isTaken = variable.definition.isWritable
      story.then(.answered(isTaken ? .accepted : .rejected))
    }
  }

  @Test("a new value counts at once, a wrong one changes nothing")
  func changes() {
    let story = Story(.cables(1))
    story.when(asked: .set(.sampledInterval, "15"))
    story.then(.answered(.accepted), .changed(.sampledInterval, "15"))
    story.when(asked: .set(.sampledInterval, "-1"))
    story.then(.answered(.rejected))
    #expect(story.station.integer(.sampledInterval) == 15)
  }

  @Test("a file's value is initial: what the central system changes wins until the file is edited")
  func filePrecedence() {
    let story = Story(World.cables(1).with(.sampledInterval, "20"))
    #expect(story.station.integer(.sampledInterval) == 20)
    story.given {
      $0.tell($0.call(.set(.sampledInterval, "30")))
      $0.killed()
    }
    #expect(story.station.integer(.sampledInterval) == 30)
    story.world = story.world.with(.sampledInterval, "40")
    story.given { $0.killed() }
    #expect(story.station.integer(.sampledInterval) == 40)
    story.given {
      $0.tell(.linkOpened(9))
      $0.tell($0.call(.set(.sampledInterval, "50")))
      $0.killed(lostPower: true)
    }
    #expect(story.station.integer(.sampledInterval) == 50)
  }

  @Test("a changed sampling interval counts from now, and zero stops it")
  func samplingInterval() {
    let story = Story(World.cables(1).with(.sampledInterval, "100"))
    story.givenCharging()
    story.given { $0.tell($0.call(.set(.sampledInterval, "10"))) }
    story.pass(10)
    story.then(.sampled(1, .periodic))
    story.given { $0.tell($0.call(.set(.sampledInterval, "0"))) }
    story.pass(600)
    story.then()
  }

  @Test("a password that changes leads to a new connection")
  func password() {
    let story = Story(.cables(1))
    story.when(asked: .set(.basicAuthPassword, "2"))
    story.then(
      .answered(.accepted), .changed(.basicAuthPassword, "2"), .dropped, .planned(failures: 0))
    story.pass(1)
    story.then(.connecting)
  }

  @Test("settings stay in order, each once")
  func order() {
    let story = Story(.cables(1))
    story.given {
      for variable in Variable.allCases.reversed() where variable.definition.kind == .flag {
        $0.tell($0.call(.set(variable, "true")))
        $0.tell($0.call(.set(variable, "false")))
      }
    }
    let numbers = story.station.settings.map(\.variable.rawValue)
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
  }
}
