/// What `chargepi help` says.
enum Help {
  /// The text about a command; about all of them without one, or with one that there is not.
  static func text(_ topic: String?) -> String {
    switch topic {
    case "off": off
    case "hw": hardware
    case "calibrate": calibrate
    default: usage
    }
  }

  static let usage = """
    chargepi: an OCPP charging station that never forgets and never guesses

      chargepi run         run the station
      chargepi check       validate the configuration and say every fault
      chargepi off         open every contactor, whatever became of the station
      chargepi hw          look at the hardware, try its parts, report what they say
      chargepi calibrate   make a meter show what a reference meter shows
      chargepi --version | --help | help COMMAND

    Options of run:
      --config DIR        settings.json, connectors.json, configuration.json (/etc/chargepi)
      --data DIR          journal, vault, socket (/var/lib/chargepi)
      --csms URL          the central system: [ws://|wss://]host[:port]/path
      --id ID             the station's identity
      --simulate          a simulated board instead of the hardware
      --http HOST:PORT    the API (127.0.0.1:8080); port 0 takes a free one
      --log-level LEVEL   critical, error, warning, notice, info, debug

    Option of all others: --config DIR
    Exit codes: 0 fine, or asked to stop; 1 configuration; 2 usage; 3 journal unusable or taken;
                4 hardware
    """

  private static let off = """
    chargepi off [--config DIR]

    Sets every relay's line, and then every lock's, inactive and gives it back. It needs neither
    the journal nor a sound configuration: what can be read is opened, and the faults are told.
    Meant for systemd's ExecStopPost=, which runs it also after a crash: the kernel of a Raspberry
    Pi keeps a relay closed when its process dies.

    Exit codes: 0 every relay is off or not there, 1 the configuration has faults, 4 a line could
    not be set (it says who holds it)
    """

  private static let hardware = """
    chargepi hw scan [--config DIR]
        Device nodes and missing rights, what answers on the configured I2C buses, and which of the
        configured chips answer. Nothing is switched.
    chargepi hw test relay [CONNECTOR] [--yes]
        Asks, closes the contactor for a second, and shows its meter before, meanwhile and after.
    chargepi hw test meter [CONNECTOR]
        Ten computation cycles: volts, amperes, watts, time, crystal, energy against V*I.
    chargepi hw test reader [NUMBER]
        Waits 20 s for a card and shows its number as the station reports it.
    chargepi hw test lcd | led
        Texts and characters of our own; colours, and each connector's segment.
    chargepi hw report
        What all parts say of themselves, as text for a bug report, without card numbers.

    CONNECTOR is EVSE.CONNECTOR, as in 1.1; where there is only one it may be left out. The station
    must not be running.

    Exit codes: 0 fine, 1 configuration, 2 usage, 4 a part does not work, or a station is running
    """

  private static let calibrate = """
    chargepi calibrate [--config DIR] [--meter CONNECTOR] [--dry-run]

    Walks through a meter's calibration at the terminal: first without a load, then with a steady
    resistive one whose volts, amperes and watts a reference meter shows. Writes
    DIR/calibration.json, where other meters' entries stay; --dry-run shows what it would write.
    The contactor closes only after a typed yes, and opens whichever way the command ends.

    Exit codes: 0 fine, 1 configuration, 2 usage (also: not at a terminal, or not agreed to), 4 the
    meter or the load is not right
    """
}
