// Relays, locks and inputs.
extension HardwareBuilder {
  func relays() throws(WiringFault) -> [ConnectorRelays] {
    var all: [ConnectorRelays] = []
    for evse in plan.evses {
      var relays: [any DigitalOutput] = []
      for connector in evse.connectors {
        let role = WiringRole.connector(evse: evse.id, connector: connector.id, .relay)
        guard let relay = connector.relay else { throw WiringFault(role, .noRelay) }
        let name = "chargepi-relay-\(evse.id).\(connector.id)"
        relays.append(try output(relay.pin, relay.isActiveLow, name, role))
      }
      all.append(ConnectorRelays(relays))
    }
    return all
  }

  func contactors(_ relays: [ConnectorRelays]) throws(WiringFault) -> [ContactorWiring] {
    var all: [ContactorWiring] = []
    for (evse, relay) in zip(plan.evses, relays) {
      let limits = evse.connectors.map(\.maximumMilliamperes)
      let most = limits.max() ?? 0
      var wiring = ContactorWiring(evse: evse.id, relay: relay, maximumMilliamperes: most)
      wiring.chosenMilliamperes = {
        let choice = relay.choice
        return limits.indices.contains(choice) ? limits[choice] : most
      }
      wiring.feedback = try feedback(evse)
      wiring.hasLoadVoltage =
        !evse.connectors.isEmpty && evse.connectors.allSatisfy { $0.meter?.tapsLoadSide == true }
      for connector in evse.connectors {
        wiring.connectors.append(try connectorWiring(evse.id, connector))
      }
      all.append(wiring)
    }
    return all
  }

  /// The auxiliary contacts of an EVSE; nil unless every relay has one.
  private func feedback(_ evse: EVSEPlan) throws(WiringFault) -> (any DigitalInput)? {
    var contacts: [any DigitalInput] = []
    for connector in evse.connectors {
      guard let plan = connector.relay?.feedback else { return nil }
      let role = WiringRole.connector(evse: evse.id, connector: connector.id, .relayFeedback)
      // A broken wire reads as closed contacts, which is seen as soon as the relay is open.
      contacts.append(try input(plan, "chargepi-feedback", role, restsActive: true))
    }
    return ConnectorContacts(contacts)
  }

  private func connectorWiring(
    _ evse: UInt32, _ connector: ConnectorPlan
  ) throws(WiringFault) -> ConnectorWiring {
    func role(_ part: ConnectorRole) -> WiringRole {
      .connector(evse: evse, connector: connector.id, part)
    }
    var wiring = ConnectorWiring(connector: connector.id)
    if let plug = connector.plugSense {
      wiring.plug = try input(plug, "chargepi-plug", role(.plugSense))
    }
    if let lock = connector.lock {
      wiring.lock = try output(lock.pin, lock.isActiveLow, "chargepi-lock", role(.lock))
      if let feedback = lock.feedback {
        wiring.lockFeedback = try input(feedback, "chargepi-bolt", role(.lockFeedback))
      }
    }
    return wiring
  }

  func safety() throws(WiringFault) -> [SafetyWiring] {
    let wanted: [(SafetyKind, InputPlan?, WiringRole)] = [
      (.emergencyStop, plan.emergencyStop, .emergencyStop),
      (.door, plan.doorContact, .doorContact),
      (.residualCurrent, plan.residualCurrentMonitor, .residualCurrentMonitor),
    ]
    var safety: [SafetyWiring] = []
    for (kind, plan, role) in wanted {
      guard let plan else { continue }
      let name = "chargepi-\(kind.word)"
      let input = try input(plan, name, role, restsActive: true)
      safety.append(SafetyWiring(kind, input: input))
    }
    return safety
  }

  // MARK: Lines

  func output(
    _ pin: Int, _ isActiveLow: Bool, _ name: String, _ role: WiringRole
  ) throws(WiringFault) -> any DigitalOutput {
    do throws(BusError) {
      return try provider.output(pin: pin, isActiveLow: isActiveLow, consumer: name)
    } catch {
      throw WiringFault(role, .refused(error))
    }
  }

  func input(
    _ plan: InputPlan, _ name: String, _ role: WiringRole, restsActive: Bool = false
  ) throws(WiringFault) -> any DigitalInput {
    do throws(BusError) {
      return try provider.input(plan, restsActive: restsActive, consumer: name)
    } catch {
      throw WiringFault(role, .refused(error))
    }
  }
}
