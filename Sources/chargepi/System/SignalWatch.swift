import Glibc
import Link

/// Turns the signals that ask a process to end into a flag that the loop sees: it opens its
/// contactors and commits before it does.
///
/// The signals are blocked in every thread and waited for in one, so no handler runs anywhere.
/// `@unchecked Sendable`: the flag is only touched under its lock.
final class SignalWatch: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var raised = false

  /// Blocks the signals; to be called before any thread is made.
  init() {
    pthread_mutex_init(lock, nil)
    var set = Self.signals
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] { sigaddset(&set, number) }
    return set
  }

  /// Whether the process was asked to stop.
  var isRaised: Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return raised
  }

  /// Waits for the signals on a thread of its own and wakes the loop.
  func start(waker: Waker) {
    let box = Unmanaged.passRetained(WatchBox(watch: self, waker: waker))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<WatchBox>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    if result == 0 { pthread_detach(thread) } else { box.release() }
  }

  fileprivate func wait() {
    var set = Self.signals
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    pthread_mutex_lock(lock)
    raised = true
    pthread_mutex_unlock(lock)
  }
}

/// What the waiting thread needs.
private final class WatchBox {
  let watch: SignalWatch
  let waker: Waker

  init(watch: SignalWatch, waker: Waker) {
    self.watch = watch
    self.waker = waker
  }

  func run() {
    while true {
      watch.wait()
      waker.wake()
    }
  }
}
