import Glibc

/// The one thread of a bus: it runs the tasks of the bus's drivers when they are due, singly.
///
/// Blocking calls live here and nowhere else, so a slow bus delays its own drivers only. Whoever
/// hands over tasks leaves them to the thread from `start` on; what others may say to a task, the
/// task guards itself.
public final class BusThread: Sendable {
  /// What others ask of the thread.
  struct Requests {
    var isStopping = false
    var isEnded = false
    var wakesAll = false
    var woken: Set<ObjectIdentifier> = []
  }

  /// The thread's name in the process list, at most 15 characters.
  public let name: String
  private let requests = Monitor(Requests())
  private let runner: BusRunner

  /// A thread that does not run yet.
  public init(name: String, tasks: [any BusTask]) {
    self.name = name
    runner = BusRunner(name: name, tasks: tasks, requests: requests)
  }

  /// The thread goes on until it is stopped; nobody joins a thread whose owner has gone.
  deinit {
    requests.update { $0.isStopping = true }
  }

  /// Starts the thread; once. Throws what the kernel says when it has no thread to give.
  public func start() throws(BusError) {
    let box = Unmanaged.passRetained(runner)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<BusRunner>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      requests.update { $0.isEnded = true }
      throw .os(code)
    }
    // It says itself when it has ended, so that waiting for it can have a bound.
    pthread_detach(thread)
  }

  /// Makes a task due now; without one, all of them. From any thread.
  public func wake(_ task: (any BusTask)? = nil) {
    requests.update { requests in
      if let task {
        requests.woken.insert(ObjectIdentifier(task))
      } else {
        requests.wakesAll = true
      }
    }
  }

  /// Stops after the task that runs now, and lets every task end; false when that took longer than
  /// the bound (a call in the kernel hangs): the thread then ends when it can.
  public func stop(withinNanoseconds bound: Int64) -> Bool {
    requests.update { $0.isStopping = true }
    let end = LinuxDeviceClock.now() + bound
    return requests.wait(untilNanoseconds: end) { $0.isEnded ? true : nil } ?? false
  }
}

/// What runs on the thread.
///
/// `@unchecked Sendable`: made by the thread's owner, and from `start` on used by the thread alone,
/// but for the requests, which lock.
private final class BusRunner: @unchecked Sendable {
  private let name: String
  private let tasks: [any BusTask]
  private let requests: Monitor<BusThread.Requests>

  init(name: String, tasks: [any BusTask], requests: Monitor<BusThread.Requests>) {
    self.name = name
    self.tasks = tasks
    self.requests = requests
  }

  func run() {
    nameThread()
    var schedule = BusSchedule(count: tasks.count, nowNanoseconds: LinuxDeviceClock.now())
    while sleep(&schedule) {
      let now = LinuxDeviceClock.now()
      guard let index = schedule.due(nowNanoseconds: now) else { continue }
      let next = tasks[index].run(nowNanoseconds: now)
      schedule.ran(index, nextNanoseconds: next, endNanoseconds: LinuxDeviceClock.now())
    }
    for task in tasks { task.end() }
    requests.update { $0.isEnded = true }
  }

  /// Waits until a task is due or woken; false when the thread is to stop.
  private func sleep(_ schedule: inout BusSchedule) -> Bool {
    let found = requests.wait(untilNanoseconds: schedule.nextNanoseconds) { requests in
      let isRequest = requests.isStopping || requests.wakesAll || !requests.woken.isEmpty
      guard isRequest else { return BusThread.Requests?.none }
      let found = requests
      requests.wakesAll = false
      requests.woken = []
      return found
    }
    guard let found else { return true }
    let now = LinuxDeviceClock.now()
    for (index, task) in tasks.enumerated()
    where found.wakesAll || found.woken.contains(ObjectIdentifier(task)) {
      schedule.wake(index, nowNanoseconds: now)
    }
    return !found.isStopping
  }

  /// Glibc hides `pthread_setname_np` behind _GNU_SOURCE; the kernel has a file for it.
  private func nameThread() {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
    close(file)
  }
}
