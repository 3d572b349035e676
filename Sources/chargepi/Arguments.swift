import Projections

/// The program's version.
let programVersion = "0.1.0"

/// The command line (CONTRACT §1).
struct Arguments {
  /// What to do.
  enum Command: Hashable {
    case run
    case check
    case off
    case scan
    case test(TestedPart)
    case report
    case calibrate
    case help
    case version

    /// The first word, as it is typed.
    var word: String {
      switch self {
      case .run: "run"
      case .check: "check"
      case .off: "off"
      case .scan, .test, .report: "hw"
      case .calibrate: "calibrate"
      case .help: "help"
      case .version: "--version"
      }
    }

    /// The options that it takes.
    fileprivate var options: [String] {
      switch self {
      case .run:
        ["--config", "--data", "--csms", "--id", "--simulate", "--http", "--log-level"]
      case .check, .off, .scan, .report: ["--config"]
      case .test: ["--config", "--yes"]
      case .calibrate: ["--config", "--meter", "--dry-run"]
      case .help, .version: []
      }
    }
  }

  var command = Command.help
  var configurationDirectory = "/etc/chargepi"
  var dataDirectory = "/var/lib/chargepi"
  var centralSystem: String?
  var id: String?
  var isSimulated = false
  var httpHost = "127.0.0.1"
  var httpPort: UInt16 = 8_080
  var logLevel = LogLevel.info
  /// What `help` is about.
  var topic: String?
  /// The connector or reader that `hw test` and `calibrate` are about.
  var part: String?
  var isDryRun = false
  /// What a command would ask is agreed to.
  var isAgreed = false

  /// Why a command line cannot be used.
  struct Misuse: Error {
    let text: String
  }

  static func parse(_ words: [String]) throws(Misuse) -> Arguments {
    var arguments = Arguments()
    var rest = words[...]
    guard let first = rest.popFirst() else { throw Misuse(text: "a command is missing") }
    switch first {
    case "run": arguments.command = .run
    case "check": arguments.command = .check
    case "off": arguments.command = .off
    case "calibrate": arguments.command = .calibrate
    case "hw": try arguments.takeHardware(&rest)
    case "--version": arguments.command = .version
    case "--help", "-h": arguments.command = .help
    case "help":
      arguments.command = .help
      arguments.topic = rest.popFirst()
    default: throw Misuse(text: "there is no command \"\(first)\"")
    }
    while let flag = rest.popFirst() { try arguments.take(flag, &rest) }
    return arguments
  }

  /// `scan`, `report`, or `test PART [NAME]`.
  private mutating func takeHardware(_ rest: inout ArraySlice<String>) throws(Misuse) {
    switch rest.popFirst() {
    case "scan": command = .scan
    case "report": command = .report
    case "test":
      let word = rest.popFirst() ?? ""
      guard let part = TestedPart(rawValue: word.lowercased()) else {
        let words = TestedPart.allCases.map(\.rawValue).joined(separator: ", ")
        throw Misuse(text: "hw test needs one of \(words), not \"\(word)\"")
      }
      command = .test(part)
      if let name = rest.first, !name.hasPrefix("-") { self.part = rest.popFirst() }
    case "--help", "-h":
      topic = "hw"
      command = .help
    case .some(let word): throw Misuse(text: "\"hw \(word)\": it is scan, test or report")
    case nil: throw Misuse(text: "hw needs scan, test or report")
    }
  }

  private mutating func take(_ flag: String, _ rest: inout ArraySlice<String>) throws(Misuse) {
    if flag == "--help" || flag == "-h" {
      topic = command.word
      command = .help
      return
    }
    guard command.options.contains(flag) else {
      throw Misuse(text: "\"\(flag)\" is no option of \(command.word)")
    }
    switch flag {
    case "--simulate": isSimulated = true
    case "--dry-run": isDryRun = true
    case "--yes": isAgreed = true
    default:
      guard let value = rest.popFirst() else { throw Misuse(text: "\(flag) needs a value") }
      try take(flag, value)
    }
  }

  private mutating func take(_ flag: String, _ value: String) throws(Misuse) {
    switch flag {
    case "--config": configurationDirectory = value
    case "--data": dataDirectory = value
    case "--csms": centralSystem = value
    case "--id": id = value
    case "--meter": part = value
    case "--http": try takeAddress(value)
    default: try takeLevel(value)
    }
  }

  private mutating func takeAddress(_ value: String) throws(Misuse) {
    guard let colon = value.lastIndex(of: ":"), colon != value.startIndex,
      let port = UInt16(value[value.index(after: colon)...])
    else { throw Misuse(text: "--http needs HOST:PORT, not \"\(value)\"") }
    var host = value[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    httpHost = String(host)
    httpPort = port
  }

  private mutating func takeLevel(_ value: String) throws(Misuse) {
    guard let level = LogLevel.allCases.first(where: { $0.word == value }) else {
      let words = LogLevel.allCases.map(\.word).joined(separator: ", ")
      throw Misuse(text: "--log-level is one of \(words)")
    }
    logLevel = level
  }
}
