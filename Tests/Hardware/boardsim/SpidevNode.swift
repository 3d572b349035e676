import Drivers
import Glibc

/// `/dev/spidevB.C`: what spidev.c and the SPI core of the kernel do for one chip select of a
/// Raspberry Pi's controller (spi-bcm2835), in front of the chips of a bus.
final class SpidevNode: CharacterDevice {
  /// Bits of the mode (`linux/spi/spi.h`).
  enum Mode {
    static let clock: UInt32 = 0x03
    static let selectHigh: UInt32 = 0x04
    static let threeWire: UInt32 = 0x10
    static let noSelect: UInt32 = 0x40
    /// What the Pi's controller can do; least significant bit first is not among it.
    static let supported = clock | selectHigh | threeWire | noSelect
  }

  /// One `struct spi_ioc_transfer`.
  struct Transfer {
    static let size = 32
    let send: CallerMemory
    let receive: CallerMemory
    let hertz: UInt32
    let delayMicroseconds: UInt16
    let bits: UInt8
    let changesSelect: Bool

    var count: Int { send.count }

    init?(_ bytes: [UInt8]) {
      var fields = FieldReader(bytes)
      guard let send = fields.integer(UInt64.self), let receive = fields.integer(UInt64.self),
        let count = fields.integer(UInt32.self), let hertz = fields.integer(UInt32.self),
        let delay = fields.integer(UInt16.self), let bits = fields.integer(UInt8.self),
        let change = fields.integer(UInt8.self)
      else { return nil }
      self.send = CallerMemory(address: send, count: Int(count))
      self.receive = CallerMemory(address: receive, count: Int(count))
      self.hertz = hertz
      delayMicroseconds = delay
      self.bits = bits
      changesSelect = change != 0
    }
  }

  /// `bufsiz` of spidev.c, and the controller's highest clock.
  static let largestMessage = 4_096
  private static let maximumHertz: UInt32 = 125_000_000

  private let bus: SPIBus
  /// The chip at this node's own chip select; nil where nothing is wired to it.
  private let member: Int?
  private var mode: UInt32 = 0
  private var hertz = maximumHertz
  private var isSelected = false
  /// The controller was unplugged.
  var isGone = false

  init(bus: SPIBus, member: Int?) {
    self.bus = bus
    self.member = member
  }

  func control(_ request: ControlRequest) -> ControlAnswer {
    guard !isGone else { return .failure(ESHUTDOWN) }
    let number = request.command & 0xFF
    let size = Int(request.command >> 16 & 0x3FFF)
    // SPI_IOC_MAGIC is "k".
    guard request.command >> 8 & 0xFF == 0x6B else { return .failure(ENOTTY) }
    let isWrite = request.command >> 30 & 1 == 1
    if number == 0 && isWrite { return message(request, size) }
    let memory = CallerMemory(address: request.argument, count: size)
    if isWrite {
      guard request.input.count >= size else { return .needs(input: [memory], output: []) }
      var fields = FieldReader(request.input + [0, 0, 0])
      return set(number, fields.integer(UInt32.self) ?? 0)
    }
    guard request.outputRoom >= size else { return .needs(input: [], output: [memory]) }
    var fields = FieldWriter()
    switch number {
    case 1, 5: fields.append(mode)
    case 2: fields.append(UInt32(0))
    case 3: fields.append(UInt32(8))
    case 4: fields.append(hertz)
    default: return .failure(ENOTTY)
    }
    return .done(0, Array(fields.bytes.prefix(size)))
  }

  private func set(_ number: UInt32, _ value: UInt32) -> ControlAnswer {
    switch number {
    case 1, 5:
      guard value & ~Mode.supported == 0 else { return .failure(EINVAL) }
      mode = value
    case 2: if value != 0 { return .failure(EINVAL) }
    case 3: if value != 0 && value != 8 { return .failure(EINVAL) }
    case 4:
      guard value > 0 else { return .failure(EINVAL) }
      hertz = min(value, Self.maximumHertz)
    default: return .failure(ENOTTY)
    }
    return .done(0, [])
  }

  /// SPI_IOC_MESSAGE: first the transfers are fetched, then what they send, then it is done.
  private func message(_ request: ControlRequest, _ size: Int) -> ControlAnswer {
    guard size % Transfer.size == 0 else { return .failure(EINVAL) }
    let list = CallerMemory(address: request.argument, count: size)
    guard request.input.count >= size else { return .needs(input: [list], output: []) }
    let transfers = stride(from: 0, to: size, by: Transfer.size).compactMap {
      Transfer(Array(request.input[$0..<$0 + Transfer.size]))
    }
    let senders = transfers.filter { $0.send.address != 0 && $0.count > 0 }.map(\.send)
    let receivers = transfers.filter { $0.receive.address != 0 && $0.count > 0 }.map(\.receive)
    let sent = senders.reduce(0) { $0 + $1.count }
    let received = receivers.reduce(0) { $0 + $1.count }
    guard max(sent, received) <= Self.largestMessage else { return .failure(EMSGSIZE) }
    guard transfers.allSatisfy({ $0.bits == 0 || $0.bits == 8 }) else { return .failure(EINVAL) }
    guard request.input.count >= size + sent, request.outputRoom >= received else {
      return .needs(input: [list] + senders, output: receivers)
    }
    return .done(
      Int32(transfers.reduce(0) { $0 + $1.count }), run(transfers, request.input[size...]))
  }

  private func run(_ transfers: [Transfer], _ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var input = bytes
    for (index, transfer) in transfers.enumerated() {
      select(true)
      let sent = transfer.send.address == 0 ? nil : input.prefix(transfer.count)
      if transfer.send.address != 0 { input = input.dropFirst(transfer.count) }
      let speed = transfer.hertz == 0 ? hertz : min(transfer.hertz, Self.maximumHertz)
      let received = exchange(sent.map { Array($0) }, transfer.count, speed)
      if transfer.receive.address != 0 { output += received }
      if transfer.delayMicroseconds > 0 { usleep(UInt32(transfer.delayMicroseconds)) }
      let isLast = index == transfers.count - 1
      // A change behind the last transfer means that the chip stays selected.
      if transfer.changesSelect != isLast { select(false) }
    }
    return output
  }

  /// The controller sends zeros where there is nothing to send.
  private func exchange(_ bytes: [UInt8]?, _ count: Int, _ hertz: UInt32) -> [UInt8] {
    bus.exchange(bytes ?? [UInt8](repeating: 0, count: count), hertz: hertz, mode: mode)
  }

  private func select(_ isWanted: Bool) {
    guard let member, mode & Mode.noSelect == 0, isSelected != isWanted else { return }
    isSelected = isWanted
    bus.setSelected(member, isWanted)
  }

  func read(_ count: Int) -> Result<[UInt8], DeviceError> {
    guard !isGone else { return .failure(DeviceError(code: ESHUTDOWN)) }
    guard count <= Self.largestMessage else { return .failure(DeviceError(code: EMSGSIZE)) }
    select(true)
    defer { select(false) }
    return .success(exchange(nil, count, hertz))
  }

  func write(_ bytes: [UInt8]) -> Result<Int, DeviceError> {
    guard !isGone else { return .failure(DeviceError(code: ESHUTDOWN)) }
    guard bytes.count <= Self.largestMessage else { return .failure(DeviceError(code: EMSGSIZE)) }
    select(true)
    defer { select(false) }
    _ = exchange(bytes, bytes.count, hertz)
    return .success(bytes.count)
  }
}
