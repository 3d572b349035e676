import ChargePiES
import Glibc

// The in-process half of `make bench`; Tools/bench.py calls it and reads its `name value` lines.
//
//   chargepi-bench card FOLDER COUNT         card to contactor, beside bare commits
//   chargepi-bench commits FOLDER COUNT SIZE bare commits of one record of SIZE bytes
//   chargepi-bench life FOLDER EVENTS        writes a journal of a station's life
//   chargepi-bench backlog FOLDER MESSAGES   writes a journal with messages that wait
//   chargepi-bench replay JOURNAL ROUNDS     decode and apply, beside a bare scan

func number(_ index: Int) throws -> Int {
  guard CommandLine.arguments.count > index, let number = Int(CommandLine.arguments[index]),
    number > 0
  else { throw BenchError.text("argument \(index): expected a number above 0") }
  return number
}

func bareCommits(folder: String, count: Int, bytes: Int) throws {
  var bare = try BareLMDB(path: folder + "/bare-commits.db", isReadOnly: false)
  defer { bare.close() }
  let record = [UInt8](repeating: 0x5A, count: bytes)
  var times: [Double] = []
  for _ in 0..<count { times.append(try seconds { try bare.commit([record]) }) }
  figure("seconds", median(times))
  figure("commits_per_second", Double(count) / times.reduce(0, +))
}

do {
  let words = CommandLine.arguments
  guard words.count >= 4 else { throw BenchError.text("usage: see main.swift") }
  switch words[1] {
  case "card": try CardBench.run(folder: words[2], count: try number(3))
  case "commits": try bareCommits(folder: words[2], count: try number(3), bytes: try number(4))
  case "life": try JournalMaking.life(folder: words[2], events: try number(3))
  case "backlog": try JournalMaking.backlog(folder: words[2], messages: try number(3))
  case "replay": try ReplayBench.run(journal: words[2], rounds: try number(3))
  default: throw BenchError.text("\(words[1]): no such measurement")
  }
} catch {
  let text = Array("chargepi-bench: \(error)\n".utf8)
  _ = write(STDERR_FILENO, text, text.count)
  exit(1)
}
