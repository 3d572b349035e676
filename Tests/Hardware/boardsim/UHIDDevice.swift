/// What the kernel asks of a HID device.
enum HIDRequest {
  /// An output report, its number first.
  case output([UInt8])
  /// The feature report of a number is wanted.
  case get(id: UInt32, number: UInt8)
  /// A feature report, its number first.
  case set(id: UInt32, [UInt8])
}

/// A HID device that the kernel believes to be plugged in (`linux/uhid.h`).
final class UHIDDevice: EventSource {
  /// What the kernel finds its driver by.
  struct Identity {
    let name: String
    let vendor: UInt32
    let product: UInt32
    let reportDescriptor: [UInt8]
  }

  /// Types of events (`enum uhid_event_type`).
  private enum EventType {
    static let output: UInt32 = 6
    static let getReport: UInt32 = 9
    static let getReportReply: UInt32 = 10
    static let create: UInt32 = 11
    static let input: UInt32 = 12
    static let setReport: UInt32 = 13
    static let setReportReply: UInt32 = 14
  }

  /// `UHID_DATA_MAX`, `BUS_USB`, and the size of `struct uhid_event`.
  private static let dataWidth = 4_096
  private static let usbBus: UInt16 = 3
  private static let eventSize = 4_380

  private let device: MessageDevice
  private let serve: (UHIDDevice, HIDRequest) throws(KernelFailure) -> Void
  var descriptor: Int32 { device.descriptor }

  init(
    _ identity: Identity, serve: @escaping (UHIDDevice, HIDRequest) throws(KernelFailure) -> Void
  ) throws(KernelFailure) {
    device = try MessageDevice(path: "/dev/uhid", longestMessage: Self.eventSize)
    self.serve = serve
    var event = FieldWriter()
    event.append(EventType.create)
    event.append(Array(identity.name.utf8), width: 128)
    event.append([], width: 128)
    event.append(UInt16(identity.reportDescriptor.count))
    event.append(Self.usbBus)
    event.append(identity.vendor)
    event.append(identity.product)
    event.append([], width: 8)
    event.append(identity.reportDescriptor, width: Self.dataWidth)
    try device.send(event.bytes)
  }

  func ready() -> Bool {
    do throws(KernelFailure) {
      if let message = try device.receive(), let request = Self.request(message) {
        try serve(self, request)
      }
      return true
    } catch {
      report(error.text)
      return false
    }
  }

  /// An input report, its number first.
  func send(input report: [UInt8]) throws(KernelFailure) {
    var event = FieldWriter()
    event.append(EventType.input)
    event.append(UInt16(report.count))
    event.append(report)
    try device.send(event.bytes)
  }

  /// The answer to `get`; nil is an error.
  func answer(get id: UInt32, _ report: [UInt8]?) throws(KernelFailure) {
    var event = FieldWriter()
    event.append(EventType.getReportReply)
    event.append(id)
    event.append(UInt16(report == nil ? 5 : 0))
    event.append(UInt16(report?.count ?? 0))
    event.append(report ?? [])
    try device.send(event.bytes)
  }

  /// The answer to `set`: it was taken.
  func answer(set id: UInt32) throws(KernelFailure) {
    var event = FieldWriter()
    event.append(EventType.setReportReply)
    event.append(id)
    event.append(UInt16(0))
    try device.send(event.bytes)
  }

  /// Pulls the plug.
  func unplug() { device.closeAside() }

  /// Nil for what needs no answer: start, stop, open, close.
  private static func request(_ message: [UInt8]) -> HIDRequest? {
    var fields = FieldReader(message)
    switch fields.integer(UInt32.self) {
    case EventType.output:
      guard let data = fields.bytes(dataWidth), let size = fields.integer(UInt16.self) else {
        return nil
      }
      return .output(Array(data.prefix(Int(size))))
    case EventType.getReport:
      guard let id = fields.integer(UInt32.self), let number = fields.integer(UInt8.self) else {
        return nil
      }
      return .get(id: id, number: number)
    case EventType.setReport:
      guard let id = fields.integer(UInt32.self) else { return nil }
      fields.skip(2)
      guard let size = fields.integer(UInt16.self), let data = fields.bytes(Int(size)) else {
        return nil
      }
      return .set(id: id, data)
    default: return nil
    }
  }
}
