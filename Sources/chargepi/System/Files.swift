import Glibc

/// Why a file could not be used.
struct FileError: Error {
  let errno: Int32

  /// For people.
  var text: String { String(cString: strerror(errno)) }
  /// Whether it is simply not there.
  var isMissing: Bool { errno == ENOENT }
}

/// Reads a whole file.
func readFile(_ path: String) -> Result<[UInt8], FileError> {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return .failure(FileError(errno: errno)) }
  defer { close(descriptor) }
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0 {
      if errno == EINTR { continue }
      return .failure(FileError(errno: errno))
    }
    if count == 0 { return .success(content) }
    content.append(contentsOf: chunk[0..<count])
  }
}

/// Writes a small file for its owner only, in one step (a reader never sees half of it).
func writeFile(_ path: String, _ content: [UInt8]) -> Result<Void, FileError> {
  let temporary = path + ".new"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { return .failure(FileError(errno: errno)) }
  var offset = 0
  while offset < content.count {
    let count = content.withUnsafeBytes { bytes in
      write(descriptor, bytes.baseAddress.map { $0 + offset }, content.count - offset)
    }
    if count < 0 && errno != EINTR {
      let error = FileError(errno: errno)
      close(descriptor)
      return .failure(error)
    }
    offset += max(0, count)
  }
  close(descriptor)
  return rename(temporary, path) == 0 ? .success(()) : .failure(FileError(errno: errno))
}

/// Makes a directory for its owner only, with its parents; one that is there is fine.
///
/// Its name is durable when this returns: what is synced in it would otherwise be lost with the
/// name. That holds for one that is there, too, since it may be of a process that was killed.
func makeDirectory(_ path: String) -> Result<Void, FileError> {
  if mkdir(path, 0o700) == 0 { return syncDirectory(of: path) }
  if errno == EEXIST {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      return .failure(FileError(errno: ENOTDIR))
    }
    return syncDirectory(of: path)
  }
  guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
    return .failure(FileError(errno: errno))
  }
  return makeDirectory(String(path[..<slash])).flatMap {
    guard mkdir(path, 0o700) == 0 else { return .failure(FileError(errno: errno)) }
    return syncDirectory(of: path)
  }
}

/// Makes the names in the directory above a path durable.
///
/// Who may not read that directory has not made the path either, and some file systems cannot sync
/// a directory: neither is an error.
private func syncDirectory(of path: String) -> Result<Void, FileError> {
  let descriptor = open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else {
    return errno == EACCES ? .success(()) : .failure(FileError(errno: errno))
  }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL else {
    return .failure(FileError(errno: errno))
  }
  return .success(())
}

/// Bytes that are free for the owner of a path's file system; nil when it cannot be asked.
func freeBytes(at path: String) -> Int64? {
  var status = statvfs()
  guard statvfs(path, &status) == 0 else { return nil }
  return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
}
