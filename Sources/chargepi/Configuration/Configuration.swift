import ChargePiES
import Drivers
import Projections

/// Everything that the configuration directory says (CONTRACT §2), validated.
struct Configuration {
  var identity = Identity()
  /// Where the central system is; nil when none is configured.
  var centralSystem: CentralSystemURL?
  var security = SecurityConfiguration()
  var backend = BackendWord.raspberryPi
  /// How the hardware is wired, and where it says so.
  var hardware = HardwarePlan()
  var wiringKeys = WiringKeys()
  var simulation = SimulationSettings()
  var policy = Policy()
  var evses: [EVSELayout] = []
  var settings: [FileSetting] = []
  /// The names of what was read, for the log, with the bytes for the fingerprint.
  var files: [(name: String, bytes: [UInt8])] = []

  /// Whether there are neither chips nor models of them.
  var isSimulated: Bool { backend == .simulated }
}

/// How the connection is secured (OCPP security white paper, profiles 0 to 3).
struct SecurityConfiguration {
  var profile: Int64 = 0
  var authorizationKey: String?
  var caFile: String?
  var certificateFile: String?
  var keyFile: String?
  var verifiesHostname = true
}

/// What to read, and what beats it.
struct ConfigurationSource {
  /// The directory.
  let directory: String
  /// `--csms`.
  var centralSystem: String?
  /// `--id`.
  var id: String?
  /// `--simulate`: no hardware is touched.
  var isSimulated = false

  /// Reads and validates; the log tells whether the result can be used.
  func read(_ log: FaultLog) -> Configuration {
    var configuration = Configuration()
    let settings = file("settings.json", isRequired: true, log, &configuration)
    let connectors = file("connectors.json", isRequired: true, log, &configuration)
    let keys = file("configuration.json", isRequired: false, log, &configuration)
    readSettings(settings, &configuration)
    readConnectors(connectors, &configuration)
    checkWiring(configuration, log)
    readKeys(keys, &configuration)
    return configuration
  }

  private func file(
    _ name: String, isRequired: Bool, _ log: FaultLog, _ configuration: inout Configuration
  ) -> ConfigurationNode {
    let path = directory + "/" + name
    var value: JSON?
    switch readFile(path) {
    case .success(let bytes):
      configuration.files.append((name, bytes))
      switch Result(catching: { () throws(JSONError) in try JSON.parse(bytes) }) {
      case .success(let json): value = json
      case .failure(let error): log.fault(file: name, "\(path): \(error)")
      }
    case .failure(let error):
      if isRequired || !error.isMissing {
        log.fault(file: name, "\(path): \(error.text)")
      }
    }
    return ConfigurationNode(value: value, path: name, log: log)
  }

  private func readSettings(_ root: ConfigurationNode, _ configuration: inout Configuration) {
    root.expectObject(["charge_point"])
    let node = root["charge_point"]
    if root.value != nil { node.expectPresence("an object") }
    node.expectObject([
      "info", "security", "hardware", "simulation", "resume_after_power_loss", "reconnect",
    ])
    readInfo(node["info"], &configuration)
    readSecurity(node["security"], &configuration)
    readHardware(node["hardware"], &configuration)
    readSimulation(node["simulation"], &configuration)
    configuration.policy.resumesAfterPowerLoss = node["resume_after_power_loss"].flag(false)
    let reconnect = node["reconnect"]
    reconnect.expectObject(["minimum_s", "random_s", "maximum_s"])
    configuration.policy.reconnectMinimumSeconds = reconnect["minimum_s"].integer(2, 0...86_400)
    configuration.policy.reconnectRandomSeconds = reconnect["random_s"].integer(10, 0...86_400)
    configuration.policy.reconnectMaximumSeconds = reconnect["maximum_s"].integer(300, 1...86_400)
    readCentralSystem(node["info"]["server_uri"], &configuration)
  }

  private func readInfo(_ node: ConfigurationNode, _ configuration: inout Configuration) {
    node.expectObject([
      "vendor", "model", "id", "serial", "protocol_version", "server_uri", "log_server",
      "max_charging_time",
    ])
    configuration.identity.vendor = node["vendor"].string("ChargePi", most: 20)
    configuration.identity.model = node["model"].string("ChargePi", most: 20)
    configuration.identity.serial = node["serial"].string("", most: 25)
    configuration.identity.id = id ?? node["id"].string("ChargePi", most: 48)
    _ = node["log_server"].string("")
    let version: OCPPVersionWord = node["protocol_version"].word(.v16)
    configuration.identity.ocppVersion = version.rawValue
    let minutes = node["max_charging_time"].integer(0, 0...100_000)
    configuration.policy.maximumChargingSeconds = minutes * 60
  }

  private func readSecurity(_ node: ConfigurationNode, _ configuration: inout Configuration) {
    node.expectObject([
      "profile", "authorization_key", "ca_file", "certificate_file", "key_file", "verify_hostname",
    ])
    var security = SecurityConfiguration()
    security.profile = node["profile"].integer(0, 0...3)
    security.verifiesHostname = node["verify_hostname"].flag(true)
    security.authorizationKey = optional(node["authorization_key"])
    security.caFile = existing(node["ca_file"])
    security.certificateFile = existing(node["certificate_file"])
    security.keyFile = existing(node["key_file"])
    if security.profile == 1 || security.profile == 2, security.authorizationKey == nil {
      node.log.fault(
        "\(node.path).authorization_key", expected: "a key for profile \(security.profile)",
        found: "none")
    }
    configuration.security = security
  }

  private func optional(_ node: ConfigurationNode) -> String? {
    let text = node.string("", most: 40)
    return text.isEmpty ? nil : text
  }

  private func existing(_ node: ConfigurationNode) -> String? {
    let path = node.string("")
    guard !path.isEmpty else { return nil }
    if case .failure(let error) = readFile(path) {
      node.log.fault(
        node.path, expected: "a file that can be read", found: "\(path): \(error.text)")
    }
    return path
  }

  private func readCentralSystem(
    _ node: ConfigurationNode, _ configuration: inout Configuration
  ) {
    let text = centralSystem ?? node.string("")
    guard !text.isEmpty else { return }
    let path = centralSystem == nil ? node.path : "--csms"
    let isSecure = configuration.security.profile >= 2
    switch CentralSystemURL.parse(text, assumingSecure: isSecure) {
    case .success(let url):
      if isSecure && !url.isSecure {
        node.log.fault(
          path, expected: "wss:// for security profile \(configuration.security.profile)",
          found: "ws://")
      }
      configuration.centralSystem = url
      configuration.policy.hasUpstream = true
    case .failure(let problem):
      node.log.fault(path, expected: "[ws://|wss://]host[:port]/path", found: problem.text)
    }
  }
}

/// The OCPP versions that can be configured.
enum OCPPVersionWord: String, CaseIterable {
  case v16 = "1.6"
}
