extension Vault {
  /// The entry of this exact spelling, made durable first if it is new.
  ///
  /// Case counts for the entry, and not for its `canonical` id. A known spelling costs no write.
  public func intern(_ text: String, type: UInt32) throws(JournalError) -> TokenEntry {
    let key = VaultMessages.spellingsKey(text, type: type, hasher: hasher)
    var spellings: VaultMessages.Spellings?
    if let bytes = try store.value(key) {
      spellings = VaultMessages.spellings(bytes)
      if spellings == nil { throw corrupt("a list of spellings cannot be read") }
    }
    for id in spellings?.ids ?? [] {
      // Compared as bytes: String's own equality takes differently composed characters for equal.
      if let entry = try token(id), entry.text.utf8.elementsEqual(text.utf8) { return entry }
    }
    return try add(text, type, key, spellings)
  }

  /// The entry with this id; nil when it was forgotten or never given.
  public func token(_ id: UInt64) throws(JournalError) -> TokenEntry? {
    guard let bytes = try store.value(VaultMessages.tokenKey(id)) else { return nil }
    guard let entry = VaultMessages.token(id, bytes) else {
      throw corrupt("token \(id) cannot be read")
    }
    return entry
  }

  private func add(
    _ text: String, _ type: UInt32, _ key: [UInt8], _ known: VaultMessages.Spellings?
  ) throws(JournalError) -> TokenEntry {
    var header = try header()
    let id = header.nextToken
    header.nextToken += 1
    var spellings = known ?? VaultMessages.Spellings(ids: [], canonical: id)
    spellings.ids.append(id)
    let entry = TokenEntry(id: id, text: text, type: type, canonical: spellings.canonical)
    try store.put([
      (VaultMessages.headerKey, VaultMessages.encode(header)),
      (VaultMessages.tokenKey(id), VaultMessages.encode(entry)),
      (key, VaultMessages.encode(spellings)),
    ])
    return entry
  }
}
