import ChargePiES
import Projections

extension ConfigurationSource {
  /// Keys of OCPP 1.6 as initial values.
  func readKeys(_ root: ConfigurationNode, _ configuration: inout Configuration) {
    root.expectObject(["configuration"])
    let node = root["configuration"]
    if root.value != nil { node.expectPresence("an object") }
    for member in node.value?.members ?? [] where member.name != "version" {
      let entry = node[member.name]
      entry.expectObject(["readOnly", "value"])
      _ = entry["readOnly"].flag(false)
      let variable = OCPP16Keys.variable(member.name)
      guard variable != .unspecified, variable.definition.kind != .secret else {
        entry.log.warn("\(entry.path): no key of this station, ignored")
        continue
      }
      guard let value = canonical(entry["value"], variable) else { continue }
      // Several keys of OCPP 1.6 may stand for one setting; the first one counts.
      guard !configuration.settings.contains(where: { $0.variable == variable }) else { continue }
      configuration.settings.append(.init { $0.set(variable, value) })
    }
  }

  /// Profiles that this version has; others in a file are absent, with a warning.
  private func profiles(_ text: String, _ node: ConfigurationNode) -> String {
    guard case .list(let allowed, _) = Variable.featureProfiles.definition.kind else { return text }
    let wanted = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    for name in wanted where !allowed.contains(name) {
      node.log.warn("\(node.path): the profile \(name) is absent in this version")
    }
    return wanted.filter(allowed.contains).joined(separator: ",")
  }

  private func canonical(_ node: ConfigurationNode, _ variable: Variable) -> String? {
    guard variable != .numberOfConnectors else { return nil }
    let text: String
    switch node.value {
    case .integer(let number): text = String(number)
    case .bool(let flag): text = flag ? "true" : "false"
    default:
      let found = node.string("")
      text = variable == .featureProfiles ? profiles(found, node) : found
    }
    if let value = variable.definition.canonical(text) { return value }
    node.log.fault(node.path, expected: variable.definition.kind.words, found: "\"\(text)\"")
    return nil
  }
}

extension VariableKind {
  /// What a setting may hold, for people.
  var words: String {
    switch self {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true or false"
    case .list(let allowed, _): "a list of \(allowed.joined(separator: ", "))"
    case .rotations: "phase rotations such as 1.RST,2.NotApplicable"
    case .text(let most): "at most \(most) characters"
    case .secret, .token: "nothing: it is kept in the vault"
    }
  }
}
