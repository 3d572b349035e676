import Synchronization
import Testing

@testable import Drivers

@Suite("one thread a bus runs what is due")
struct BusThreadTests {
  @Test("between tasks that are due, the one that has been due for longest goes first")
  func earliestFirst() {
    var schedule = BusSchedule(count: 3, nowNanoseconds: 0)
    schedule.ran(0, nextNanoseconds: 50_000_000, endNanoseconds: 0)
    schedule.ran(1, nextNanoseconds: 30_000_000, endNanoseconds: 0)
    schedule.ran(2, nextNanoseconds: 40_000_000, endNanoseconds: 0)

    #expect(schedule.nextNanoseconds == 30_000_000)
    #expect(schedule.due(nowNanoseconds: 29_999_999) == nil)
    #expect(schedule.due(nowNanoseconds: 60_000_000) == 1)
  }

  @Test("a task that always wants to go on at once leaves every other its turn")
  func fair() {
    var schedule = BusSchedule(count: 3, nowNanoseconds: 0)
    var runs = [0, 0, 0]
    var now: Int64 = 0
    for _ in 0..<3_000 {
      guard let index = schedule.due(nowNanoseconds: now) else {
        now = schedule.nextNanoseconds
        continue
      }
      runs[index] += 1
      now += 5_000_000
      schedule.ran(index, nextNanoseconds: 0, endNanoseconds: now)
    }
    #expect((runs.max() ?? 0) - (runs.min() ?? 0) <= 1)
  }

  @Test("a task that is late runs once, and then again when it says")
  func noCatchingUp() {
    var schedule = BusSchedule(count: 1, nowNanoseconds: 0)
    schedule.ran(0, nextNanoseconds: 20_000_000, endNanoseconds: 0)
    // Ten periods later.
    #expect(schedule.due(nowNanoseconds: 200_000_000) == 0)
    schedule.ran(0, nextNanoseconds: 40_000_000, endNanoseconds: 200_000_000)
    #expect(schedule.due(nowNanoseconds: 200_000_000) == nil)
    #expect(schedule.nextNanoseconds == 201_000_000)
  }

  @Test("a task that waits for ever runs when it is woken")
  func waking() {
    var schedule = BusSchedule(count: 2, nowNanoseconds: 0)
    schedule.ran(0, nextNanoseconds: .max, endNanoseconds: 0)
    schedule.ran(1, nextNanoseconds: .max, endNanoseconds: 0)
    #expect(schedule.nextNanoseconds == .max)
    schedule.wake(1, nowNanoseconds: 70)
    #expect(schedule.due(nowNanoseconds: 70) == 1)
  }

  @Test("the thread runs its tasks, wakes one alone, and lets all end when it is stopped")
  func running() throws {
    let first = CountingTask(everyNanoseconds: .max)
    let second = CountingTask(everyNanoseconds: 2_000_000)
    let thread = BusThread(name: "test-bus", tasks: [first, second])
    try thread.start()
    let hasRun = first.wait { $0.runs == 1 } && second.wait { $0.runs >= 3 }
    thread.wake(first)
    let hasWoken = first.wait { $0.runs == 2 }
    let hasStopped = thread.stop(withinNanoseconds: 2_000_000_000)

    #expect(hasRun)
    #expect(hasWoken)
    #expect(hasStopped)
    #expect(first.count.ends == 1)
    #expect(second.count.ends == 1)
    #expect(first.count.runs == 2)
    let again = thread.stop(withinNanoseconds: 0)
    #expect(again)
  }

  @Test("a wake without a task is for all of them")
  func wakingAll() throws {
    let tasks = [CountingTask(everyNanoseconds: .max), CountingTask(everyNanoseconds: .max)]
    let thread = BusThread(name: "test-bus", tasks: tasks)
    try thread.start()
    let hasRun = tasks.allSatisfy { task in task.wait { $0.runs == 1 } }
    thread.wake()
    let hasWoken = tasks.allSatisfy { task in task.wait { $0.runs == 2 } }
    let hasStopped = thread.stop(withinNanoseconds: 2_000_000_000)
    #expect(hasRun && hasWoken && hasStopped)
  }

  @Test("a task that hangs does not keep the one who stops waiting longer than the bound")
  func hanging() throws {
    let gate = Gate()
    let task = CountingTask(everyNanoseconds: .max, gate: gate)
    let thread = BusThread(name: "test-bus", tasks: [task])
    try thread.start()
    let hangs = gate.waitUntilEntered()
    let before = LinuxDeviceClock.now()
    let hasStopped = thread.stop(withinNanoseconds: 20_000_000)
    let took = LinuxDeviceClock.now() - before
    gate.open()
    let hasStoppedLater = thread.stop(withinNanoseconds: 2_000_000_000)

    #expect(hangs)
    #expect(!hasStopped)
    #expect(took < 1_000_000_000)
    #expect(hasStoppedLater)
  }

  @Test("a sleep is at least as long as it was asked to be, and nothing is no sleep")
  func sleeping() {
    let clock = LinuxDeviceClock()
    let before = clock.nowNanoseconds
    clock.sleep(nanoseconds: 3_000_000)
    let between = clock.nowNanoseconds
    clock.sleep(nanoseconds: -5_000_000_000)
    #expect(between - before >= 3_000_000)
    #expect(clock.nowNanoseconds - between < 2_000_000_000)
  }
}

/// Counts its runs, and lets others wait for them.
final class CountingTask: BusTask, Sendable {
  struct Count {
    var runs = 0
    var ends = 0
  }

  private let counted = Monitor(Count())
  private let period: Int64
  private let gate: Gate?

  init(everyNanoseconds period: Int64, gate: Gate? = nil) {
    self.period = period
    self.gate = gate
  }

  func run(nowNanoseconds: Int64) -> Int64 {
    gate?.pass()
    counted.update { $0.runs += 1 }
    return period == .max ? .max : nowNanoseconds + period
  }

  func end() { counted.update { $0.ends += 1 } }

  var count: Count { counted.update { $0 } }

  /// False when it did not happen within five seconds.
  func wait(_ isDone: (Count) -> Bool) -> Bool {
    counted.wait(untilNanoseconds: LinuxDeviceClock.now() + 5_000_000_000) {
      isDone($0) ? true : nil
    } ?? false
  }
}

/// Holds whoever passes until it is opened: a call into a kernel that hangs.
final class Gate: Sendable {
  private struct State {
    var isEntered = false
    var isOpen = false
  }

  private let state = Monitor(State())

  func pass() {
    state.update { $0.isEntered = true }
    let end = LinuxDeviceClock.now() + 10_000_000_000
    _ = state.wait(untilNanoseconds: end) { $0.isOpen ? true : nil }
  }

  func open() { state.update { $0.isOpen = true } }

  func waitUntilEntered() -> Bool {
    state.wait(untilNanoseconds: LinuxDeviceClock.now() + 5_000_000_000) {
      $0.isEntered ? true : nil
    } ?? false
  }
}
