extension RecordMap {
  /// The full inspection of one snapshot, which it pins meanwhile.
  func inspect() throws(JournalError) {
    // A writer that commits twice before the meta page is read takes it away: look again.
    for _ in 0..<Self.maximumLooks {
      let isDone = try environment.read { (transaction) throws(JournalError) -> Bool in
        let number = transaction.id
        guard try PageFile(path, transaction: number).meta.transaction == number else {
          return false
        }
        try JournalInspection.check(path, keys: .integer, transaction: number)
        return true
      }
      if isDone { return }
    }
    throw .corrupt(path: path, detail: "its newest state has no meta page")
  }
}
