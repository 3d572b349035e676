import Glibc

/// The server's side of one WebSocket connection (RFC 6455), as plain as a test needs it.
final class PeerWebSocket: Sendable {
  enum Opcode: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
  }

  struct Frame: Equatable {
    var opcode: Opcode
    var payload: [UInt8]
  }

  let socket: PeerSocket
  /// The upgrade request, whole.
  let request: String

  /// Reads the upgrade and accepts it with `subprotocol`, or answers with `refusal`.
  init?(_ socket: PeerSocket, subprotocol: String? = "ocpp1.6", refusal: String? = nil) {
    self.socket = socket
    var received: [UInt8] = []
    while received.suffix(4) != Array("\r\n\r\n".utf8)[...] {
      let piece = socket.read(atMost: 1)
      if piece.isEmpty { return nil }
      received += piece
    }
    request = String(decoding: received, as: UTF8.self)
    if let refusal {
      socket.write(refusal)
      return nil
    }
    let key = PeerWebSocket.header("Sec-WebSocket-Key", in: request) ?? ""
    let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    let accept = base64Digits(sha1(Array((key + magic).utf8)))
    var answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    answer += "Sec-WebSocket-Accept: \(accept)\r\n"
    if let subprotocol { answer += "Sec-WebSocket-Protocol: \(subprotocol)\r\n" }
    socket.write(answer + "\r\n")
  }

  static func header(_ name: String, in request: String) -> String? {
    for line in request.split(separator: "\r\n") where line.hasPrefix("\(name): ") {
      return String(line.dropFirst(name.count + 2))
    }
    return nil
  }

  func send(_ opcode: Opcode, _ payload: [UInt8], final: Bool = true) {
    var frame: [UInt8] = [(final ? 0x80 : 0) | opcode.rawValue]
    switch payload.count {
    case 0..<126:
      frame.append(UInt8(payload.count))
    case 126..<65_536:
      frame += [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default:
      frame.append(127)
      frame += (0..<8).map { UInt8(payload.count >> (56 - 8 * $0) & 255) }
    }
    socket.write(frame + payload)
  }

  /// The next frame, unmasked; nil at the end of the stream.
  func receive() -> Frame? {
    guard let head = readExactly(2), let opcode = Opcode(rawValue: head[0] & 15) else { return nil }
    var count = Int(head[1] & 127)
    if count >= 126 {
      guard let extended = readExactly(count == 126 ? 2 : 8) else { return nil }
      count = extended.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let mask = readExactly(4), var payload = readExactly(count) else { return nil }
    for index in payload.indices { payload[index] ^= mask[index & 3] }
    return Frame(opcode: opcode, payload: payload)
  }

  /// Answers pings, echoes messages and closes, until the connection ends.
  func echo() {
    while let frame = receive() {
      switch frame.opcode {
      case .text, .binary, .continuation: send(frame.opcode, frame.payload)
      case .ping: send(.pong, frame.payload)
      case .pong: break
      case .close:
        send(.close, frame.payload)
        return
      }
    }
  }

  private func readExactly(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let piece = socket.read(atMost: min(count - bytes.count, 1 << 16))
      if piece.isEmpty { return nil }
      bytes += piece
    }
    return bytes
  }
}

private func base64Digits(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text = ""
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = Array(bytes[start..<min(start + 3, bytes.count)])
    let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[$1]) : 0) }
    for place in 0..<4 {
      text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : "=")
    }
  }
  return text
}

/// FIPS 180-4 §6.1; for the handshake only.
private func sha1(_ message: [UInt8]) -> [UInt8] {
  var padded = message + [0x80]
  while padded.count % 64 != 56 { padded.append(0) }
  padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
  var hash: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
  func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
  for start in stride(from: 0, to: padded.count, by: 64) {
    var words = (0..<16).map { index in
      padded[(start + index * 4)..<(start + index * 4 + 4)].reduce(UInt32(0)) {
        $0 << 8 | UInt32($1)
      }
    }
    for index in 16..<80 {
      let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
      words.append(rotate(mixed, 1))
    }
    var (a, b, c, d, e) = (hash[0], hash[1], hash[2], hash[3], hash[4])
    for index in 0..<80 {
      let (choice, constant): (UInt32, UInt32)
      switch index {
      case 0..<20: (choice, constant) = (b & c | ~b & d, 0x5a82_7999)
      case 20..<40: (choice, constant) = (b ^ c ^ d, 0x6ed9_eba1)
      case 40..<60: (choice, constant) = (b & c | b & d | c & d, 0x8f1b_bcdc)
      default: (choice, constant) = (b ^ c ^ d, 0xca62_c1d6)
      }
      let next = rotate(a, 5) &+ choice &+ e &+ constant &+ words[index]
      (a, b, c, d, e) = (next, a, rotate(b, 30), c, d)
    }
    hash = zip(hash, [a, b, c, d, e]).map { $0 &+ $1 }
  }
  return hash.flatMap { word in (0..<4).map { UInt8(word >> (24 - 8 * UInt32($0)) & 255) } }
}
