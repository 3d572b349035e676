extension Station {
  /// The canonical value of a setting.
  public func text(_ variable: Variable) -> String {
    stored(variable)?.value ?? variable.definition.initial
  }

  /// The value of a whole-number setting; 0 where it is none.
  public func integer(_ variable: Variable) -> Int64 {
    Int64(text(variable)) ?? 0
  }

  /// The value of a true-or-false setting.
  public func flag(_ variable: Variable) -> Bool {
    text(variable) == "true"
  }

  /// The names of a list setting.
  public func list(_ variable: Variable) -> [String] {
    text(variable).split(separator: ",").map(String.init)
  }

  func stored(_ variable: Variable) -> Setting? {
    // Since a start records every default, most stand where their number says.
    let place = Int(variable.rawValue) - 1
    if place >= 0, place < settings.count, settings[place].variable == variable {
      return settings[place]
    }
    return settings.first { $0.variable == variable }
  }

  /// Seconds as nanoseconds.
  func nanoseconds(_ variable: Variable) -> Int64 {
    integer(variable) * nanosecondsPerSecond
  }
}
