import Glibc
import Simulation

/// Lives one life and says what came of it: a line of digests, a line of counts; or the moment and
/// the rule that was broken.
func live(_ story: Story, trace lines: Int) -> Int32 {
  let life = Life(story)
  if lines > 0 { life.trace = Trace(lines: lines) }
  do {
    try life.run()
  } catch {
    let moment = (error as? Violation)?.atNanoseconds ?? life.now
    print(moment / 1_000_000)
    if let trace = life.trace { print(trace.text) }
    print("\(error)")
    return 1
  }
  if let trace = life.trace { print(trace.text) }
  print("\(life.recordCount) records, digest \(life.digest), \(life.tally[.sessions]) sessions")
  print(life.tally.numbers.text)
  return 0
}

guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
  print(Arguments.help)
  exit(2)
}
if arguments.isTold {
  guard let story = Story(lines: readInput()) else { exit(2) }
  exit(live(story, trace: arguments.trace))
} else if arguments.isOne {
  exit(live(Story(seed: arguments.seed, arguments.recipe), trace: arguments.trace))
} else {
  var runner = Runner(arguments)
  exit(runner.run())
}
