import Glibc
import Testing

/// A folder that is removed with its content when the test is over.
final class TemporaryFolder {
  let path: String
  private var names: Set<String> = []

  init() throws {
    var template = Array("/tmp/chargepi-drivers-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    path = try #require(made.map { String(cString: $0) })
  }

  deinit {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  func link(_ name: String, to target: String) throws {
    names.insert(name)
    try #require(symlink(target, path + "/" + name) == 0)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    names.insert(name)
    let file = path + "/" + name
    let stream = try #require(fopen(file, "w"))
    fputs(text, stream)
    fclose(stream)
    return file
  }
}
