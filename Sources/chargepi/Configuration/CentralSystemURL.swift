/// Where a central system listens: `[ws://|wss://]host[:port]/path`.
struct CentralSystemURL: Hashable {
  var isSecure: Bool
  var host: String
  var port: UInt16
  /// Percent-encoded, beginning with a slash, not ending with one.
  var path: String

  /// Why a text is none.
  struct Problem: Error {
    let text: String
  }

  /// Reads a URL; without a scheme, `assumingSecure` decides.
  static func parse(_ text: String, assumingSecure: Bool) -> Result<Self, Problem> {
    var rest = Substring(text)
    var isSecure = assumingSecure
    if let range = rest.firstRange(of: "://") {
      switch rest[..<range.lowerBound].lowercased() {
      case "ws": isSecure = false
      case "wss": isSecure = true
      default: return .failure(Problem(text: "the scheme \(rest[..<range.lowerBound])"))
      }
      rest = rest[range.upperBound...]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var path = String(rest[slash...])
    while path.hasSuffix("/") { path.removeLast() }
    guard let (host, port) = authority(rest[..<slash], isSecure) else {
      return .failure(Problem(text: "the host \"\(rest[..<slash])\""))
    }
    guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return .failure(Problem(text: "a path with characters that must be percent-encoded"))
    }
    return .success(Self(isSecure: isSecure, host: host, port: port, path: path))
  }

  private static func authority(_ text: Substring, _ isSecure: Bool) -> (String, UInt16)? {
    let standard: UInt16 = isSecure ? 443 : 80
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let host = String(text[text.index(after: text.startIndex)..<end])
      let rest = text[text.index(after: end)...]
      if rest.isEmpty { return host.isEmpty ? nil : (host, standard) }
      guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
      return (host, port)
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let host = parts.first, !host.isEmpty, parts.count <= 2,
      host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") })
    else { return nil }
    guard parts.count == 2 else { return (String(host), standard) }
    guard let port = UInt16(parts[1]), port > 0 else { return nil }
    return (String(host), port)
  }

  /// The path with a station's id at its end, as OCPP-J 1.6 §3.1.1 wants it.
  func path(for id: String) -> String {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    var encoded = ""
    for byte in id.utf8 {
      if unreserved.contains(byte) {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return path + "/" + encoded
  }
}
