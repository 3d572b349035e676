import Glibc
import Testing

@testable import Journal

/// A directory of one test's own, removed with it.
final class TemporaryDirectory {
  let path: String

  /// In memory where that is possible: a test makes hundreds of commits, each waiting for its disk.
  init(onDisk: Bool = false) throws {
    let root = !onDisk && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(root)/journal-tests.XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    chmod(path, 0o700)
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  var journal: String { path + "/journal.db" }
  var lock: String { path + "/lock" }
  var vault: String { path + "/vault.db" }

  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func writer(mapBytes: Int = 1 << 30) throws -> JournalWriter {
    try JournalWriter(
      path: journal, lockPath: lock, options: JournalOptions(mapBytes: mapBytes))
  }
}

/// Whole files.
enum Files {
  static func read(_ path: String) throws -> [UInt8] {
    let file = try FileHandle(path, flags: O_RDONLY)
    var bytes = [UInt8](repeating: 0, count: Int(try file.status().st_size))
    _ = try PageFile.readBytes(file, at: 0, into: &bytes)
    return bytes
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    unlink(path)
    let file = try FileHandle(path, flags: O_RDWR | O_CREAT)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Glibc.write(file.descriptor, $0.baseAddress, $0.count)
      }
      try #require(count > 0)
      done += count
    }
  }

  static func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }
}

extension Sequence where Element == UInt8 {
  /// Where the bytes of `part` begin, each time that they occur.
  func positions(of part: [UInt8]) -> [Int] {
    let bytes = Array(self)
    guard let first = part.first, bytes.count >= part.count else { return [] }
    return (0...bytes.count - part.count).filter {
      bytes[$0] == first && bytes[$0..<$0 + part.count].elementsEqual(part)
    }
  }
}

/// Records as any Protocol Buffers message might be.
enum Sample {
  static func record(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    ProtobufFields.append(field: 2, Array(text.utf8), to: &bytes)
    return bytes
  }

  static func record(_ number: Int, byteCount: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    let content = (0..<byteCount).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
    ProtobufFields.append(field: 3, content, to: &bytes)
    return bytes
  }

  static func batch(_ texts: String...) -> RecordBatch {
    var batch = RecordBatch()
    for text in texts { batch.append(record(text)) }
    return batch
  }
}

extension JournalWriter {
  @discardableResult
  func commit(_ texts: String...) throws -> ClosedRange<UInt64> {
    var batch = RecordBatch()
    for text in texts { batch.append(Sample.record(text)) }
    return try append(&batch)
  }
}

extension JournalReading {
  /// The contents of all records, without their commit hashes.
  func contents(from first: UInt64 = 1) throws -> [[UInt8]] {
    var contents: [[UInt8]] = []
    try forEach(from: first) { _, record in
      contents.append([UInt8](record[..<(RecordFraming.sealOffset(in: record) ?? record.count)]))
      return true
    }
    return contents
  }
}

/// The error that `body` throws, or nil.
func journalError(_ body: () throws -> Void) -> JournalError? {
  do {
    try body()
    return nil
  } catch {
    return error as? JournalError
  }
}

/// A generator whose failures can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
