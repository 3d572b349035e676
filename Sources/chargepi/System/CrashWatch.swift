import Glibc
import Synchronization

/// Opens the contactors when the program itself breaks: a trap, an abort, a bad access.
///
/// The kernel of a Raspberry Pi keeps outputs driven when a process dies. What may be done in a
/// signal's handler is next to nothing, so the handler asks a thread that waits for nothing else,
/// gives it a moment, and lets the signal have its way. Killing (`SIGKILL`) leaves no such moment:
/// `chargepi off` is for that.
enum CrashWatch {
  /// How long the thread has, in milliseconds: some ioctls.
  private static let patienceMs: Int32 = 300

  /// Room for the handler on the calling thread, for as long as the process lives.
  private static let stackBytes = 65_536

  /// Pipes to the thread and back. Written once, before any handler is there.
  private static let asking = Atomic<Int32>(-1)
  private static let answered = Atomic<Int32>(-1)

  /// Opens with `work` from now on, at most once.
  static func start(_ work: @escaping @Sendable () -> Void) {
    guard asking.load(ordering: .relaxed) < 0, let request = Pipe(), let answer = Pipe() else {
      return
    }
    let box = Unmanaged.passRetained(
      CrashWork(work: work, request: request.output, answer: answer.input))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<CrashWork>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard result == 0 else { return box.release() }
    pthread_detach(thread)
    asking.store(request.input, ordering: .relaxed)
    answered.store(answer.output, ordering: .relaxed)
    // A stack that has overflowed has no room for a handler either: the loop's gets another one.
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stackBytes, alignment: 16)
    stack.ss_size = stackBytes
    sigaltstack(&stack, nil)
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in CrashWatch.crashed(number) }
      // The next time it is the signal's own way: this handler runs once.
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_ONSTACK
      sigaction(number, &action, nil)
    }
  }

  /// In the handler: only calls that POSIX allows there, and no allocation.
  private static func crashed(_ number: Int32) {
    var byte: UInt8 = 1
    _ = write(asking.load(ordering: .relaxed), &byte, 1)
    var wait = pollfd(
      fd: answered.load(ordering: .relaxed), events: Int16(POLLIN), revents: 0)
    _ = poll(&wait, 1, patienceMs)
    raise(number)
  }
}

/// A pipe that no `exec` inherits.
private struct Pipe {
  let output: Int32
  let input: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (output, input) = (ends[0], ends[1])
  }
}

/// What the waiting thread does, once.
private final class CrashWork: Sendable {
  let work: @Sendable () -> Void
  let request: Int32
  let answer: Int32

  init(work: @escaping @Sendable () -> Void, request: Int32, answer: Int32) {
    self.work = work
    self.request = request
    self.answer = answer
  }

  func run() {
    var byte: UInt8 = 0
    while read(request, &byte, 1) < 0, errno == EINTR {}
    work()
    _ = write(answer, &byte, 1)
  }
}
