import ChargePiES
import Projections

/// What people and things do in a story.
extension Stage {
  /// A cable with a car at its other end.
  func plug(_ evse: UInt32, _ connector: UInt32 = 1) throws {
    try cable(evse, connector, .connected)
  }

  /// The cable is taken out, or at the car's side only.
  func unplug(_ evse: UInt32, _ connector: UInt32 = 1, carSideOnly: Bool = false) throws {
    try cable(evse, connector, carSideOnly ? .socketOnly : .out)
  }

  private func cable(_ evse: UInt32, _ connector: UInt32, _ state: CableState) throws {
    board.parts[Int(evse) - 1].locks[Int(connector) - 1].cable = state
    try see(.cableSensed(.at(evse, connector, state)))
    try pass(milliseconds: 200)
  }

  /// A card is held to the reader of some EVSEs, or of all.
  func card(_ text: String, _ evses: [UInt32] = []) throws {
    let token = try VaultBook(vault: vault).intern(text).canonical
    try see(
      .cardRead(
        CardRead {
          $0.token = token
          $0.evses = evses
        }))
    try pass(milliseconds: 200)
  }

  /// What the car draws from now on.
  func draw(_ evse: UInt32, watts: Int64) { board.draw(Int(evse) - 1, watts: watts, at: moment) }

  /// A meter is read now.
  func read(_ evse: UInt32) throws { try see(board.read(Int(evse) - 1, at: moment)) }

  /// Somebody comes with a car, shows a card, charges and leaves.
  func visit(_ evse: UInt32, _ card: String, seconds: Int64, watts: Int64 = 7_000) throws {
    draw(evse, watts: watts)
    try plug(evse)
    try pass(seconds: 3)
    try self.card(card)
    try pass(seconds: seconds)
    try self.card(card)
    try pass(seconds: 2)
    try unplug(evse)
    try pass(seconds: 5)
  }

  /// A fault appears, or goes.
  func fault(
    _ evse: UInt32, _ code: FaultCode, _ vendorCode: String = "", _ info: String = "",
    isActive: Bool = true
  ) throws {
    try see(
      .faultSensed(
        FaultSensed {
          $0.evse = evse
          $0.code = code
          $0.vendorCode = vendorCode
          $0.info = info
          $0.isActive = isActive
        }))
    try pass(milliseconds: 200)
  }

  /// An operator's wish.
  func wish(_ wish: Wish, _ session: SessionID = SessionID()) throws {
    try see(
      .operatorAsked(
        OperatorAsked {
          $0.wish = wish
          $0.upstream = 1
          $0.session = session
        }))
    try pass(milliseconds: 200)
  }

  /// A setting is changed by the central system.
  func configure(_ key: String, _ value: String) throws {
    try call("ChangeConfiguration", #"{"key":"\#(key)","value":"\#(value)"}"#)
    try pass(milliseconds: 200)
  }

  /// The system's clock is set, or somebody begins or ceases to vouch for it.
  func setClock(_ quality: ClockQuality, aheadSeconds: Int64) throws {
    (clockQuality, clockAheadSeconds) = (quality, aheadSeconds)
    try seeClock()
  }

  /// A contactor does not follow any more, or does again.
  func stick(_ evse: UInt32, _ isStuck: Bool) { board.parts[Int(evse) - 1].isStuck = isStuck }
}
