import Glibc

/// A value under a lock, with threads that wait for it to change, on the clock that never jumps.
///
/// `@unchecked Sendable`: the value is only touched under the lock, and lock and condition have
/// addresses of their own, which POSIX asks for, from `init` to `deinit`.
final class Monitor<State>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  init(_ state: State) {
    self.state = state
    pthread_mutex_init(lock, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(change, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(change)
    pthread_mutex_destroy(lock)
    change.deallocate()
    lock.deallocate()
  }

  /// Changes the value, and lets everybody who waits look at it.
  func update<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    let result = body(&state)
    pthread_cond_broadcast(change)
    return result
  }

  /// Waits until `body` finds something; nil when the moment (CLOCK_MONOTONIC, `.max` for never)
  /// has come without.
  func wait<Result>(untilNanoseconds end: Int64, _ body: (inout State) -> Result?) -> Result? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while true {
      if let result = body(&state) { return result }
      if end == .max {
        pthread_cond_wait(change, lock)
      } else {
        guard end > LinuxDeviceClock.now() else { return nil }
        var time = timespec(nanoseconds: end)
        pthread_cond_timedwait(change, lock, &time)
      }
    }
  }
}
