import Simulation

let words = CommandLine.arguments.compactMap { UInt64($0) }
let seed = words.first ?? 1
let days = Int64(words.dropFirst().first ?? 30)
let trouble = Int(words.dropFirst(2).first ?? 0)
let count = UInt64(words.dropFirst(3).first ?? 1)
let total = Tally()
for seed in seed..<(seed + count) {
  var recipe = Story.Recipe.healthy(days: days)
  recipe.troublesPerDay = trouble
  if trouble > 20 { recipe = .dense(days: days) }
  let life = Life(Story(seed: seed, recipe))
  if words.count > 5 { life.trace = Trace(lines: 100_000) }
  do {
    try life.run()
    if words.count > 5 { print(life.trace?.text ?? "") }
    print(
      "seed \(seed): \(life.recordCount) records, digest \(life.digest), "
        + "sessions \(life.tally[.sessions])")
  } catch {
    print("seed \(seed): \(error)")
    if words.count > 4 {
      let again = Life(Story(seed: seed, recipe))
      again.trace = Trace(lines: Int(words[4]))
      try? again.run()
      print(again.trace?.text ?? "")
    }
  }
  total.add(life.tally.numbers)
}
for line in total.table { print(line) }
print("missing: \(total.missing)")
