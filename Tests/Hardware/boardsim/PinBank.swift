/// Eight pins of an adapter: who drives each, and what level it has.
struct PinBank {
  /// What the wiring puts on each pin when the adapter does not drive it: pulls and switches.
  var external: UInt8
  private(set) var outputs: UInt8 = 0
  private var latch: UInt8 = 0
  /// Outputs that were written since they became outputs.
  ///
  /// The CP2112's driver makes a pin an output first and writes its level then (AN495 §4.4 asks for
  /// that order). A Raspberry Pi sets both at once; so that the test sees no edge that no Pi makes,
  /// a pin keeps its external level until its first write.
  private var driven: UInt8 = 0

  init(external: UInt8) { self.external = external }

  /// What is on the wires.
  var levels: UInt8 { (latch & driven) | (external & ~driven) }

  mutating func setOutputs(_ mask: UInt8) {
    outputs = mask
    driven &= mask
  }

  mutating func write(_ values: UInt8, mask: UInt8) {
    latch = (latch & ~mask) | (values & mask)
    driven |= mask & outputs
  }

  /// The adapter lost its power: it drives nothing.
  mutating func reset() {
    outputs = 0
    driven = 0
  }
}
