import Glibc

/// A character device in user space: the FUSE protocol on `/dev/cuse` (`linux/fuse.h`), spoken
/// directly, so that no library is needed.
final class CUSEDevice: EventSource {
  /// Requests (`enum fuse_opcode`).
  private enum Operation {
    static let open: UInt32 = 14
    static let read: UInt32 = 15
    static let write: UInt32 = 16
    static let release: UInt32 = 18
    static let flush: UInt32 = 25
    static let interrupt: UInt32 = 36
    static let control: UInt32 = 39
    static let initialize: UInt32 = 4_096
  }

  /// The protocol that is spoken: 7.31 has all that is used, and both Debians' kernels know it.
  private static let major: UInt32 = 7
  private static let minor: UInt32 = 31
  /// `CUSE_UNRESTRICTED_IOCTL`: requests may point to further memory. `FUSE_IOCTL_RETRY`.
  private static let isUnrestricted: UInt32 = 1
  private static let isRetry: UInt32 = 4
  /// Room for a request of `largestTransfer` bytes and its headers.
  private static let longestMessage = 1 << 18
  private static let largestTransfer: UInt32 = 1 << 17

  let name: String
  private let device: MessageDevice
  private let server: any CharacterDevice
  var descriptor: Int32 { device.descriptor }

  /// Makes `/dev/NAME`.
  init(name: String, server: any CharacterDevice) throws(KernelFailure) {
    self.name = name
    self.server = server
    device = try MessageDevice(path: "/dev/cuse", longestMessage: Self.longestMessage)
  }

  /// Takes the device away from the kernel.
  func close() { device.close() }

  func ready() -> Bool {
    do throws(KernelFailure) {
      if let message = try device.receive() { try serve(message) }
      return true
    } catch {
      report(error.text)
      return false
    }
  }

  private func serve(_ message: [UInt8]) throws(KernelFailure) {
    var fields = FieldReader(message)
    fields.skip(4)
    guard let operation = fields.integer(UInt32.self), let id = fields.integer(UInt64.self) else {
      return
    }
    fields.skip(24)
    switch operation {
    case Operation.initialize: try initialize(id)
    // The handle and flags that the kernel keeps for this opener.
    case Operation.open: try answer(id, [UInt8](repeating: 0, count: 16))
    case Operation.release, Operation.flush: try answer(id, [])
    case Operation.control: try control(id, &fields)
    case Operation.read:
      fields.skip(16)
      let count = fields.integer(UInt32.self) ?? 0
      try answer(id, server.read(Int(count)))
    case Operation.write:
      fields.skip(16)
      let count = fields.integer(UInt32.self) ?? 0
      fields.skip(20)
      let taken = server.write(Array(fields.rest.prefix(Int(count))))
      try answer(id, taken.map(Self.writeAnswer))
    // The request that it is about has been answered already: one is served after the other.
    case Operation.interrupt: break
    default: try answer(id, failure: ENOSYS)
    }
  }

  private static func writeAnswer(_ count: Int) -> [UInt8] {
    var fields = FieldWriter()
    fields.append(UInt32(count))
    fields.append(UInt32(0))
    return fields.bytes
  }

  private func initialize(_ id: UInt64) throws(KernelFailure) {
    var fields = FieldWriter()
    fields.append(Self.major)
    fields.append(Self.minor)
    fields.append(UInt32(0))
    fields.append(Self.isUnrestricted)
    fields.append(Self.largestTransfer)
    fields.append(Self.largestTransfer)
    // Device numbers of the kernel's choice, and what is reserved.
    fields.append([], width: 48)
    fields.append(Array("DEVNAME=\(name)".utf8) + [0])
    try answer(id, fields.bytes)
  }

  private func control(_ id: UInt64, _ fields: inout FieldReader) throws(KernelFailure) {
    fields.skip(12)
    guard let command = fields.integer(UInt32.self), let argument = fields.integer(UInt64.self),
      let inputCount = fields.integer(UInt32.self), let room = fields.integer(UInt32.self)
    else { return try answer(id, failure: EIO) }
    let request = ControlRequest(
      command: command, argument: argument, input: Array(fields.rest.prefix(Int(inputCount))),
      outputRoom: Int(room))
    var reply = FieldWriter()
    switch server.control(request) {
    case .failure(let code): return try answer(id, failure: code)
    case .done(let result, let output):
      reply.append(result)
      reply.append([], width: 12)
      reply.append(output)
    case .needs(let input, let output):
      reply.append(Int32(0))
      reply.append(Self.isRetry)
      reply.append(UInt32(input.count))
      reply.append(UInt32(output.count))
      for memory in input + output {
        reply.append(memory.address)
        reply.append(UInt64(memory.count))
      }
    }
    try answer(id, reply.bytes)
  }

  private func answer(
    _ id: UInt64, _ result: Result<[UInt8], DeviceError>
  ) throws(KernelFailure) {
    switch result {
    case .success(let bytes): try answer(id, bytes)
    case .failure(let error): try answer(id, failure: error.code)
    }
  }

  private func answer(
    _ id: UInt64, failure code: Int32 = 0, _ bytes: [UInt8] = []
  ) throws(KernelFailure) {
    var message = FieldWriter()
    message.append(UInt32(16 + bytes.count))
    message.append(-code)
    message.append(id)
    message.append(bytes)
    do throws(KernelFailure) {
      try device.send(message.bytes)
    } catch  where error.code == ENOENT {
      // Whoever asked was killed meanwhile: nobody waits for the answer.
      return
    }
  }

  private func answer(_ id: UInt64, _ bytes: [UInt8]) throws(KernelFailure) {
    try answer(id, failure: 0, bytes)
  }
}
