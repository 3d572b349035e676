/// The keys and values of `vault.db`.
///
/// One unnamed LMDB database with byte keys. A key's first byte says what it is, big-endian numbers
/// keep ids in order, and the value is a Protocol Buffers message:
///
/// - `00` → `Header { Format format = 1; uint64 next_token = 2; }` with
///   `Format { string magic = 1; uint32 version = 2; }`
/// - `01`, id (8 bytes) → `Token { string text = 1; uint32 type = 2; uint64 canonical = 3; }`
/// - `02`, SHA-256 of type (4 bytes) and folded text →
///   `Spellings { repeated uint64 id = 1; uint64 canonical = 2; }`
/// - `03`, name → `SecretVersions { uint32 last = 1; }`
/// - `04`, name, `00`, version (4 bytes) → `Secret { bytes value = 1; }`
///
/// Texts are looked up by a digest because a token may be longer than an LMDB key, and because keys
/// are repeated in branch pages.
enum VaultMessages {
  static let knownFormat: UInt32 = 1
  static let magic = Array("ChargePi vault".utf8)
  /// Leaves room for the rest of the key within LMDB's 511 bytes.
  static let maximumNameBytes = 400

  static let headerKey: [UInt8] = [0x00]

  static func tokenKey(_ id: UInt64) -> [UInt8] { [0x01] + bigEndian(id) }

  static func spellingsKey(_ text: String, type: UInt32, hasher: SHA256Hasher) -> [UInt8] {
    let folded = text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    let bytes = bigEndian(type) + folded
    return [0x02] + bytes.withUnsafeBytes { hasher.digest(of: $0) }.bytes
  }

  static func secretVersionsKey(_ name: String) -> [UInt8] { [0x03] + nameBytes(name) }

  static func secretKey(_ name: String, _ version: UInt32) -> [UInt8] {
    [0x04] + nameBytes(name) + [0x00] + bigEndian(version)
  }

  private static func nameBytes(_ name: String) -> [UInt8] {
    let bytes = Array(name.utf8)
    precondition(
      (1...maximumNameBytes).contains(bytes.count) && !bytes.contains(0),
      "a secret's name has 1 to \(maximumNameBytes) bytes and no zero byte")
    return bytes
  }

  private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
  }

  struct Header: Equatable {
    var version: UInt32
    var nextToken: UInt64
  }

  static func encode(_ header: Header) -> [UInt8] {
    var format: [UInt8] = []
    ProtobufFields.append(field: 1, magic, to: &format)
    ProtobufFields.append(field: 2, UInt64(header.version), to: &format)
    var bytes: [UInt8] = []
    ProtobufFields.append(field: 1, format, to: &bytes)
    ProtobufFields.append(field: 2, header.nextToken, to: &bytes)
    return bytes
  }

  static func header(_ bytes: [UInt8]) -> Header? {
    guard let fields = VaultFields(bytes), let format = fields.bytes[1].flatMap(VaultFields.init),
      format.bytes[1] == magic, let version = format.numbers[2].flatMap(UInt32.init(exactly:))
    else { return nil }
    return Header(version: version, nextToken: fields.numbers[2] ?? 0)
  }

  static func encode(_ token: TokenEntry) -> [UInt8] {
    var bytes: [UInt8] = []
    ProtobufFields.append(field: 1, Array(token.text.utf8), to: &bytes)
    ProtobufFields.append(field: 2, UInt64(token.type), to: &bytes)
    ProtobufFields.append(field: 3, token.canonical, to: &bytes)
    return bytes
  }

  static func token(_ id: UInt64, _ bytes: [UInt8]) -> TokenEntry? {
    guard let fields = VaultFields(bytes), let text = fields.bytes[1],
      let type = UInt32(exactly: fields.numbers[2] ?? 0), let canonical = fields.numbers[3]
    else { return nil }
    return TokenEntry(
      id: id, text: String(decoding: text, as: UTF8.self), type: type, canonical: canonical)
  }

  struct Spellings: Equatable {
    var ids: [UInt64]
    var canonical: UInt64
  }

  static func encode(_ spellings: Spellings) -> [UInt8] {
    var bytes: [UInt8] = []
    for id in spellings.ids { ProtobufFields.append(field: 1, id, to: &bytes) }
    ProtobufFields.append(field: 2, spellings.canonical, to: &bytes)
    return bytes
  }

  static func spellings(_ bytes: [UInt8]) -> Spellings? {
    guard let fields = VaultFields(bytes), let canonical = fields.numbers[2] else { return nil }
    return Spellings(ids: fields.repeated[1] ?? [], canonical: canonical)
  }

  static func encode(secretVersions last: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    ProtobufFields.append(field: 1, UInt64(last), to: &bytes)
    return bytes
  }

  static func secretVersions(_ bytes: [UInt8]) -> UInt32? {
    VaultFields(bytes)?.numbers[1].flatMap(UInt32.init(exactly:))
  }

  static func encode(secret value: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    ProtobufFields.append(field: 1, value, to: &bytes)
    return bytes
  }

  static func secret(_ bytes: [UInt8]) -> [UInt8]? { VaultFields(bytes)?.bytes[1] }
}

/// The top-level fields of a small message, by number; the last one counts where one is expected.
struct VaultFields {
  var numbers: [UInt64: UInt64] = [:]
  var repeated: [UInt64: [UInt64]] = [:]
  var bytes: [UInt64: [UInt8]] = [:]

  init?(_ message: [UInt8]) {
    let isWhole = message.withUnsafeBytes { buffer -> Bool in
      var position = 0
      while position < buffer.count {
        guard let field = ProtobufFields.next(in: buffer, at: &position) else { return false }
        switch field.value {
        case .number(let number):
          numbers[field.number] = number
          repeated[field.number, default: []].append(number)
        case .bytes(let range): bytes[field.number] = [UInt8](buffer[range])
        }
      }
      return true
    }
    if !isWhole { return nil }
  }
}
