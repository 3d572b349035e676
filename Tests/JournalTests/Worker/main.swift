import Glibc

// What the journal's tests need another process for: to be killed, to hold a lock, to run out of
// room, to crash if something can make it, and to measure. Usage: JournalTestWorker COMMAND
// ARGUMENT…

signal(SIGXFSZ, SIG_IGN)

let arguments = Array(CommandLine.arguments.dropFirst())
guard let command = arguments.first else {
  say("a command is missing")
  exit(2)
}
let parameters = Array(arguments.dropFirst())

do {
  switch command {
  case "append": try Appending.run(parameters)
  case "hold": try Holding.run(parameters)
  case "fill": try Filling.run(parameters)
  case "read": try Reading.run(parameters)
  case "foreign": Foreign.run(parameters)
  case "probe": Probing.run(parameters)
  case "forgetful": try Forgetful.run(parameters)
  case "remembers": try Remembers.run(parameters)
  case "bench": try Bench.run(parameters)
  default:
    say("unknown command \(command)")
    exit(2)
  }
} catch {
  say("error \(error)")
  exit(3)
}
