import CWebSockets
import Glibc

/// An OpenSSL client context made from `TLSOptions`, given to libwebsockets ready for use.
///
/// libwebsockets could make its own, but that one also trusts certificates in `../share`, shares
/// contexts by file *name*, and only logs a file that cannot be read.
final class TLSContext {
  let pointer: OpaquePointer

  init(_ options: TLSOptions) throws(LinkFailure) {
    guard let context = SSL_CTX_new(TLS_client_method()) else {
      throw .tls(takeOpenSSLError("no TLS context"))
    }
    pointer = context
    SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
    // libwebsockets retries a write from its own copy of the data, hence at another address.
    SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
    SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
    try loadAuthorities(options.caFile)
    try loadOwnCertificate(options)
  }

  deinit {
    // Connections that still exist hold references of their own.
    SSL_CTX_free(pointer)
  }

  private func loadAuthorities(_ file: String?) throws(LinkFailure) {
    guard let file else {
      SSL_CTX_set_default_verify_paths(pointer)
      return
    }
    guard SSL_CTX_load_verify_file(pointer, file) == 1 else {
      throw .tls(takeOpenSSLError("CA file \(file)"))
    }
  }

  private func loadOwnCertificate(_ options: TLSOptions) throws(LinkFailure) {
    guard let certificate = options.certificateFile else { return }
    guard SSL_CTX_use_certificate_chain_file(pointer, certificate) == 1 else {
      throw .tls(takeOpenSSLError("certificate file \(certificate)"))
    }
    let key = options.keyFile ?? certificate
    guard SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1 else {
      throw .tls(takeOpenSSLError("key file \(key)"))
    }
    guard SSL_CTX_check_private_key(pointer) == 1 else {
      throw .tls(takeOpenSSLError("key file \(key) does not belong to \(certificate)"))
    }
  }
}

/// `subject` and the oldest error of OpenSSL's queue, which is emptied.
func takeOpenSSLError(_ subject: String) -> String {
  let code = ERR_get_error()
  ERR_clear_error()
  guard code != 0 else { return subject }
  guard let reason = ERR_reason_error_string(code) else { return "\(subject): error \(code)" }
  return "\(subject): \(String(cString: reason))"
}

/// `TLSOptions` and the identity of their files: equal fingerprints may share a context.
struct TLSFingerprint: Hashable {
  private let options: TLSOptions
  private let files: [FileIdentity]

  init(_ options: TLSOptions) {
    self.options = options
    files = [options.caFile, options.certificateFile, options.keyFile].map(FileIdentity.init)
  }

  private struct FileIdentity: Hashable {
    var inode: UInt64 = 0
    var byteCount: Int64 = 0
    var modifiedSeconds: Int64 = 0
    var modifiedNanoseconds: Int64 = 0

    init(_ path: String?) {
      var status = stat()
      guard let path, stat(path, &status) == 0 else { return }
      inode = UInt64(status.st_ino)
      byteCount = Int64(status.st_size)
      modifiedSeconds = Int64(status.st_mtim.tv_sec)
      modifiedNanoseconds = Int64(status.st_mtim.tv_nsec)
    }
  }
}
