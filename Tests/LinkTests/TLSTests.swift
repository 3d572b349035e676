import Glibc
import Testing

@testable import Link

/// A folder with an authority and certificates, made by the openssl command.
private final class CertificateFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/link-tls-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template)).withMemoryRebound(to: CChar.self, capacity: 1) {
      String(cString: $0)
    }
    for authority in ["ca", "other"] {
      try openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(authority) "
          + "-keyout \(authority).key -out \(authority).pem -days 30 "
          + "-addext basicConstraints=critical,CA:TRUE")
    }
    try openssl(
      "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout s.key -out s.csr")
    try issue("good", days: "-days 30", names: "DNS:localhost,IP:127.0.0.1")
    try issue("ipv6", days: "-days 30", names: "IP:::1")
    try issue("foreign", days: "-days 30", names: "DNS:elsewhere.example")
    try issue(
      "expired", days: "-not_before 20200101000000Z -not_after 20200201000000Z",
      names: "DNS:localhost")
    try issue(
      "future", days: "-not_before 20480101000000Z -not_after 20490201000000Z",
      names: "DNS:localhost")
  }

  deinit {
    _ = try? run("/bin/rm", ["-rf", path])
  }

  private func openssl(_ arguments: String) throws {
    let words = arguments.split(separator: " ").map(String.init)
    try #require(try run("/usr/bin/openssl", words, folder: path) == 0, "openssl \(arguments)")
  }

  /// `openssl x509` cannot set both dates in every release, `openssl ca` can.
  private func issue(_ name: String, days: String, names: String) throws {
    var dates = days
    for (long, short) in [("-not_before", "-startdate"), ("-not_after", "-enddate")] {
      dates = dates.split(separator: " ").map { $0 == long ? short : String($0) }.joined(
        separator: " ")
    }
    let configuration = """
      [ca]
      default_ca = d
      [d]
      database = \(path)/\(name).db
      new_certs_dir = \(path)
      rand_serial = yes
      default_md = sha256
      policy = p
      x509_extensions = e
      [p]
      commonName = supplied
      [e]
      subjectAltName = \(names)
      """
    try write(configuration, to: "\(path)/\(name).cnf")
    try write("", to: "\(path)/\(name).db")
    try openssl(
      "ca -batch -notext -config \(name).cnf -cert ca.pem -keyfile ca.key -in s.csr "
        + "-out \(name).pem \(dates)")
  }
}

private func write(_ text: String, to path: String) throws {
  let file = try #require(fopen(path, "w"))
  fputs(text, file)
  fclose(file)
}

/// Runs a program quietly to its end.
private func run(_ program: String, _ arguments: [String], folder: String = "/") throws -> Int32 {
  let process = try Process(program, arguments, folder: folder)
  return process.wait()
}

/// A child process with its output thrown away.
private final class Process {
  private var pid: pid_t = 0

  init(_ program: String, _ arguments: [String], folder: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program]
    var words = (shell + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    try #require(posix_spawn(&pid, "/bin/sh", &actions, nil, &words, environ) == 0, "\(program)")
  }

  func wait() -> Int32 {
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    pid = 0
    return status
  }

  deinit {
    if pid > 0 {
      kill(pid, SIGKILL)
      _ = wait()
    }
  }
}

extension LinkTests {
  @Suite("TLS")
  struct TLSTests {
    private let folder: CertificateFolder

    init() throws {
      folder = try CertificateFolder()
    }

    /// openssl as a TLS server whose plain side is not WebSocket: it answers 200 to the upgrade,
    /// which is how a test sees that TLS was accepted.
    private func withServer<Result>(
      certificate: String, ipv6: Bool = false, options: [String] = [],
      _ body: (UInt16) throws -> Result
    ) throws -> Result {
      var port: UInt16 = 0
      do { port = PeerServer().port }
      let address = ipv6 ? "[::1]:\(port)" : "127.0.0.1:\(port)"
      let server = try Process(
        "/usr/bin/openssl",
        ["s_server", "-accept", address, "-cert", "\(certificate).pem", "-key", "s.key", "-www"]
          + options, folder: folder.path)
      defer { withExtendedLifetime(server) {} }
      usleep(300_000)
      return try body(port)
    }

    private func failure(
      port: UInt16, host: String = "localhost", _ change: (inout TLSOptions) -> Void = { _ in }
    ) throws -> LinkFailure? {
      let harness = try LoopHarness()
      return try failure(harness, port: port, host: host, change)
    }

    private func failure(
      _ harness: LoopHarness, port: UInt16, host: String = "localhost",
      _ change: (inout TLSOptions) -> Void = { _ in }
    ) throws -> LinkFailure? {
      let wanted = endpoint(port: port) {
        $0.isSecure = true
        $0.host = host
        $0.tls.caFile = "\(folder.path)/ca.pem"
        $0.basicAuthorization = BasicAuthorization(user: "CP", password: [1])
        change(&$0.tls)
      }
      let id = harness.loop.connect(wanted)
      guard case .failed(_, let failure)? = harness.outcome(of: id) else { return nil }
      return failure
    }

    private let accepted = LinkFailure.httpStatus(200)

    @Test("a certificate of our authority for our host is accepted, by name and by address")
    func good() throws {
      try withServer(certificate: "good") { (port: UInt16) throws in
        let harness = try LoopHarness()
        // Again and again by the same loop: TLS may resume a session then, without a certificate.
        for _ in 0..<3 {
          #expect(try failure(harness, port: port) == accepted)
          #expect(try failure(harness, port: port, host: "127.0.0.1") == accepted)
        }
      }
    }

    @Test("a certificate for another name is refused although the address is right")
    func wrongName() throws {
      try withServer(certificate: "foreign") { (port: UInt16) throws in
        #expect(try failure(port: port) == .certificate(.hostNameMismatch))
        #expect(try failure(port: port, host: "127.0.0.1") == .certificate(.hostNameMismatch))
        #expect(try failure(port: port) { $0.verifyHostname = false } == accepted)
      }
    }

    @Test("an IPv6 address is compared with the certificate")
    func ipv6() throws {
      try withServer(certificate: "ipv6", ipv6: true) { (port: UInt16) throws in
        #expect(try failure(port: port, host: "::1") == accepted)
      }
      try withServer(certificate: "good", ipv6: true) { (port: UInt16) throws in
        #expect(try failure(port: port, host: "::1") == .certificate(.hostNameMismatch))
      }
    }

    @Test("expired and not yet valid certificates are told apart")
    func dates() throws {
      try withServer(certificate: "expired") { (port: UInt16) throws in
        #expect(try failure(port: port) == .certificate(.expired))
      }
      try withServer(certificate: "future") { (port: UInt16) throws in
        #expect(try failure(port: port) == .certificate(.notYetValid))
      }
    }

    @Test("an unknown authority is refused, whether or not names are checked")
    func unknownAuthority() throws {
      try withServer(certificate: "good") { (port: UInt16) throws in
        let other = "\(folder.path)/other.pem"
        #expect(try failure(port: port) { $0.caFile = other } == .certificate(.unknownAuthority))
        #expect(try failure(port: port) { $0.caFile = nil } == .certificate(.unknownAuthority))
        let lax = try failure(port: port) {
          $0.caFile = other
          $0.verifyHostname = false
        }
        #expect(lax == .certificate(.unknownAuthority))
      }
    }

    @Test("TLS 1.1 is refused")
    func oldVersion() throws {
      try withServer(certificate: "good", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]) {
        (port: UInt16) throws in
        guard case .tls? = try failure(port: port) else {
          Issue.record("accepted")
          return
        }
      }
    }

    @Test("our own certificate is shown to a server that demands one")
    func clientCertificate() throws {
      let demand = ["-Verify", "1", "-CAfile", "ca.pem", "-verify_return_error", "-tls1_2"]
      try withServer(certificate: "good", options: demand) { (port: UInt16) throws in
        let found = try failure(port: port) {
          $0.certificateFile = "\(folder.path)/good.pem"
          $0.keyFile = "\(folder.path)/s.key"
        }
        #expect(found == accepted)
        guard case .tls? = try failure(port: port) else {
          Issue.record("accepted without a certificate")
          return
        }
      }
    }

    @Test("files that cannot be read are named")
    func missingFiles() throws {
      guard case .tls(let text)? = try failure(port: 1, { $0.caFile = "/nonexistent/ca" }) else {
        Issue.record("no failure")
        return
      }
      #expect(text.contains("/nonexistent/ca"))
    }

    @Test("a server that speaks no TLS fails the handshake")
    func plainServer() throws {
      let server = PeerServer { socket in
        _ = socket.read()
        socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")
      }
      guard case .tls? = try failure(port: server.port) else {
        Issue.record("accepted")
        return
      }
    }

    @Test(
      "a changed authority file counts at the next connection, and old ones leave nothing behind")
    func changedFiles() throws {
      try withServer(certificate: "good") { (port: UInt16) throws in
        let harness = try LoopHarness()
        let current = "\(folder.path)/current.pem"
        func use(_ name: String) throws -> LinkFailure? {
          #expect(try run("/bin/cp", ["\(folder.path)/\(name).pem", current]) == 0)
          return try failure(harness, port: port) { $0.caFile = current }
        }
        #expect(try use("ca") == accepted)
        let before = openDescriptors()
        for _ in 0..<20 {
          #expect(try use("other") == .certificate(.unknownAuthority))
          #expect(try use("ca") == accepted)
          #expect(harness.loop.tlsHosts.count == 1)
        }
        #expect(openDescriptors().all <= before.all)
      }
    }
  }
}
