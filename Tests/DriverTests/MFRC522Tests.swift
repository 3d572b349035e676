import Testing

@testable import Drivers

@Suite("the MFRC522, register by register")
struct MFRC522Tests {
  /// A modelled chip, as whoever writes registers sees it.
  private final class Bare {
    let chip: SimulatedMFRC522
    var now: Int64 = 1_000_000_000

    init(version: UInt8 = 0x92) {
      chip = SimulatedMFRC522(version: version)
    }

    @discardableResult
    func transfer(_ bytes: [UInt8]) -> [UInt8] {
      chip.select(nowNanoseconds: now)
      defer { chip.deselect(nowNanoseconds: now) }
      return bytes.map { chip.exchange($0, nowNanoseconds: now) }
    }

    func write(_ register: MFRC522Register, _ bytes: UInt8...) {
      transfer(MFRC522Frame.write(register, bytes))
    }

    func read(_ registers: MFRC522Register...) -> [UInt8] {
      Array(transfer(MFRC522Frame.read(registers)).dropFirst())
    }

    func pass(microseconds: Int64) { now += microseconds * 1_000 }

    /// Sends a frame as the data sheet says, and waits for its end.
    func send(_ bytes: [UInt8], lastBits: UInt8 = 0, align: UInt8 = 0) {
      write(.command, MFRC522Command.idle)
      write(.interrupts, 0x7F)
      write(.fifoLevel, 0x80)
      transfer(MFRC522Frame.write(.fifoData, bytes))
      write(.command, MFRC522Command.transceive)
      write(.bitFraming, 0x80 | align << 4 | lastBits)
      pass(microseconds: 10_000)
    }
  }

  @Test("frames have the address in bits 1 to 6, and the read bit above")
  func frames() {
    #expect(MFRC522Frame.read([.version]) == [0xEE, 0x00])
    #expect(MFRC522Frame.read([.interrupts, .error]) == [0x88, 0x8C, 0x00])
    #expect(MFRC522Frame.write(.fifoData, [1, 2]) == [0x12, 1, 2])
  }

  @Test("registers are read in one transaction, each one byte behind its address")
  func registers() {
    let bare = Bare()
    bare.write(.timerReloadLow, 0x12)
    bare.write(.timerReloadHigh, 0x34)
    #expect(bare.read(.timerReloadLow, .version, .timerReloadHigh) == [0x12, 0x92, 0x34])
    bare.write(.fifoData, 7, 8, 9)
    #expect(bare.read(.fifoLevel) == [3])
    #expect(bare.read(.fifoData, .fifoData) == [7, 8])
    #expect(bare.read(.fifoLevel, .fifoData, .fifoLevel, .fifoData) == [1, 9, 0, 0])
  }

  @Test("a soft reset takes all settings and the field, and a while")
  func softReset() {
    let bare = Bare()
    bare.write(.txControl, 0x83)
    bare.write(.txASK, 0x40)
    #expect(bare.chip.field.isOn)
    bare.write(.command, MFRC522Command.softReset)
    #expect(bare.read(.txControl, .txASK) == [0x80, 0x00])
    #expect(!bare.chip.field.isOn)
    #expect(bare.read(.command)[0] & MFRC522Bits.powerDown != 0)
    bare.pass(microseconds: 5_000)
    #expect(bare.read(.command)[0] & MFRC522Bits.powerDown == 0)
  }

  @Test("a chip that is held in reset says nothing")
  func held() {
    let bare = Bare()
    bare.chip.holdReset(true, nowNanoseconds: bare.now)
    #expect(bare.read(.version) == [0])
    bare.chip.holdReset(false, nowNanoseconds: bare.now)
    #expect(bare.read(.version) == [0x92])
  }

  @Test("the CRC unit reckons CRC_A")
  func crc() {
    let bare = Bare()
    bare.write(.fifoData, 0x12, 0x34)
    bare.write(.command, MFRC522Command.calculateCRC)
    #expect(bare.read(.otherInterrupts)[0] & MFRC522Bits.crcDone == 0)
    bare.pass(microseconds: 200)
    #expect(bare.read(.otherInterrupts)[0] & MFRC522Bits.crcDone != 0)
    #expect(bare.read(.crcLow, .crcHigh) == [0x26, 0xCF])
  }

  @Test("the timer counts what it was set to, from the end of the frame")
  func timer() {
    let bare = Bare()
    bare.write(.timerMode, 0x80)
    bare.write(.timerPrescaler, 0xA9)
    bare.write(.timerReloadLow, 200)
    bare.write(.txControl, 0x83)
    bare.write(.fifoData, 0x52)
    bare.write(.command, MFRC522Command.transceive)
    bare.write(.bitFraming, 0x87)
    bare.pass(microseconds: 4_900)
    #expect(bare.read(.interrupts)[0] & 0x21 == 0)
    bare.pass(microseconds: 300)
    #expect(bare.read(.interrupts)[0] & 0x21 == MFRC522Bits.timer)
  }

  @Test("cards answer only in a field")
  func noField() throws {
    let bare = Bare()
    bare.chip.field.put(SimulatedCard(try #require(CardUID([1, 2, 3, 4]))))
    bare.send([0x52], lastBits: 7)
    #expect(bare.read(.fifoLevel) == [0])
    bare.write(.txControl, 0x83)
    bare.send([0x52], lastBits: 7)
    #expect(bare.read(.interrupts, .fifoLevel, .fifoData, .fifoData) == [0x20, 2, 0x04, 0x00])
  }

  @Test("collisions are real: the anticollision loop tells two cards apart by their bits")
  func anticollision() throws {
    let bare = Bare()
    bare.write(.txControl, 0x83)
    bare.write(.collision, 0x00)
    for uid: [UInt8] in [[0b0000_0101, 2, 3, 4], [0b0001_0101, 9, 9, 9]] {
      bare.chip.field.put(SimulatedCard(try #require(CardUID(uid))))
    }
    bare.send([0x52], lastBits: 7)
    bare.send([0x93, 0x20])
    #expect(bare.read(.error)[0] & MFRC522Bits.collision != 0)
    // They differ in their fifth bit; what follows is cleared.
    #expect(bare.read(.collision) == [5])
    #expect(bare.read(.fifoLevel, .fifoData, .fifoData) == [5, 0b0000_0101, 0])
    for (bit, rest): (UInt8, [UInt8]) in [(0, [2, 3, 4, 0]), (1, [9, 9, 9, 0x1C])] {
      bare.send([0x52], lastBits: 7)
      bare.send([0x52], lastBits: 7)
      bare.send([0x93, 0x25, 0b0101 | bit << 4], lastBits: 5, align: 5)
      #expect(bare.read(.error)[0] & MFRC522Bits.collision == 0)
      #expect(bare.read(.fifoLevel) == [5])
      let answer = bare.read(.fifoData, .fifoData, .fifoData, .fifoData)
      #expect(Array(answer[1...]) == Array(rest[..<3]))
    }
  }

  @Test("clones are taken as they are", arguments: [0x91, 0x92, 0x88, 0xB2, 0x12])
  func clones(version: UInt8) throws {
    let uid = try #require(CardUID([4, 1, 2, 3, 4, 5, 6]))
    let bench = CardBench(.mfrc522)
    bench.mfrc522.version = version
    bench.field.put(SimulatedCard(uid))
    bench.pass(milliseconds: 1_000)
    #expect(bench.log.cards == [uid])
    #expect(bench.state.identity == [version])
    #expect(bench.state.condition == .working)
  }

  @Test("any setting that changes behind the driver's back is found within 5 s, and mended")
  func audit() {
    for setting in MFRC522Setting.table + [.antenna] {
      let bench = CardBench(.mfrc522)
      bench.pass(milliseconds: 2_000)
      bench.mfrc522.registers[Int(setting.register.rawValue)] ^= setting.mask
      let isFound = bench.pass(atMostMilliseconds: 5_300) { $0.state.counts.silentResets == 1 }
      #expect(isFound)
      bench.pass(milliseconds: 500)
      let value = bench.mfrc522.registers[Int(setting.register.rawValue)]
      #expect((value ^ setting.value) & setting.mask == 0)
      #expect(bench.state.condition == .working)
    }
  }

  @Test("a chip that keeps other values than it was given is not used")
  func refusesSettings() {
    /// Writes of one register get lost.
    final class Stubborn: SPIDevice {
      let chip = SimulatedMFRC522()
      let clock = VirtualClock()
      func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] {
        guard case .transfer(let bytes) = steps.first else { return [] }
        if bytes[0] == MFRC522Register.txASK.rawValue << 1 { return [bytes] }
        chip.select(nowNanoseconds: clock.nowNanoseconds)
        return [bytes.map { chip.exchange($0, nowNanoseconds: clock.nowNanoseconds) }]
      }
    }
    let device = Stubborn()
    let log = CardBench.Log()
    let reader = MFRC522(
      device: device, clock: device.clock,
      reports: ReaderReports(
        onCard: { log.cards.append($0) }, onRefusal: { log.refusals.append($0) },
        onState: { log.states.append($0) }))
    for _ in 0..<100 {
      device.clock.nowNanoseconds = reader.run(nowNanoseconds: device.clock.nowNanoseconds)
    }
    #expect(log.states.map(\.condition) == [.failed(.settingsLost)])
  }

  @Test("a bus that gives fewer bytes than it was asked for is a failure")
  func shortTransfers() {
    final class Short: SPIDevice {
      func transaction(_ steps: [SPIStep]) throws(BusError) -> [[UInt8]] { [[0x92]] }
    }
    let clock = VirtualClock()
    let log = CardBench.Log()
    let reader = MFRC522(
      device: Short(), clock: clock,
      reports: ReaderReports(
        onCard: { log.cards.append($0) }, onRefusal: { log.refusals.append($0) },
        onState: { log.states.append($0) }))
    for _ in 0..<40 { clock.nowNanoseconds = reader.run(nowNanoseconds: clock.nowNanoseconds) }
    #expect(log.states.map(\.condition) == [.failed(.bus(.shortTransfer(1)))])
  }
}
