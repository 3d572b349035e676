import Drivers

/// A CP2112 (USB to I2C and eight pins, Silicon Labs AN495), as Debian's hid-cp2112 knows it.
///
/// The driver makes a real `/dev/i2c-N` and a real `/dev/gpiochipN` of it; behind them is whatever
/// hangs on this object.
final class CP2112 {
  /// Numbers of reports (AN495 §3).
  private enum Report {
    static let pinDirections: UInt8 = 0x02
    static let pinLevels: UInt8 = 0x03
    static let setPins: UInt8 = 0x04
    static let version: UInt8 = 0x05
    static let configuration: UInt8 = 0x06
    static let read: UInt8 = 0x10
    static let writeRead: UInt8 = 0x11
    static let fetch: UInt8 = 0x12
    static let fetched: UInt8 = 0x13
    static let write: UInt8 = 0x14
    static let askStatus: UInt8 = 0x15
    static let status: UInt8 = 0x16
    static let lockByte: UInt8 = 0x20
  }

  /// Bytes of data that fit in a report.
  private static let dataPerReport = 61

  let name: String
  private let bus: I2CBus
  private let pins: PinPort
  private var device: UHIDDevice?
  /// How the last transfer ended: its length, nil when nobody acknowledged.
  private var lastLength: Int? = 0
  /// Bytes that were read and not fetched yet.
  private var unfetched: [UInt8] = []

  init(name: String, bus: I2CBus, pins: PinPort) {
    self.name = name
    self.bus = bus
    self.pins = pins
  }

  var isPlugged: Bool { device != nil }

  func plug(_ loop: EventLoop) throws(KernelFailure) {
    guard device == nil else { return }
    let identity = UHIDDevice.Identity(
      name: "chargepi test \(name)", vendor: 0x10C4, product: 0xEA90,
      reportDescriptor: Self.reportDescriptor)
    let plugged = try UHIDDevice(identity) {
      [unowned self] (device, request) throws(KernelFailure) in
      try self.serve(device, request)
    }
    device = plugged
    loop.add(plugged)
  }

  func unplug(_ loop: EventLoop) {
    guard let device else { return }
    loop.remove(device)
    device.unplug()
    self.device = nil
    pins.lostPower()
  }

  private func serve(_ device: UHIDDevice, _ request: HIDRequest) throws(KernelFailure) {
    switch request {
    case .get(let id, let number): try device.answer(get: id, feature(number))
    case .set(let id, let report):
      take(report)
      try device.answer(set: id)
    case .output(let report): try transfer(report, device)
    }
  }

  /// A feature report; nil for what the driver does not ask for.
  private func feature(_ number: UInt8) -> [UInt8]? {
    switch number {
    case Report.pinDirections: [number, pins.bank.outputs, 0xFF, 0, 0]
    case Report.pinLevels: [number, pins.bank.levels]
    case Report.version: [number, 0x0C, 0x02]
    // 100 kHz, the address of the adapter itself, no auto-send, time-outs and retries of its own.
    case Report.configuration: [number, 0, 1, 0x86, 0xA0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]
    // Nothing of its memory is locked.
    case Report.lockByte: [number, 0xFF, 0xFF]
    default: nil
    }
  }

  private func take(_ report: [UInt8]) {
    guard report.count >= 3 else { return }
    switch report[0] {
    case Report.pinDirections: pins.setOutputs(report[1])
    case Report.setPins: pins.write(report[1], mask: report[2])
    default: break
    }
  }

  private func transfer(_ report: [UInt8], _ device: UHIDDevice) throws(KernelFailure) {
    guard report.count >= 2 else { return try fetchOrStatus(report, device) }
    let address = report[1] >> 1
    switch report[0] {
    case Report.write where report.count >= 3:
      let data = Array(report[3...].prefix(Int(report[2])))
      lastLength = bus.write(data, to: address) ? data.count : nil
    case Report.read where report.count >= 4:
      read(Int(report[2]) << 8 | Int(report[3]), address)
    case Report.writeRead where report.count >= 5:
      let isHeard = bus.write(Array(report[5...].prefix(Int(report[4]))), to: address)
      lastLength = nil
      if isHeard { read(Int(report[2]) << 8 | Int(report[3]), address) }
    default: try fetchOrStatus(report, device)
    }
  }

  private func read(_ count: Int, _ address: UInt8) {
    unfetched = bus.read(count, from: address) ?? []
    lastLength = unfetched.isEmpty ? nil : unfetched.count
  }

  private func fetchOrStatus(_ report: [UInt8], _ device: UHIDDevice) throws(KernelFailure) {
    switch report.first {
    case Report.askStatus:
      let length = lastLength ?? 0
      // Complete (2) or failed (3) because the address was not acknowledged (0).
      let ending: [UInt8] = lastLength == nil ? [3, 0, 0, 0] : [2, 5, 0, 0]
      try device.send(
        input: [Report.status] + ending + [UInt8(length >> 8), UInt8(length & 0xFF)])
    case Report.fetch:
      let data = unfetched.prefix(Self.dataPerReport)
      unfetched.removeFirst(data.count)
      var answer = FieldWriter()
      answer.append([Report.fetched, 2, UInt8(data.count)])
      answer.append(Array(data), width: Self.dataPerReport)
      try device.send(input: answer.bytes)
    default: break
    }
  }

  /// A vendor's page with every report that the driver uses, bytes wide.
  private static let reportDescriptor: [UInt8] = {
    let feature: UInt8 = 0xB1
    let input: UInt8 = 0x81
    let output: UInt8 = 0x91
    let reports: [(kind: UInt8, number: UInt8, bytes: UInt8)] = [
      (feature, Report.pinDirections, 4), (feature, Report.pinLevels, 1),
      (feature, Report.setPins, 2), (feature, Report.version, 2),
      (feature, Report.configuration, 13), (feature, Report.lockByte, 2),
      (output, Report.read, 3), (output, Report.writeRead, 20),
      (output, Report.fetch, 2), (input, Report.fetched, 63), (output, Report.write, 63),
      (output, Report.askStatus, 1), (input, Report.status, 6), (output, 0x17, 1),
    ]
    let head: [UInt8] = [
      0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00,
    ]
    let items = reports.flatMap { report -> [UInt8] in
      [0x85, report.number, 0x09, 0x01, 0x75, 0x08, 0x95, report.bytes, report.kind, 0x02]
    }
    return head + items + [0xC0]
  }()
}
