import Projections

/// The program's version.
let programVersion = "0.1.0"

/// The command line (CONTRACT §1).
struct Arguments {
  /// What to do.
  enum Command: String, CaseIterable {
    case run
    case check
    case help
    case version
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

  private mutating func take(_ flag: String, _ rest: inout ArraySlice<String>) throws(Misuse) {
    if flag == "--help" || flag == "-h" {
      topic = command.rawValue
      command = .help
      return
    }
    if flag == "--simulate", command == .run {
      isSimulated = true
      return
    }
    let takesMore = command == .run || (command == .check && flag == "--config")
    guard takesMore, Self.flags.contains(flag) else {
      throw Misuse(text: "\"\(flag)\" is no option of \(command.rawValue)")
    }
    guard let value = rest.popFirst() else { throw Misuse(text: "\(flag) needs a value") }
    switch flag {
    case "--config": configurationDirectory = value
    case "--data": dataDirectory = value
    case "--csms": centralSystem = value
    case "--id": id = value
    case "--http": try takeAddress(value)
    default: try takeLevel(value)
    }
  }

  private static let flags = ["--config", "--data", "--csms", "--id", "--http", "--log-level"]

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

  /// The help text.
  static let usage = """
    chargepi: an OCPP charging station that never forgets and never guesses

      chargepi run     run the station
      chargepi check   validate the configuration and say every fault
      chargepi --version | --help | help COMMAND

    Options of run:
      --config DIR        settings.json, connectors.json, configuration.json (/etc/chargepi)
      --data DIR          journal, vault, socket (/var/lib/chargepi)
      --csms URL          the central system: [ws://|wss://]host[:port]/path
      --id ID             the station's identity
      --simulate          a simulated board instead of the hardware
      --http HOST:PORT    the API (127.0.0.1:8080); port 0 takes a free one
      --log-level LEVEL   critical, error, warning, notice, info, debug

    Option of check: --config DIR
    Exit codes: 0 asked to stop, 1 configuration, 2 usage, 3 journal unusable or taken
    """
}
