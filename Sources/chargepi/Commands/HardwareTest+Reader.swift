import Drivers

extension HardwareTest {
  /// How long a card is waited for.
  static let cardNanoseconds: Int64 = 20_000_000_000

  /// Waits for a card and shows its number as the station would report it.
  func testReader() throws(CommandFailure) {
    let (number, plan) = try reader()
    let found = ReaderFindings()
    let reader = try ReaderBench(number, plan, access, found)
    Terminal.say("reader \(number) (\(plan.model)): hold a card to it within 20 seconds")
    var told = ReaderState.Condition.starting
    let hasRead = try access.bench.run(reader.task, forNanoseconds: Self.cardNanoseconds) {
      if found.state.condition != told {
        told = found.state.condition
        Terminal.say("  " + found.state.words)
      }
      for refusal in found.takeRefusals() { Terminal.say("  card refused: \(refusal.words)") }
      return found.card != nil
    }
    reader.task.end()
    if let card = found.card {
      Terminal.say("  card \(card.text(isReversed: plan.reversesUID)) (\(card.bytes.count) bytes)")
    } else if !hasRead && told == .working {
      Terminal.say("  the reader works; no card was there")
    } else {
      throw .hardware("reader \(number): \(found.state.words)")
    }
  }

  /// The reader of a number from 1, or the only one.
  private func reader() throws(CommandFailure) -> (number: Int, plan: ReaderPlan) {
    let readers = access.plan.readers
    guard !readers.isEmpty else { throw .configuration("there is no reader in the configuration") }
    let numbers = (1...readers.count).map(String.init).joined(separator: ", ")
    guard let name else {
      guard readers.count == 1 else { throw .usage("which reader? One of \(numbers)") }
      return (1, readers[0])
    }
    guard let number = Int(name), readers.indices.contains(number - 1) else {
      throw .usage("there is no reader \"\(name)\"; there are \(numbers)")
    }
    return (number, readers[number - 1])
  }
}

/// What a reader has told.
final class ReaderFindings {
  var state = ReaderState()
  var card: CardUID?
  var cards = 0
  private var refusals: [CardRefusal] = []

  func takeRefusals() -> [CardRefusal] {
    defer { refusals = [] }
    return refusals
  }

  var reports: ReaderReports {
    ReaderReports(
      onCard: { [self] uid in
        card = uid
        cards += 1
      }, onRefusal: { [self] in refusals.append($0) }, onState: { [self] in state = $0 })
  }
}

/// A reader's driver at the workbench.
struct ReaderBench {
  let task: any BusTask
  private let current: () -> ReaderState

  /// How the reader is; its counts as they are now.
  var state: ReaderState { current() }

  init(
    _ number: Int, _ plan: ReaderPlan, _ access: HardwareAccess, _ findings: ReaderFindings
  ) throws(CommandFailure) {
    (task, current) = try opening("reader \(number)") { () throws(BusError) in
      try Self.task(plan, access.provider, findings)
    }
  }

  private static func task(
    _ plan: ReaderPlan, _ provider: any HardwareProvider, _ findings: ReaderFindings
  ) throws(BusError) -> (any BusTask, () -> ReaderState) {
    var rules = CardRules()
    rules.acceptsRandomUIDs = plan.acceptsRandomUID
    var reset: (any DigitalOutput)?
    if let pin = plan.resetPin {
      // Both chips' reset lines are active when low.
      reset = try provider.output(pin: pin, isActiveLow: true, consumer: "chargepi-test-reset")
    }
    var interrupt: (any DigitalInput)?
    if let pin = plan.interruptPin {
      interrupt = try provider.input(
        InputPlan(pin: pin, isActiveLow: true), restsActive: false, consumer: "chargepi-test-irq")
    }
    switch plan.chip {
    case .mfrc522(let place):
      let reader = MFRC522(
        device: try provider.spi(place, consumer: "chargepi-test-reader"), reset: reset,
        interrupt: interrupt, clock: provider.clock, rules: rules, reports: findings.reports)
      return (reader, { reader.state })
    case .pn532(let place):
      let reader = PN532(
        device: try provider.i2c(place), reset: reset, interrupt: interrupt,
        clock: provider.clock, rules: rules, reports: findings.reports)
      return (reader, { reader.state })
    }
  }
}

extension ReaderPlan {
  /// `MFRC522 at /dev/spidev0.0`.
  var model: String {
    switch chip {
    case .mfrc522(let place): "MFRC522 at /dev/spidev\(place.bus).\(place.chipSelect)"
    case .pn532(let place): "PN532 at /dev/i2c-\(place.bus), address \(hexadecimal(place.address))"
    }
  }
}

extension ReaderState {
  /// How the reader is, for people.
  var words: String {
    switch condition {
    case .starting: "nothing was heard of it yet" + chip
    case .working: "works" + chip
    case .failed(let failure): "fails: \(failure.words)" + chip
    }
  }

  /// `, version 0x92` of an MFRC522; `, chip 0x32, firmware 1.6` of a PN532.
  private var chip: String {
    switch identity.count {
    case 1: ", version \(hexadecimal(Int(identity[0])))"
    case 3...: ", chip \(hexadecimal(Int(identity[0]))), firmware \(identity[1]).\(identity[2])"
    default: ""
    }
  }
}

extension ReaderFailure {
  /// What is wrong, and what to look at.
  var words: String {
    switch self {
    case .bus(let error): error.words
    case .noChip: "no chip answers: check supply, chip select and MISO"
    case .unexpectedChip(let version): "another chip answers, \(hexadecimal(Int(version)))"
    case .settingsLost: "it does not keep its settings: check the supply"
    case .selfTestFailed: "its own arithmetic is wrong"
    case .unresponsive: "it takes commands and finishes none"
    case .garbled: "what it says stays damaged: check the length of the wires"
    }
  }
}

extension CardRefusal {
  fileprivate var words: String {
    switch self {
    case .severalCards: "several cards at once"
    case .randomUID: "its number is another one each time"
    }
  }
}

/// `0x27`.
func hexadecimal(_ number: Int) -> String {
  let digits = String(number, radix: 16, uppercase: true)
  return "0x" + (digits.count < 2 ? "0" : "") + digits
}
