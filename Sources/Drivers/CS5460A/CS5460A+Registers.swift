extension CS5460A {
  /// The chip's registers by their addresses (data sheet, "Register Description"), of 24 bits each.
  enum Register: UInt8, CaseIterable, Sendable {
    /// Phase compensation, gain of the current channel, filters, clock divider, reset.
    case configuration = 0
    /// Signed fraction of full scale (-1…1), added before the gain.
    case currentDCOffset = 1
    /// Unsigned, 0…4; 0x400000 is 1.
    case currentGain = 2
    /// As `currentDCOffset`.
    case voltageDCOffset = 3
    /// As `currentGain`.
    case voltageGain = 4
    /// N: conversions in a computation cycle.
    case cycleCount = 5
    /// Signed fraction: energy of the latest computation cycle; reading does not clear it.
    case energy = 10
    /// Unsigned fraction of full scale, renewed with each computation cycle; 2^24 is 1.
    case currentRMS = 11
    /// As `currentRMS`.
    case voltageRMS = 12
    /// Unsigned, 0…2; 0x800000 is 1: corrects the energy for the crystal's error.
    case timebase = 13
    /// Signed fraction of full-scale power, added to each sample of the power.
    case powerOffset = 14
    /// What happened; writing a 1 clears a bit.
    case status = 15
    /// Added to the square of the current.
    case currentACOffset = 16
    /// Added to the square of the voltage.
    case voltageACOffset = 17
    /// Which bits of the status pull the interrupt pin.
    case mask = 26
    /// Stops outputs that nobody uses.
    case control = 28

    /// The first byte of a frame that reads it.
    var readCommand: UInt8 { rawValue << 1 }
    /// The first byte of a frame that writes it.
    var writeCommand: UInt8 { 0x40 | rawValue << 1 }
  }

  /// Commands of one byte.
  enum Command {
    /// Ends a synchronisation, does nothing otherwise: what a host sends while it reads. A zero
    /// would itself be a command (read the configuration) and cut off the answer.
    static let sync0: UInt8 = 0xFE
    /// Three or more, then `sync0`, bring the serial port back to its beginning.
    static let sync1: UInt8 = 0xFF
    /// Wakes the chip, or halts its conversions.
    static let halt: UInt8 = 0xA0
    /// Computes cycle after cycle.
    static let startContinuous: UInt8 = 0xE8
  }

  /// The frame that brings the serial port back to its beginning.
  static let synchronisation: [UInt8] = [
    Command.sync1, Command.sync1, Command.sync1, Command.sync0,
  ]

  /// Values and bits of the configuration register.
  enum Configuration {
    /// RS: everything goes back to its defaults.
    static let reset: Int64 = 0x80
    /// What shows that a reset is over: RS has gone, the clock divider is back at 1.
    static let resetMask: Int64 = 0x81
    static let resetDone: Int64 = 0x01
    /// What is the same in every chip that is not being reset: the reserved bits 14 and 13, RS, and
    /// the clock divider K, which is 1 for the crystal of all modules (HARDWARE §1.3).
    static let fixedMask: Int64 = 0x608F
    /// VHPF and IHPF: without the direct part, where alternating current is metered.
    static let highPassFilters: Int64 = 0x60
    /// Gi: 50x instead of 10x in front of the current channel.
    static let fiftyfold: Int64 = 1 << 16
    /// PC: the lowest of its seven bits.
    static let phaseShift: Int64 = 17
  }

  /// NOCPU: no clock output. A soft reset does not always clear what stood in this register.
  static let controlValue: Int64 = 0x000004

  /// Bits of the status register.
  struct Status: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    /// DRDY: a computation cycle is done.
    static let dataReady = Status(rawValue: 1 << 23)
    /// CRDY: a conversion is done.
    static let conversionReady = Status(rawValue: 1 << 20)
    /// EDIR: the energy is negative.
    static let negativeEnergy = Status(rawValue: 1 << 21)
    /// MATH: a calculation went wrong.
    static let mathError = Status(rawValue: 1 << 19)
    /// IOR: a sample of the current beyond full scale.
    static let currentRange = Status(rawValue: 1 << 17)
    /// VOR: a sample of the voltage beyond full scale.
    static let voltageRange = Status(rawValue: 1 << 16)
    /// PWOR: a sample of the power beyond full scale.
    static let powerRange = Status(rawValue: 1 << 15)
    /// IROR: the RMS current is beyond full scale.
    static let currentRMSRange = Status(rawValue: 1 << 14)
    /// VROR: the RMS voltage is beyond full scale.
    static let voltageRMSRange = Status(rawValue: 1 << 13)
    /// EOR: the energy of the cycle did not fit its register.
    static let energyRange = Status(rawValue: 1 << 12)
    /// WDT: nobody has read the energy for five seconds.
    static let watchdog = Status(rawValue: 1 << 5)
    /// VOD: the voltage channel's modulator oscillates; a single spike can cause it.
    static let voltageOscillation = Status(rawValue: 1 << 4)
    /// IOD: as VOD, of the current channel.
    static let currentOscillation = Status(rawValue: 1 << 3)
    /// LSD: the supply is low.
    static let lowSupply = Status(rawValue: 1 << 2)
    /// IC: all commands so far were valid. Only a synchronisation or a reset sets it again.
    static let commandsValid = Status(rawValue: 1)

    /// The chip's revision.
    static let chipIdentity = Status(rawValue: 0xF << 6)
    /// Bits that mean nothing, and read zero (HARDWARE §1.3).
    static let reserved = Status(rawValue: 1 << 18 | 1 << 10 | 1 << 1)
    /// What only reading can tell: neither events nor to be cleared.
    static let levels: Status = [chipIdentity, commandsValid]
    /// Samples, sums or roots that do not fit, or inputs beyond their range.
    static let anyRange: Status = [
      currentRange, voltageRange, powerRange, currentRMSRange, voltageRMSRange, energyRange,
      mathError, voltageOscillation, currentOscillation,
    ]
    /// After which the energy register is not the energy.
    static let energyInvalid: Status = [energyRange, mathError]

    /// A data line without a chip behind it: all zeros or all ones.
    var isOpenLine: Bool { rawValue == 0 || rawValue == 0xFFFFFF }
    /// The level at which such a line stays, as a byte.
    var lineLevel: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
  }
}
