import Simulation

/// What was asked for on the command line.
struct Arguments {
  var seed: UInt64 = 1
  /// Lives, of the seeds from `seed` on.
  var lives: UInt64 = 1
  var recipe = Story.Recipe()
  /// Processes at a time.
  var jobs = 2
  /// Lines of what happened before a violation.
  var trace = 0
  /// Whether a story that fails is made short.
  var shrinks = true
  /// Whether lives are lived on after one that broke a rule.
  var goesOn = false
  /// Live one life and say what came of it, for another process to read.
  var isOne = false
  /// Read the story from the standard input.
  var isTold = false

  static let help = """
    chargepi-simulate [--seed N] [--years N] [--days N] [--dense] [--healthy] [--lives N]
                      [--jobs N] [--trace LINES] [--noshrink] [--all]
    Lives so many years of so many stations, from one seed on, a year each (or days), with every
    rule checked; prints what was walked. A life that breaks a rule is told in short; with
    --all the others are lived all the same.
    """

  init?(_ words: [String]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--one": isOne = true
      case "--noshrink": shrinks = false
      case "--all": goesOn = true
      case "--told": isTold = true
      case "--dense": recipe = .dense(days: recipe.days)
      case "--healthy": recipe.troublesPerDay = 0
      case "--seed", "--years", "--lives", "--days", "--jobs", "--trace":
        guard let text = rest.popFirst(), let number = UInt64(text) else { return nil }
        set(word, number)
      default: return nil
      }
    }
  }

  private mutating func set(_ word: String, _ number: UInt64) {
    switch word {
    case "--seed": seed = number
    case "--years", "--lives": lives = number
    case "--days": recipe.days = Int64(clamping: max(1, number))
    case "--jobs": jobs = Int(clamping: max(1, number))
    default: trace = Int(clamping: number)
    }
  }

  /// The words that make another process live one of the lives.
  func words(for seed: UInt64) -> [String] {
    var words = ["--one", "--days", "\(recipe.days)", "--seed", "\(seed)"]
    if recipe.visitsPerTenDays == Story.Recipe.dense(days: 1).visitsPerTenDays {
      words.append("--dense")
    }
    if recipe.troublesPerDay == 0 { words.append("--healthy") }
    return words
  }
}
