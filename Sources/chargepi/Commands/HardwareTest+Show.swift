import ChargePiES
import Drivers
import Synchronization

extension HardwareTest {
  /// How long each picture stays.
  static let pictureNanoseconds: Int64 = 2_000_000_000

  /// Texts, characters of our own, and every dot.
  func testDisplay() throws(CommandFailure) {
    guard let plan = access.plan.display else {
      throw .configuration("there is no display in the configuration (\(WiringKeys.hardware).lcd)")
    }
    let place = "/dev/i2c-\(plan.place.bus), address \(hexadecimal(plan.place.address))"
    Terminal.say("display \(plan.columns)x\(plan.rows) at \(place)")
    let failure = Failure()
    let display = try display(plan, failure)
    for picture in DisplayPicture.all(columns: plan.columns, rows: plan.rows) {
      Terminal.say("  it must show \(picture.words)")
      display.show(picture.rows)
      try access.bench.run(display, forNanoseconds: Self.pictureNanoseconds)
      if let words = failure.words { throw .hardware("display: \(words)") }
    }
    display.show(["ChargePi"])
    try access.bench.run(display, forNanoseconds: Self.pictureNanoseconds / 4)
  }

  /// The display's driver; the failure gets what goes wrong.
  func display(_ plan: DisplayPlan, _ failure: Failure) throws(CommandFailure) -> HD44780 {
    let device = try opening("display") { () throws(BusError) in
      try access.provider.i2c(plan.place)
    }
    let size = HD44780Size(columns: plan.columns, rows: plan.rows) ?? .columns16Rows2
    return HD44780(
      device: device, clock: access.provider.clock, size: size,
      onState: { failure.words = $0?.words })
  }

  /// Each colour on all LEDs, then each connector's segment alone.
  func testLamps() throws(CommandFailure) {
    guard let plan = access.plan.lamps else {
      throw .configuration(
        "there is no strip in the configuration (\(WiringKeys.hardware).LED_indicator)")
    }
    let failure = Failure()
    let strip = try strip(plan, failure)
    defer { strip.end() }
    let names = access.plan.evses.flatMap { evse in
      evse.connectors.map { "\(evse.id).\($0.id)" }
    }
    Terminal.say("strip: \(plan.ledsPerConnector * names.count) LEDs, \(plan.order)")
    var pictures = LampPicture.colours(segments: names.count)
    pictures += LampPicture.segments(names)
    for picture in pictures {
      Terminal.say("  it must show \(picture.words)")
      strip.show(picture.lamps)
      try access.bench.run(strip, forNanoseconds: Self.pictureNanoseconds)
      if let words = failure.words { throw .hardware("strip: \(words)") }
    }
  }

  /// The strip's driver; the failure gets what goes wrong.
  func strip(_ plan: LampPlan, _ failure: Failure) throws(CommandFailure) -> WS281xStrip {
    let output = try opening("strip") { () throws(BusError) in
      try access.provider.strip(plan)
    }
    let connectors = access.plan.evses.map(\.connectors.count).reduce(0, +)
    return WS281xStrip(
      output: output, clock: access.provider.clock,
      segments: [Int](repeating: plan.ledsPerConnector, count: connectors),
      power: WS281xPower(budgetMilliamperes: plan.budgetMilliamperes),
      onState: { failure.words = $0?.words })
  }

  /// What a driver has told of its failure, from whichever thread.
  final class Failure: Sendable {
    private let content = Mutex<String?>(nil)

    /// Nil while nothing is wrong.
    var words: String? {
      get { content.withLock { $0 } }
      set { content.withLock { $0 = newValue } }
    }
  }
}

/// Something that a display shows, and how people know it.
struct DisplayPicture {
  var words: String
  var rows: [String]

  static func all(columns: Int, rows: Int) -> [DisplayPicture] {
    let digits = String("0123456789ABCDEFGHIJ".prefix(columns))
    let own = String("čšžČŠŽÄÜ äöüß°→Ω abc".prefix(columns))
    func filled(_ lines: [String]) -> [String] { (0..<rows).map { lines[$0 % lines.count] } }
    return [
      DisplayPicture(
        words: "digits and letters in every column of every row", rows: filled([digits])),
      DisplayPicture(
        words: "\"\(own)\": letters with carons and dots, drawn by us and by its ROM",
        rows: filled([own, String(own.reversed())])),
      DisplayPicture(
        words: "every dot", rows: filled([String(repeating: "█", count: columns)])),
    ]
  }
}

/// Something that a strip shows, and how people know it.
struct LampPicture {
  var words: String
  var lamps: [Lamp]

  private static let colours: [(name: String, colour: Colour)] = [
    ("red", Colour(red: 255, green: 0, blue: 0)), ("green", Colour(red: 0, green: 255, blue: 0)),
    ("blue", Colour(red: 0, green: 0, blue: 255)), ("white", .white),
  ]

  /// Each colour everywhere: another one than is said is a wrong `order`.
  static func colours(segments: Int) -> [LampPicture] {
    colours.map { name, colour in
      LampPicture(words: name, lamps: [Lamp](repeating: Lamp(colour), count: segments))
    }
  }

  /// Each connector's segment alone.
  static func segments(_ names: [String]) -> [LampPicture] {
    names.indices.map { index in
      LampPicture(
        words: "green at connector \(names[index]) alone",
        lamps: names.indices.map { Lamp($0 == index ? colours[1].colour : .black) })
    }
  }
}

extension HD44780Failure {
  /// For people.
  var words: String {
    switch self {
    case .bus(let error): error.words
    case .mismatch: "it does not keep what is written"
    }
  }
}

extension WS281xError {
  /// For people.
  var words: String {
    switch self {
    case .bus(let error): error.words
    case .notLoaded(let words): "libws2811.so cannot be loaded: \(words)"
    case .missingFunction(let name): "libws2811.so is of another kind: it lacks \(name)"
    case .refused(let code, let words): "libws2811.so refuses: \(words) (\(code))"
    }
  }
}
