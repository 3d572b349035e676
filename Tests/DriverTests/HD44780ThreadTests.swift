import ChargePiES
import Drivers
import Glibc
import Testing

@Suite("display and lamps on a bus's own thread")
struct HD44780ThreadTests {
  /// Waits, at most five seconds, until something has become so.
  private func becomes(_ body: () -> Bool) -> Bool {
    for _ in 0..<1_000 {
      if body() { return true }
      usleep(5_000)
    }
    return false
  }

  @Test("a wish wakes the thread, whatever it was waiting for")
  func display() throws {
    let clock = LinuxDeviceClock()
    let world = SimulatedWorld()
    let now = clock.nowNanoseconds
    let chip = SimulatedHD44780(columns: 16, rows: 2, nowNanoseconds: now)
    let device = SimulatedI2CDevice(chip: chip, clock: clock, world: world)
    let display = HD44780(device: device, clock: clock, size: .columns16Rows2)
    let thread = BusThread(name: "display", tasks: [display])
    display.onWish { [weak thread] in thread?.wake() }
    display.show(["one"])
    try thread.start()
    for word in ["one", "two", "three"] {
      display.show([word])
      let isShown = becomes { world.withLock { chip.text[0].hasPrefix(word + " ") } }
      #expect(isShown, "\(word)")
    }
    // A real transfer takes its time; the model notes it instead, and is ahead of the clock by it.
    usleep(20_000)
    display.show(["gone"])
    let isOver = thread.stop(withinNanoseconds: 5_000_000_000)
    #expect(isOver)
    let last = world.withLock { chip.text[0] }
    #expect(last.hasPrefix("gone "))
    let violations = world.withLock { chip.timingViolations }
    #expect(violations == 0)
  }

  @Test("lamps follow, and are dark when the thread has stopped")
  func lamps() throws {
    let clock = LinuxDeviceClock()
    let world = SimulatedWorld()
    let chip = SimulatedWS281x(count: 1)
    let device = SimulatedSPIDevice(chip: chip, clock: clock, world: world)
    let strip = WS281xStrip(output: WS281xSPI(device: device), clock: clock, segments: [1])
    let thread = BusThread(name: "lamps", tasks: [strip])
    strip.onWish { [weak thread] in thread?.wake() }
    try thread.start()
    strip.show([Lamp(Colour(red: 1, green: 2, blue: 3))])
    let shown = becomes { world.withLock { chip.shown[0].blue == 3 } }
    #expect(shown)
    let isOver = thread.stop(withinNanoseconds: 5_000_000_000)
    #expect(isOver)
    let blue = world.withLock { chip.shown[0].blue }
    #expect(blue == 0)
  }
}
