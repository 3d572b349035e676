/// The names under which OCPP carries card numbers and secrets, in lower case.
enum SensitiveNames {
  /// Members whose string value is a card number or its like.
  static let tokens = [
    "idtag", "parentidtag", "idtoken", "parentidtoken", "groupidtoken", "additionalidtoken",
  ]
  /// Members whose string value is a secret.
  static let secrets = ["authorizationkey", "basicauthpassword", "apnpassword", "password"]
  /// Settings whose value is a secret.
  static let settings = ["authorizationkey", "basicauthpassword"]
  /// Members that name a setting: `key` in 1.6, `name` within `variable` in 2.0.1.
  static let settingNames = ["key", "name"]
  /// Members that carry a setting's value.
  static let settingValues = ["value", "attributevalue"]

  /// The first two letters of all tokens and secrets, each once.
  static let beginnings: [(UInt8, UInt8)] = {
    var pairs: [(UInt8, UInt8)] = []
    for name in tokens + secrets {
      let letters = Array(name.utf8.prefix(2))
      guard !pairs.contains(where: { $0.0 == letters[0] && $0.1 == letters[1] }) else { continue }
      pairs.append((letters[0], letters[1]))
    }
    return pairs
  }()
}
