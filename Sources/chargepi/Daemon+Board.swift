import ChargePiES
import Drivers
import Journal
import Link
import Projections

extension Daemon {
  /// The board that the configuration names, and the world before it where that is simulated.
  ///
  /// Throws a sentence that names the key of what cannot be opened. With a configuration that this
  /// station has not run with before, addresses must answer, too: what is wrong then is the wiring.
  /// Later it is a chip that has died, and everything else goes on without it.
  static func board(
    _ configuration: Configuration, _ station: Station, fingerprint: Bytes, waker: Waker
  ) throws(StartFailure) -> (any Board, (any SimulatedScene)?) {
    switch configuration.backend {
    case .simulated:
      let board = SimulatedBoard(settings: configuration.simulation)
      return (board, board)
    case .simulatedChips:
      let models = SimulatedHardware(
        plan: configuration.hardware, layout: configuration.evses,
        settings: configuration.simulation)
      models.restore(station, nowNanoseconds: SystemClock.monotonicNanoseconds())
      do throws(BusError) {
        try models.start()
      } catch {
        throw StartFailure(text: "the simulated people: \(error.words)", exitCode: 1)
      }
      // A station's files are not on the machine where its chips are simulated.
      return (try hardware(configuration, models, isNew: true, hasOwnFiles: false, waker), models)
    case .raspberryPi:
      let linux = LinuxHardware(gpioChip: configuration.hardware.gpioChip)
      let isNew = station.process.fingerprint != fingerprint
      return (try hardware(configuration, linux, isNew: isNew, waker), nil)
    }
  }

  private static func hardware(
    _ configuration: Configuration, _ provider: any HardwareProvider, isNew: Bool,
    hasOwnFiles: Bool = true, _ waker: Waker
  ) throws(StartFailure) -> HardwareBoard {
    do throws(WiringFault) {
      let board = try HardwareBoard(
        plan: configuration.hardware, calibrations: configuration.calibrations, provider: provider,
        wake: { waker.wake() })
      if isNew, let fault = board.unanswered(hasOwnFiles: hasOwnFiles).first { throw fault }
      CrashWatch.start(board.openAll)
      return board
    } catch {
      throw StartFailure(text: configuration.sentence(error), exitCode: 1)
    }
  }

  /// Shows people how things are, as far as it is durable.
  func showPicture() {
    guard configuration.hasPicture else { return }
    let station = engine.durable
    var picture = Picture(rows: [], lamps: Lamps.lamps(station))
    pictureDueNanoseconds = nil
    if let display = configuration.hardware.display {
      let page = Display.page(
        station, card: recentCard, in: Catalogue.language(display.language) ?? .english,
        size: DisplaySize(columns: display.columns, rows: display.rows),
        nowNanoseconds: SystemClock.monotonicNanoseconds())
      picture.rows = page.lines
      pictureDueNanoseconds = page.changesAtNanoseconds
    }
    board.show(picture)
  }

  /// Shows people that nobody answers them; what a board shows last is left standing.
  func showFarewell() {
    guard configuration.hasPicture else { return }
    var picture = Picture(rows: [], lamps: Lamps.lamps(engine.durable))
    if let display = configuration.hardware.display {
      picture.rows = Display.farewell(in: Catalogue.language(display.language) ?? .english)
    }
    board.show(picture)
  }
}

extension Configuration {
  /// SHA-256 of what was read.
  var fingerprint: Bytes {
    Bytes(Fingerprint.of(files.map { ($0.name, $0.bytes) }).bytes)
  }

  /// Whether there is a display or a strip.
  var hasPicture: Bool { !isSimulated && (hardware.display != nil || hardware.lamps != nil) }

  /// A fault of the wiring as a sentence that names the key.
  func sentence(_ fault: WiringFault) -> String {
    let other = fault.other.map(wiringKeys.path) ?? ""
    let (expected, found) = fault.problem.words(other: other)
    return "\(wiringKeys.path(fault.role)): expected \(expected), found \(found)"
  }
}
