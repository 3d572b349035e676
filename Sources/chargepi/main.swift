import Glibc

/// Ends the program with a sentence.
private func exitSaying(_ text: String, _ code: Int32) -> Never {
  let bytes = Array((text + "\n").utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
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
    exitSaying(log.faults.joined(separator: "\n"), 1)
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

do throws(Arguments.Misuse) {
  let arguments = try Arguments.parse(Array(CommandLine.arguments.dropFirst()))
  switch arguments.command {
  case .help:
    print(Arguments.usage)
    exit(0)
  case .version:
    print("chargepi \(programVersion)")
    exit(0)
  case .check:
    _ = configuration(arguments)
    print("\(arguments.configurationDirectory): no faults")
    exit(0)
  case .run: run(arguments)
  }
} catch {
  exitSaying("\(error.text)\n\n\(Arguments.usage)", 2)
}
