/// Stories as text, for other processes.
extension Story {
  /// One line for the story, one for each disturbance.
  package var lines: String {
    var text = "\(seed) \(lengthMilliseconds)\n"
    for disturbance in disturbances {
      text += "\(disturbance.at) \(disturbance.kind) \(disturbance.evse) \(disturbance.amount)\n"
    }
    return text
  }

  /// Reads `lines`; nil when it is no such text.
  package init?(lines text: String) {
    let rows = text.split(separator: "\n").map { $0.split(separator: " ") }
    guard let first = rows.first, first.count == 2, let seed = UInt64(first[0]),
      let length = Int64(first[1])
    else { return nil }
    var list: [Disturbance] = []
    for row in rows.dropFirst() {
      guard row.count == 4, let at = Int64(row[0]), let evse = UInt32(row[2]),
        let amount = Int64(row[3]),
        let kind = Disturbance.Kind.allCases.first(where: { "\($0)" == row[1] })
      else { return nil }
      list.append(Disturbance(at, kind, evse: evse, amount))
    }
    self.init(seed: seed, milliseconds: length, list)
  }

  /// A test that tells this story, as Swift source.
  package func test(named sentence: String) -> String {
    let body = description.split(separator: "\n").map { "  \($0)\n" }.joined()
    return """
      @Test("\(sentence)")
      func seed\(seed)() throws {
        let story =
        \(body)
        try Life(story).run()
      }
      """
  }
}
