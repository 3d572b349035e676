import CWS281x
import ChargePiES
import Glibc
import Testing

@testable import Drivers

@Suite("a strip behind libws2811.so")
struct WS2811LibraryTests {
  static let noCompiler: Comment = "there is no C compiler here to make a libws2811.so of"
  static let red = WS281xDrive(red: 255)
  static let mixed = WS281xDrive(red: 1, green: 2, blue: 3, white: 4)

  /// What a frame of one LED fails with.
  private static func failure(_ output: WS2811Library) -> WS281xError? {
    do throws(WS281xError) {
      try output.send([red])
      return nil
    } catch {
      return error
    }
  }

  @Test("the handle is laid out as the library's header lays it out on 64-bit machines")
  func layout() {
    #expect(MemoryLayout<cws281x_strip>.size == 112)
    #expect(MemoryLayout<cws281x_channel>.size == 40)
    #expect(MemoryLayout<cws281x_strip>.offset(of: \.channel) == 32)
    #expect(MemoryLayout<cws281x_strip>.offset(of: \.freq) == 24)
    #expect(MemoryLayout<cws281x_strip>.offset(of: \.dmanum) == 28)
    #expect(MemoryLayout<cws281x_channel>.offset(of: \.leds) == 16)
  }

  static let pins: [(WS2811Library.Pin, WS281xOrder, Bool, [Int32])] = [
    (.gpio12, .grb, false, [0, 12, 0, 0x0008_1000]),
    (.gpio18, .rgb, true, [0, 18, 1, 0x0010_0800]),
    (.gpio13, .grbw, false, [1, 13, 0, 0x1808_1000]),
    (.gpio19, .grb, true, [1, 19, 1, 0x0008_1000]),
  ]

  @Test(
    "pin, order and inversion reach the library, then the colours",
    .enabled(if: FakeLibrary.hasCompiler, noCompiler), arguments: pins)
  func reaching(pin: WS2811Library.Pin, order: WS281xOrder, isInverted: Bool, seen: [Int32]) throws
  {
    let fake = try FakeLibrary()
    let output = WS2811Library(pin: pin, order: order, isInverted: isInverted, name: fake.path)
    try output.send([Self.red, Self.mixed, WS281xDrive()])
    #expect(fake.number("fake_channel") == seen[0])
    #expect(fake.number("fake_gpionum") == seen[1])
    #expect(fake.number("fake_invert") == seen[2])
    #expect(fake.number("fake_strip_type") == seen[3])
    #expect(fake.number("fake_count") == 3)
    #expect(fake.number("fake_freq") == 800_000)
    #expect(fake.number("fake_dmanum") == 10)
    #expect(fake.number("fake_brightness") == 255)
    #expect(fake.colours(3) == [0x00FF_0000, 0x0401_0203, 0])
    output.release()
  }

  @Test("whether the library is there can be asked before anything is driven")
  func checked() throws {
    let absent = WS2811Library(pin: .gpio12, name: "/nowhere/libws2811.so")
    var failure: WS281xError?
    do throws(WS281xError) { try absent.check() } catch { failure = error }
    guard case .notLoaded(let words) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(words.contains("/nowhere/libws2811.so"))
  }

  @Test(
    "a library that is there is well, and nothing of it was called",
    .enabled(if: FakeLibrary.hasCompiler, noCompiler))
  func checkedWell() throws {
    let fake = try FakeLibrary()
    try WS2811Library(pin: .gpio12, name: fake.path).check()
    #expect(fake.calls == [0, 0, 0])
  }

  @Test(
    "init once, render for each frame, fini once at the end",
    .enabled(if: FakeLibrary.hasCompiler, noCompiler))
  func calls() throws {
    let fake = try FakeLibrary()
    var output: WS2811Library? = WS2811Library(pin: .gpio12, name: fake.path)
    #expect(fake.calls == [0, 0, 0])
    for _ in 0..<5 { try output?.send([Self.red]) }
    #expect(fake.calls == [1, 5, 0])
    output?.release()
    output?.release()
    #expect(fake.calls == [1, 5, 1])
    try output?.send([Self.red])
    #expect(fake.calls == [2, 6, 1])
    // Whoever forgets it lets go too.
    output = nil
    #expect(fake.calls == [2, 6, 2])
  }

  @Test(
    "a frame of another length begins anew", .enabled(if: FakeLibrary.hasCompiler, noCompiler))
  func lengths() throws {
    let fake = try FakeLibrary()
    let output = WS2811Library(pin: .gpio12, name: fake.path)
    try output.send([Self.red])
    try output.send([Self.red, Self.red])
    #expect(fake.calls == [2, 2, 1])
    #expect(fake.number("fake_count") == 2)
    output.release()
  }

  @Test(
    "a library that finds no Raspberry Pi says so; nothing is left to finish",
    .enabled(if: FakeLibrary.hasCompiler, noCompiler))
  func refusal() throws {
    let fake = try FakeLibrary(options: ["-DINIT_CODE=-3"])
    let output = WS2811Library(pin: .gpio12, name: fake.path)
    #expect(Self.failure(output) == .refused(code: -3, words: "words of -3"))
    output.release()
    #expect(fake.calls == [1, 0, 0])
  }

  @Test(
    "a frame that fails ends the session, and the next one begins another",
    .enabled(if: FakeLibrary.hasCompiler, noCompiler))
  func failedFrame() throws {
    let fake = try FakeLibrary(options: ["-DRENDER_CODE=-10"])
    let output = WS2811Library(pin: .gpio12, name: fake.path)
    for turn in 1...3 as ClosedRange<Int32> {
      #expect(Self.failure(output) == .refused(code: -10, words: "words of -10"))
      #expect(fake.calls == [turn, turn, turn])
    }
  }

  @Test("without the library the error has the loader's words")
  func absent() {
    let output = WS2811Library(pin: .gpio12, name: "libchargepi-is-not-there.so")
    guard case .notLoaded(let words) = Self.failure(output) else {
      Issue.record("it was loaded")
      return
    }
    #expect(words.contains("libchargepi-is-not-there.so"))
  }

  @Test(
    "a library of another kind is told by what it lacks",
    .enabled(if: FakeLibrary.hasCompiler, noCompiler))
  func another() throws {
    let fake = try FakeLibrary(options: ["-DNO_FINI"])
    let output = WS2811Library(pin: .gpio12, name: fake.path)
    #expect(Self.failure(output) == .missingFunction("ws2811_fini"))
  }

  @Test(
    "a strip's end is dark and finished", .enabled(if: FakeLibrary.hasCompiler, noCompiler))
  func strip() throws {
    let fake = try FakeLibrary()
    let clock = VirtualClock(nowNanoseconds: 1_000_000_000)
    let strip = WS281xStrip(
      output: WS2811Library(pin: .gpio18, name: fake.path), clock: clock, segments: [1, 1])
    strip.show([Lamp(.white), Lamp(Colour(red: 1, green: 2, blue: 3))])
    _ = strip.run(nowNanoseconds: clock.nowNanoseconds)
    #expect(fake.colours(2) == [0x00FF_FFFF, 0x0001_0203])
    strip.end()
    #expect(fake.colours(2) == [0, 0])
    #expect(fake.calls == [1, 2, 1])
  }
}
