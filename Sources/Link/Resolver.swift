import CWebSockets
import Glibc
import Synchronization

/// Turns host names into numeric addresses on helper threads.
///
/// libwebsockets resolves on its own thread and blocks it for as long as a name server is mute.
/// Here a detached thread does it, and its answer is dropped when nobody wants it any more.
final class Resolver {
  enum Answer: Sendable {
    case addresses([String])
    case failure(String)
  }

  /// Threads that may wait for a mute name server at once: more than one host is a rare thing, and
  /// questions for the same host share a thread.
  static let maximumThreads = 4

  private let mailbox: Mailbox
  private let resolve: @Sendable (String) -> Answer
  private var waiting: [String: [Int]] = [:]

  init(waker: Waker, resolve: @escaping @Sendable (String) -> Answer) {
    mailbox = Mailbox(waker: waker)
    self.resolve = resolve
  }

  /// Asks for `host`; `takeAnswers` gives the answer under `ticket`. False if too many are pending.
  func ask(host: String, ticket: Int) -> Bool {
    if waiting[host] != nil {
      waiting[host]?.append(ticket)
      return true
    }
    guard waiting.count < Self.maximumThreads, startThread(host: host) else { return false }
    waiting[host] = [ticket]
    return true
  }

  /// The answers that arrived since the last call.
  func takeAnswers() -> [(ticket: Int, answer: Answer)] {
    mailbox.take().flatMap { host, answer in
      (waiting.removeValue(forKey: host) ?? []).map { ($0, answer) }
    }
  }

  /// The addresses of `host` if it is one already: no thread is needed then.
  static func numericAddress(_ host: String) -> String? {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(CWS_SOCKET_STREAM)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return nil }
    freeaddrinfo(list)
    return host
  }

  /// Asks the system's resolver; the addresses keep its order of preference (RFC 6724).
  static func askSystem(_ host: String) -> Answer {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(CWS_SOCKET_STREAM)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, nil, &hints, &list)
    guard status == 0 else {
      let text = status == EAI_SYSTEM ? String(cString: strerror(errno)) : describe(status)
      return .failure("\(host): \(text)")
    }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next {
      if let text = numericText(entry.pointee), !addresses.contains(text) { addresses.append(text) }
      next = entry.pointee.ai_next
    }
    return addresses.isEmpty ? .failure("\(host): no address") : .addresses(addresses)
  }

  private func startThread(host: String) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // Name service modules need some stack, the default of 8 MiB would only be address space.
    pthread_attr_setstacksize(&attributes, 256 << 10)
    let question = Unmanaged.passRetained(Question(host: host, resolve: resolve, mailbox: mailbox))
    var thread = pthread_t()
    let status = pthread_create(&thread, &attributes, resolveOnThread, question.toOpaque())
    if status != 0 { question.release() }
    return status == 0
  }
}

/// Where the helper threads leave their answers; it outlives the loop if a thread does.
private final class Mailbox: Sendable {
  private let answers = Mutex<[(String, Resolver.Answer)]>([])
  private let waker: Waker

  init(waker: Waker) {
    self.waker = waker
  }

  func post(host: String, answer: Resolver.Answer) {
    answers.withLock { $0.append((host, answer)) }
    waker.wake()
  }

  func take() -> [(String, Resolver.Answer)] {
    answers.withLock { stored in
      let taken = stored
      stored = []
      return taken
    }
  }
}

private final class Question: Sendable {
  let host: String
  let resolve: @Sendable (String) -> Resolver.Answer
  let mailbox: Mailbox

  init(host: String, resolve: @escaping @Sendable (String) -> Resolver.Answer, mailbox: Mailbox) {
    self.host = host
    self.resolve = resolve
    self.mailbox = mailbox
  }
}

/// The thread's whole life: `argument` is the retained question that `startThread` passed.
private func resolveOnThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let question = Unmanaged<Question>.fromOpaque(argument).takeRetainedValue()
  question.mailbox.post(host: question.host, answer: question.resolve(question.host))
  return nil
}

private func describe(_ status: Int32) -> String {
  gai_strerror(status).map { String(cString: $0) } ?? "error \(status)"
}

private func numericText(_ entry: addrinfo) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  let length = socklen_t(buffer.count)
  let flags = Int32(NI_NUMERICHOST)
  let status = getnameinfo(entry.ai_addr, entry.ai_addrlen, &buffer, length, nil, 0, flags)
  guard status == 0 else { return nil }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
