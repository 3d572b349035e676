import Glibc
import Testing

@testable import Journal

@Suite("The vault")
struct VaultTests {
  @Test("a token has one id per spelling, and one canonical id whatever its case")
  func interning() throws {
    let here = try TemporaryDirectory()
    let vault = try Vault(path: here.vault, readOnly: false)
    let upper = try vault.intern("04A1B2C3", type: 1)
    let lower = try vault.intern("04a1b2c3", type: 1)
    let other = try vault.intern("04A1B2C3", type: 2)
    #expect(upper == TokenEntry(id: 1, text: "04A1B2C3", type: 1, canonical: 1))
    #expect(lower == TokenEntry(id: 2, text: "04a1b2c3", type: 1, canonical: 1))
    #expect(other == TokenEntry(id: 3, text: "04A1B2C3", type: 2, canonical: 3))
    #expect(try vault.intern("04A1B2C3", type: 1) == upper)
    #expect(try vault.token(2) == lower)
    #expect(try vault.token(4) == nil)
    #expect(here.names == ["vault.db"])
    #expect(Files.mode(here.vault) == 0o600)
  }

  @Test("it is all there after reopening, for a reader too, which creates nothing")
  func reopening() throws {
    let here = try TemporaryDirectory()
    var vault: Vault? = try Vault(path: here.vault, readOnly: false)
    let long = String(repeating: "é", count: 1000)
    let entry = try vault?.intern(long, type: 7)
    #expect(try vault?.setSecret("key", [1, 2, 3]) == 1)
    vault = nil
    chmod(here.path, 0o500)
    let reader = try Vault(path: here.vault, readOnly: true)
    #expect(try reader.token(1) == entry)
    #expect(try reader.secret("key", version: nil) == [1, 2, 3])
    #expect(
      journalError { _ = try reader.intern("new", type: 1) }
        == .os(path: here.vault, call: "writing, opened for reading,", errno: EROFS))
    chmod(here.path, 0o700)
    vault = try Vault(path: here.vault, readOnly: false)
    #expect(try vault?.intern(long, type: 7) == entry)
    #expect(try vault?.intern("new", type: 1).id == 2)
    #expect(try reader.token(2)?.text == "new")
    #expect(here.names == ["vault.db"])
  }

  @Test("a secret gets a new version only when its value changes")
  func versions() throws {
    let here = try TemporaryDirectory()
    let vault = try Vault(path: here.vault, readOnly: false)
    #expect(try vault.secret("AuthorizationKey", version: nil) == nil)
    #expect(try vault.setSecret("AuthorizationKey", [1]) == 1)
    #expect(try vault.setSecret("AuthorizationKey", [1]) == 1)
    #expect(try vault.setSecret("AuthorizationKey", [2]) == 2)
    #expect(try vault.setSecret("Authorization", [9]) == 1)
    #expect(try vault.secret("AuthorizationKey", version: 1) == [1])
    #expect(try vault.secret("AuthorizationKey", version: nil) == [2])
    try vault.forgetSecret("AuthorizationKey", version: 2)
    #expect(try vault.secret("AuthorizationKey", version: nil) == nil)
    #expect(try vault.setSecret("AuthorizationKey", [2]) == 3)
  }

  @Test("what is forgotten is in no file any more, the rest is, and no id is given twice")
  func forgetting() throws {
    let here = try TemporaryDirectory()
    let vault = try Vault(path: here.vault, readOnly: false)
    for number in 0..<200 { _ = try vault.intern("token \(number)", type: 1) }
    let card = try vault.intern("DEADBEEF", type: 1)
    let small = try vault.intern("deadbeef", type: 1)
    let secret = [UInt8]("a very secret key".utf8)
    let version = try vault.setSecret("key", secret)
    let old = try FileHandle(here.vault, flags: O_RDONLY)
    try vault.forget(token: card.id)
    try vault.forgetSecret("key", version: version)
    #expect(try vault.token(card.id) == nil)
    #expect(try vault.token(small.id) == small)
    #expect(try vault.secret("key", version: version) == nil)
    #expect(
      try vault.intern("DEADBEEF", type: 1)
        == TokenEntry(id: small.id + 1, text: "DEADBEEF", type: 1, canonical: card.id))
    try vault.forget(token: small.id + 1)
    let file = try Files.read(here.vault)
    #expect(file.positions(of: Array("DEADBEEF".utf8)).isEmpty)
    #expect(file.positions(of: secret).isEmpty)
    #expect(!file.positions(of: Array("deadbeef".utf8)).isEmpty)
    var bytes = [UInt8](repeating: 1, count: Int(try old.status().st_size))
    _ = try PageFile.readBytes(old, at: 0, into: &bytes)
    #expect(bytes.allSatisfy { $0 == 0 })
    #expect(try vault.token(100)?.text == "token 99")
    #expect(here.names == ["vault.db"])
  }

  @Test("a power cut while forgetting is made good at the next opening")
  func interruptedForgetting() throws {
    let here = try TemporaryDirectory()
    var vault: Vault? = try Vault(path: here.vault, readOnly: false)
    let entry = try vault?.intern("DEADBEEF", type: 1)
    vault = nil
    try Files.write(try Files.read(here.vault), to: here.vault + ".old")
    try Files.write([1, 2, 3], to: here.vault + ".new")
    vault = try Vault(path: here.vault, readOnly: false)
    #expect(try vault?.token(1) == entry)
    #expect(here.names == ["vault.db"])
    vault = nil
    #expect(link(here.vault, here.vault + ".old") == 0)
    vault = try Vault(path: here.vault, readOnly: false)
    #expect(try vault?.token(1) == entry)
    #expect(here.names == ["vault.db"])
  }

  @Test("a vault that is missing, foreign or damaged is a typed error and stays as it is")
  func wrongFiles() throws {
    let here = try TemporaryDirectory()
    #expect(
      journalError { _ = try Vault(path: here.vault, readOnly: true) }
        == .missing(path: here.vault))
    try here.writer().close()
    for readOnly in [true, false] {
      let error = journalError { _ = try Vault(path: here.journal, readOnly: readOnly) }
      #expect(
        error
          == .foreign(
            path: here.journal, detail: "it is the LMDB file of another program"))
    }
    #expect(try WorkerProcess.run("foreign", "strings", here.vault).status == 0)
    let before = try Files.read(here.vault)
    for readOnly in [true, false] {
      let error = journalError { _ = try Vault(path: here.vault, readOnly: readOnly) }
      guard case .foreign = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    #expect(try Files.read(here.vault) == before)
  }

  @Test("a vault with random bytes anywhere opens or is an error", arguments: 0..<300)
  func damage(_ seed: UInt64) throws {
    let here = try TemporaryDirectory()
    var vault: Vault? = try Vault(path: here.vault, readOnly: false)
    for number in 0..<60 { _ = try vault?.intern("token \(number)", type: 1) }
    vault = nil
    var generator = SeededGenerator(seed: seed)
    var bytes = try Files.read(here.vault)
    for _ in 0..<3 {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      bytes[index] = UInt8.random(in: 0...255, using: &generator)
    }
    try Files.write(bytes, to: here.vault)
    _ = journalError {
      let reader = try Vault(path: here.vault, readOnly: true)
      for id in 0..<70 { _ = try reader.token(UInt64(id)) }
    }
    let error = journalError {
      let vault = try Vault(path: here.vault, readOnly: false)
      for id in 0..<70 { _ = try vault.token(UInt64(id)) }
      _ = try vault.intern("another", type: 1)
    }
    switch error {
    case nil, .corrupt, .foreign, .newerFormat: break
    default: Issue.record("\(String(describing: error))")
    }
  }
}
