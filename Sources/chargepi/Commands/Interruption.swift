import Glibc

/// Signals that ask a command to stop, kept back until it looks: what is closed is opened first.
enum Interruption {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// From here on signals wait to be seen. A stop from the keyboard is not obeyed: a command that
  /// sleeps cannot open a relay.
  static func hold() {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGTSTP, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }

  /// The signal that waits to be seen; nil for none.
  static var pending: Int32? {
    var set = sigset_t()
    guard sigpending(&set) == 0 else { return nil }
    return numbers.first { sigismember(&set, $0) == 1 }
  }
}
