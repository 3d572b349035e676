import Glibc
import Journal

/// A message with one field of bytes, as any record might be.
func record(_ number: Int, byteCount: Int) -> [UInt8] {
  var bytes: [UInt8] = [0x12]
  var rest = byteCount
  while rest >= 0x80 {
    bytes.append(UInt8(rest & 0x7F) | 0x80)
    rest >>= 7
  }
  bytes.append(UInt8(rest))
  for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: number &+ index)) }
  return bytes
}

/// `append PATH LOCK COUNT BYTES`: one commit per record, acknowledged by a line with its number.
enum Appending {
  static func run(_ parameters: [String]) throws {
    let writer = try JournalWriter(path: parameters[0], lockPath: parameters[1])
    var batch = RecordBatch()
    for number in 0..<(Int(parameters[2]) ?? 0) {
      batch.append(record(number, byteCount: Int(parameters[3]) ?? 0))
      say("\(try writer.append(&batch).upperBound)")
    }
    writer.close()
  }
}

/// `hold PATH LOCK`: has the journal open until its input ends.
enum Holding {
  static func run(_ parameters: [String]) throws {
    let writer = try JournalWriter(path: parameters[0], lockPath: parameters[1])
    say("holding")
    while getchar() != EOF {}
    writer.close()
  }
}

/// `fill PATH LOCK LIMIT`: appends until an error, with LIMIT as the greatest file size if it is
/// not 0.
enum Filling {
  static func run(_ parameters: [String]) throws {
    let limit = UInt(parameters[2]) ?? 0
    if limit > 0 {
      var size = rlimit(rlim_cur: limit, rlim_max: limit)
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &size) == 0 else { exit(4) }
    }
    let writer = try JournalWriter(path: parameters[0], lockPath: parameters[1])
    var batch = RecordBatch()
    do {
      while true {
        batch.append(record(Int(writer.last), byteCount: 3000))
        _ = try writer.append(&batch)
        try writer.keepRoom()
      }
    } catch {
      say("last \(writer.last)")
      say("again \(String(describing: poisoned(writer)))")
      throw error
    }
  }

  private static func poisoned(_ writer: JournalWriter) -> JournalError? {
    var batch = RecordBatch()
    batch.append(record(0, byteCount: 1))
    do throws(JournalError) {
      _ = try writer.append(&batch)
      return nil
    } catch {
      return error
    }
  }
}

/// `read PATH ROUNDS`: verifies the chain again and again.
enum Reading {
  static func run(_ parameters: [String]) throws {
    let reader = try JournalReader(path: parameters[0])
    say("lock file \(reader.usesLockFile)")
    for _ in 0..<(Int(parameters[1]) ?? 1) {
      let report = try reader.verifyChain()
      guard report.isIntact else {
        say("damaged \(report)")
        exit(5)
      }
      say("intact \(report.last)")
    }
  }
}

/// `probe FILE…`: does everything that touches a file's pages; says what came of it.
///
/// Any typed error is a right answer, and so is success. A signal is not: the caller sees it.
enum Probing {
  static func run(_ paths: [String]) {
    for path in paths {
      say("probing \(path)")
      say(attempt { try read(path) })
      say(attempt { try write(path) })
    }
  }

  private static func attempt(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "done"
    } catch {
      return "error \(error)"
    }
  }

  private static func read(_ path: String) throws {
    let reader = try JournalReader(path: path)
    defer { reader.close() }
    say("intact \(try reader.verifyChain().isIntact)")
    say(
      attempt {
        var sum = 0
        try reader.forEach(from: 0) { _, record in
          for byte in record { sum &+= Int(byte) }
          return true
        }
      })
    say(attempt { try reader.forEachReversed { _, record in !record.isEmpty } })
    say(attempt { try reader.copy(to: path + ".copy") })
    unlink(path + ".copy")
  }

  private static func write(_ path: String) throws {
    let writer = try JournalWriter(path: path, lockPath: path + ".lock")
    defer { writer.close() }
    var batch = RecordBatch()
    for number in 0..<20 {
      batch.append(record(number, byteCount: number % 5 == 0 ? 5000 : 300))
      _ = try writer.append(&batch)
    }
    _ = try writer.space()
    say(attempt { try writer.erase(5) })
    say(attempt { _ = try writer.prune(through: 30) })
    say(attempt { _ = try writer.scrub() })
  }
}

/// Prints a line at once: what reads it may kill this process next.
func say(_ line: String) {
  print(line)
  fflush(nil)
}
