extension Vault {
  /// Forgets a token; an id that is not there is no error. Its id is never given again.
  ///
  /// LMDB never writes over a value: it writes another page and sets the old one free, with
  /// everything that stood in it; zeros written "over" a value would leave it where it was. So the
  /// vault is written anew without the entry, takes the old file's place durably, and the old file
  /// is overwritten with zeros, synced, and removed. When this returns, no file of the vault holds
  /// the value, nor any block that the old file had; a power cut in between is made good at the
  /// next opening. What remains beyond reach is what the storage keeps for itself: flash writes
  /// elsewhere, and a copying file system too. Takes two writes of the whole vault, some
  /// milliseconds to a second.
  public func forget(token id: UInt64) throws(JournalError) {
    guard let entry = try token(id) else { return }
    let key = VaultMessages.spellingsKey(entry.text, type: entry.type, hasher: hasher)
    try rewrite { (old) throws(JournalError) -> VaultCreation.Entry? in
      if old.key == VaultMessages.tokenKey(id) { return nil }
      guard old.key == key else { return old }
      guard var spellings = VaultMessages.spellings(old.value) else {
        throw corrupt("a list of spellings cannot be read")
      }
      spellings.ids.removeAll { $0 == id }
      return spellings.ids.isEmpty ? nil : (key, VaultMessages.encode(spellings))
    }
  }

  /// Forgets one version of a secret, with the same guarantee; its number is never given again.
  public func forgetSecret(_ name: String, version: UInt32) throws(JournalError) {
    guard try secret(name, version: version) != nil else { return }
    let key = VaultMessages.secretKey(name, version)
    try rewrite { (old) in old.key == key ? nil : old }
  }

  private func rewrite(
    _ transform: (VaultCreation.Entry) throws(JournalError) -> VaultCreation.Entry?
  ) throws(JournalError) {
    var entries: [VaultCreation.Entry] = []
    for old in try store.all() {
      if let new = try transform(old) { entries.append(new) }
    }
    try VaultCreation.write(entries, for: path)
    try VaultCreation.exchange(path)
    try store.reopen()
    try VaultCreation.finish(path)
  }
}
