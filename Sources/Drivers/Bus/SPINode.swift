import CLinuxBus
import Glibc

/// One `/dev/spidevBUS.SELECT`, set up once, opened again after it has gone.
final class SPINode {
  /// Segments whose descriptions fit into one request's number (14 bits of size).
  static let segmentsPerCall = 256

  let settings: SPISettings
  let isSelecting: Bool
  private let node: Reopening<DeviceFile>
  private let bufferBytes: Int

  init(
    path: String, settings: SPISettings, isSelecting: Bool, clock: any DeviceClock
  ) throws(BusError) {
    guard settings.mode <= 3, settings.hertz > 0 else { throw .os(EINVAL) }
    self.settings = settings
    self.isSelecting = isSelecting
    bufferBytes = Self.kernelBufferBytes()
    node = try Reopening(
      clock: clock,
      open: { () throws(BusError) -> DeviceFile in
        let file = try DeviceFile(path: path, kind: .spi)
        try Self.setUp(file, settings, isSelecting: isSelecting)
        return file
      },
      isThere: { $0.isThere })
  }

  /// Moves all segments; what comes in takes the place of what went out.
  ///
  /// - Parameter mayDivide: whether several calls are one transaction, because the select line is
  ///   not the kernel's. Otherwise a message that is too long is refused.
  func transfer(_ message: inout SPIMessage, mayDivide: Bool) throws(BusError) {
    let groups = message.groups(bytes: bufferBytes, count: Self.segmentsPerCall)
    guard groups.count <= 1 || mayDivide else { throw .messageTooLong }
    var bytes = message.bytes
    try node.use { (file: DeviceFile) throws(BusError) -> Void in
      for group in groups { try Self.move(group, &bytes, file) }
    }
    message.bytes = bytes
  }

  private static func move(
    _ group: [SPIMessage.Segment], _ bytes: inout [UInt8], _ file: DeviceFile
  ) throws(BusError) {
    let number = clinuxbus_spi_message(UInt32(group.count))
    // The kernel copies out of and into this row during the call, and within the segments only.
    let result = bytes.withUnsafeMutableBytes { row in
      var transfers = group.map { segment in
        var transfer = spi_ioc_transfer()
        if let base = row.baseAddress, !segment.range.isEmpty {
          let address = UInt64(UInt(bitPattern: base + segment.range.lowerBound))
          transfer.tx_buf = address
          transfer.rx_buf = address
          transfer.len = UInt32(segment.range.count)
        }
        transfer.delay_usecs = segment.pauseMicroseconds
        return transfer
      }
      return ioctl(file.descriptor, number, &transfers)
    }
    try file.counted(Int(result), of: group.reduce(0) { $0 + $1.range.count })
  }

  private static func setUp(
    _ file: DeviceFile, _ settings: SPISettings, isSelecting: Bool
  ) throws(BusError) {
    do throws(BusError) {
      try setMode(file, isSelecting ? settings.mode : settings.mode | CLINUXBUS_SPI_NO_CS)
    } catch BusError.os(EINVAL) where !isSelecting {
      // A controller that cannot keep its own select line still: see `LinuxSPIBus.device`.
      try setMode(file, settings.mode)
    }
    var bits: UInt8 = 8
    try file.request(CLINUXBUS_SPI_WRITE_BITS, &bits)
    try file.request(CLINUXBUS_SPI_READ_BITS, &bits)
    var hertz = settings.hertz
    try file.request(CLINUXBUS_SPI_WRITE_SPEED, &hertz)
    try file.request(CLINUXBUS_SPI_READ_SPEED, &hertz)
    // Zero is what spidev says for eight.
    guard bits == 8 || bits == 0, hertz > 0, hertz <= settings.hertz else { throw .os(EINVAL) }
  }

  private static func setMode(_ file: DeviceFile, _ wanted: UInt8) throws(BusError) {
    var mode = wanted
    try file.request(CLINUXBUS_SPI_WRITE_MODE, &mode)
    try file.request(CLINUXBUS_SPI_READ_MODE, &mode)
    guard mode == wanted else { throw .os(EINVAL) }
  }

  /// What spidev moves in one call; its own default where the kernel does not say.
  private static func kernelBufferBytes() -> Int {
    let standard = 4_096
    guard let text = try? TextFile.read("/sys/module/spidev/parameters/bufsiz"),
      let line = text.split(separator: "\n").first, let bytes = Int(line), bytes > 0
    else { return standard }
    return bytes
  }
}
