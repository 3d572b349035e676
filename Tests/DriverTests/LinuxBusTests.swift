import Glibc
import Testing

@testable import Drivers

@Suite("the kernel's buses: arguments, errors, and coming back")
struct LinuxBusTests {
  @Test(
    "an errno means what it means on its bus",
    arguments: [
      (EREMOTEIO, BusKind.i2c, BusError.nack), (ENXIO, .i2c, .nack), (ETIMEDOUT, .i2c, .nack),
      (ETIMEDOUT, .spi, .timeout), (ETIMEDOUT, .gpio, .timeout), (EBUSY, .gpio, .busy),
      (EBUSY, .i2c, .busy), (EAGAIN, .i2c, .busy), (EAGAIN, .spi, .os(EAGAIN)),
      (ENODEV, .i2c, .gone), (ENODEV, .gpio, .gone), (ESHUTDOWN, .spi, .gone),
      (EMSGSIZE, .spi, .messageTooLong), (EACCES, .gpio, .os(EACCES)),
    ])
  func errors(code: Int32, kind: BusKind, expected: BusError) {
    #expect(BusError(errno: code, on: kind) == expected)
  }

  @Test("a node that is not there is told as it is")
  func missing() {
    let bus = LinuxSPIBus(number: 9, directory: "/nowhere")
    #expect(throws: BusError.os(ENOENT)) {
      _ = try bus.device(select: 0, SPISettings(hertz: 500_000))
    }
    #expect(throws: BusError.os(ENOENT)) {
      _ = try LinuxI2CBus(path: "/nowhere/i2c-1").device(address: 0x27)
    }
    let line = GPIOLine(chip: .path("/nowhere/gpiochip0"), offset: 17)
    #expect(throws: BusError.os(ENOENT)) { _ = try GPIOOutput(line, consumer: "test") }
    #expect(throws: BusError.os(ENOENT)) { _ = try GPIOInput(line, consumer: "test") }
    let unknown = GPIOLine(chip: .label("no such chip"), offset: 17)
    #expect(throws: BusError.os(ENOENT)) { _ = try GPIOOutput(unknown, consumer: "test") }
  }

  @Test("what is no bus is not taken for one")
  func noBus() throws {
    let folder = try TemporaryFolder()
    try folder.link("spidev3.0", to: "/dev/null")
    #expect(throws: BusError.os(ENOTTY)) {
      _ = try LinuxSPIBus(number: 3, directory: folder.path)
        .device(select: 0, SPISettings(hertz: 500_000))
    }
    #expect(throws: BusError.os(ENOTTY)) {
      _ = try LinuxI2CBus(path: "/dev/null").device(address: 0x27)
    }
    let line = GPIOLine(chip: .path("/dev/null"), offset: 17)
    // libgpiod looks into sysfs before it asks the device, so the error is the machine's.
    #expect(throws: BusError.self) { _ = try GPIOOutput(line, consumer: "test") }
    #expect(GPIOChip.label("/dev/null") == nil)
    #expect(GPIOChip.holder("/dev/null", 1) == nil)
  }

  @Test("addresses, modes and speeds that no chip has are refused", arguments: [0x00, 0x07, 0x78])
  func validation(address: UInt8) {
    #expect(throws: BusError.os(EINVAL)) {
      _ = try LinuxI2CBus(path: "/dev/null").device(address: address)
    }
    let bus = LinuxSPIBus(number: 9, directory: "/nowhere")
    #expect(throws: BusError.os(EINVAL)) {
      _ = try bus.device(select: 0, SPISettings(mode: 4, hertz: 500_000))
    }
    #expect(throws: BusError.os(EINVAL)) { _ = try bus.device(select: 0, SPISettings(hertz: 0)) }
  }

  @Test("a bus has one lock, whoever asks for it")
  func sharedLock() {
    #expect(BusLock.shared("test-one") === BusLock.shared("test-one"))
    #expect(BusLock.shared("test-one") !== BusLock.shared("test-two"))
  }
}
