extension CS5460A {
  /// The bytes of a transaction, made of frames, and where in the answer the registers are.
  ///
  /// Frames follow each other under one chip select: after three bytes of data the chip expects a
  /// command again. One long transfer costs one system call.
  struct Frames: Sendable {
    private(set) var bytes: [UInt8] = []
    private var answers: [Int] = []

    init(synchronised: Bool = false) {
      if synchronised { bytes += CS5460A.synchronisation }
    }

    mutating func read(_ register: Register) {
      let filler = Command.sync0
      bytes += [register.readCommand, filler, filler, filler]
      answers.append(bytes.count - 3)
    }

    /// Writes the low 24 bits of a value.
    mutating func write(_ register: Register, _ value: Int64) {
      let word = UInt32(truncatingIfNeeded: value)
      bytes += [register.writeCommand] + [16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    mutating func command(_ byte: UInt8) { bytes.append(byte) }

    /// The registers that were read, in their order; nil when the answer is too short.
    func values(in answer: [UInt8]) -> [UInt32]? {
      guard answer.count == bytes.count else { return nil }
      return answers.map { first in
        answer[first..<first + 3].reduce(0) { $0 << 8 | UInt32($1) }
      }
    }
  }

  /// A register's 24 bits as a signed number.
  static func signed(_ word: UInt32) -> Int64 {
    Int64(Int32(bitPattern: word << 8) >> 8)
  }

  /// What came back of a transaction, and between which moments it was on the bus.
  struct Answer {
    let values: [UInt32]
    let before: Int64
    let after: Int64
  }

  /// One transaction on the bus.
  func send(_ frames: Frames) throws(BusError) -> Answer {
    statistics.transactions += 1
    let before = clock.nowNanoseconds
    let answer = try device.transaction([.transfer(frames.bytes)])
    let after = clock.nowNanoseconds
    guard let bytes = answer.first, let values = frames.values(in: bytes) else {
      throw .shortTransfer(answer.first?.count ?? 0)
    }
    return Answer(values: values, before: before, after: after)
  }
}
