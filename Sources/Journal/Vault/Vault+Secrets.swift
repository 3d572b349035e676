extension Vault {
  /// Stores a secret and gives its version, 1 and above; durable when it returns.
  ///
  /// A value that is equal to the newest version's keeps that version and costs no write. A version
  /// is never given twice, forgotten ones included. A name has 1 to 400 bytes.
  public func setSecret(_ name: String, _ value: [UInt8]) throws(JournalError) -> UInt32 {
    let last = try lastVersion(name)
    if last > 0, try secret(name, version: last) == value { return last }
    let version = last + 1
    try store.put([
      (VaultMessages.secretVersionsKey(name), VaultMessages.encode(secretVersions: version)),
      (VaultMessages.secretKey(name, version), VaultMessages.encode(secret: value)),
    ])
    return version
  }

  /// A secret's value in a version, or in the newest one for nil; nil when it is not there or was
  /// forgotten.
  public func secret(_ name: String, version: UInt32?) throws(JournalError) -> [UInt8]? {
    let newest = try lastVersion(name)
    let wanted = version ?? newest
    guard wanted > 0, let bytes = try store.value(VaultMessages.secretKey(name, wanted))
    else { return nil }
    guard let value = VaultMessages.secret(bytes) else {
      throw corrupt("version \(wanted) of secret \(name) cannot be read")
    }
    return value
  }

  private func lastVersion(_ name: String) throws(JournalError) -> UInt32 {
    guard let bytes = try store.value(VaultMessages.secretVersionsKey(name)) else { return 0 }
    guard let last = VaultMessages.secretVersions(bytes) else {
      throw corrupt("the versions of secret \(name) cannot be read")
    }
    return last
  }
}
