import ChargePiES
import Glibc
import Journal

/// Ends the program with a sentence.
func exitSaying(_ text: String, _ code: Int32) -> Never {
  let bytes = Array((text + "\n").utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
  exit(code)
}

let usage = """
  chargepi-replay JOURNAL                      what happened, one line an event
  chargepi-replay JOURNAL state [--at SEQ|TIME]  the state then (default: at the end), as JSON
  chargepi-replay JOURNAL sessions             every session with its energy and its end
  chargepi-replay JOURNAL verify               the hash chain, the numbers, the checkpoints
  chargepi-replay JOURNAL copy OUT             a consistent copy, of a live journal too
  chargepi-replay JOURNAL json                 every event as a line of JSON

  The vault beside the journal, where there is one, gives card numbers their text back.
  Exit codes: 0 done, 1 damage was found, 2 usage, 3 the journal cannot be read
  """

let words = Array(CommandLine.arguments.dropFirst())
guard let path = words.first, path != "--help", path != "-h" else {
  if words.isEmpty { exitSaying(usage, 2) }
  print(usage)
  exit(0)
}

// For `make proto`: the description comes from the types that write the journal.
if path == "--schema" {
  print(RecordSchema.journal(), terminator: "")
  exit(0)
}

do {
  let reader = try JournalReader(path: path)
  let command = ReplayCommand(reader: reader, names: TokenNames(beside: path))
  exit(try command.run(words.dropFirst()))
} catch let misuse as ReplayMisuse {
  exitSaying("\(misuse.text)\n\n\(usage)", 2)
} catch {
  exitSaying("\(error)", 3)
}
