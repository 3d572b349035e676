import ChargePiES
import Drivers

extension ConfigurationSource {
  /// The car that comes when nothing else is said, and the mains that it finds.
  func readSimulation(_ node: ConfigurationNode, _ configuration: inout Configuration) {
    node.expectObject(["ev", "voltage_v", "meter_resets_on_plug", "speed"])
    let car = node["ev"]
    car.expectObject(["request_after_ms", "max_current_a", "phases", "soc", "unplug_after_s"])
    var settings = SimulationSettings()
    settings.car.requestAfterNanoseconds =
      car["request_after_ms"].integer(1_000, 0...86_400_000) * 1_000_000
    settings.car.maximumMilliamperes = car["max_current_a"].thousandths(32_000, 0...1_000_000)
    settings.car.phases = car["phases"].integer(1, 1...3)
    settings.car.chargePermille = car["soc"].thousandths(50_000, 0...100_000) / 100
    settings.car.unplugAfterNanoseconds =
      car["unplug_after_s"].integer(0, 0...1_000_000) * nanosecondsPerSecond
    settings.voltageMillivolts = node["voltage_v"].thousandths(230_000, 1_000...1_000_000)
    settings.metersResetOnPlug = node["meter_resets_on_plug"].flag(false)
    settings.speed = node["speed"].integer(1, 1...100_000)
    configuration.simulation = settings
  }
}
