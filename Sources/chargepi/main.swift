import Glibc

/// Ends the program with a sentence.
private func exitSaying(_ text: String, _ code: Int32) -> Never {
  Terminal.complain(text)
  exit(code)
}

/// Reads the configuration, tells what is odd, and exits when something is wrong.
private func configuration(_ arguments: Arguments) -> Configuration {
  let log = FaultLog()
  let source = ConfigurationSource(
    directory: arguments.configurationDirectory, centralSystem: arguments.centralSystem,
    id: arguments.id, isSimulated: arguments.isSimulated)
  let configuration = source.read(log)
  for warning in log.warnings { Log(level: arguments.logLevel).write(.warning, warning) }
  guard log.faults.isEmpty else {
    exitSaying(log.faults.joined(separator: "\n"), ExitCode.configuration)
  }
  return configuration
}

private func run(_ arguments: Arguments) -> Never {
  let configuration = configuration(arguments)
  do {
    let daemon = try Daemon(arguments: arguments, configuration: configuration)
    exit(daemon.run())
  } catch let failure as StartFailure {
    exitSaying(failure.text, failure.exitCode)
  } catch {
    exitSaying("\(error)", 3)
  }
}

/// Runs a command that talks with the hardware.
private func talk(
  _ arguments: Arguments, _ command: (HardwareAccess) throws(CommandFailure) -> Int
) -> Never {
  Interruption.hold()
  do throws(CommandFailure) {
    let failures = try command(try HardwareAccess(configuration(arguments)))
    exit(failures == 0 ? ExitCode.fine : ExitCode.hardware)
  } catch {
    exitSaying(error.text, error.exitCode)
  }
}

do throws(Arguments.Misuse) {
  let arguments = try Arguments.parse(Array(CommandLine.arguments.dropFirst()))
  switch arguments.command {
  case .help:
    Terminal.say(Help.text(arguments.topic))
    exit(ExitCode.fine)
  case .version:
    Terminal.say("chargepi \(programVersion)")
    exit(ExitCode.fine)
  case .check:
    _ = configuration(arguments)
    Terminal.say("\(arguments.configurationDirectory): no faults")
    exit(ExitCode.fine)
  case .run: run(arguments)
  case .off: exit(OffCommand(directory: arguments.configurationDirectory).run())
  case .scan:
    HardwareScan.showMachine()
    talk(arguments) { access throws(CommandFailure) in
      try HardwareScan(access: access).showChips()
    }
  case .report:
    HardwareReport.showMachine()
    talk(arguments) { access throws(CommandFailure) in try HardwareReport(access).showParts() }
  case .test(let part):
    talk(arguments) { access throws(CommandFailure) in
      try HardwareTest(access: access, name: arguments.part, isAgreed: arguments.isAgreed).run(part)
      return 0
    }
  case .calibrate:
    talk(arguments) { access throws(CommandFailure) in
      try CalibrateCommand(
        access: access, meter: arguments.part, isDryRun: arguments.isDryRun,
        directory: arguments.configurationDirectory
      ).run()
      return 0
    }
  }
} catch {
  exitSaying("\(error.text)\n\n\(Help.usage)", ExitCode.usage)
}
