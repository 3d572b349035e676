/// The bytes of an HTTP/1.1 response.
struct HTTPResponse {
  var status: Int
  var contentType = ""
  var body: [UInt8] = []

  func bytes(isHead: Bool, closes: Bool) -> [UInt8] {
    // A line break would start another header.
    let type = contentType.filter { !$0.isNewline }
    var head = "HTTP/1.1 \(status) \(reasonPhrase)\r\n"
    if !type.isEmpty { head += "Content-Type: \(type)\r\nX-Content-Type-Options: nosniff\r\n" }
    let hasBody = status != 204 && status != 304
    if hasBody { head += "Content-Length: \(body.count)\r\n" }
    head += "Cache-Control: no-store\r\n"
    if closes { head += "Connection: close\r\n" }
    return Array((head + "\r\n").utf8) + (isHead || !hasBody ? [] : body)
  }

  private var reasonPhrase: String {
    switch status {
    case 200: return "OK"
    case 201: return "Created"
    case 202: return "Accepted"
    case 204: return "No Content"
    case 304: return "Not Modified"
    case 400: return "Bad Request"
    case 403: return "Forbidden"
    case 404: return "Not Found"
    case 405: return "Method Not Allowed"
    case 409: return "Conflict"
    case 411: return "Length Required"
    case 413: return "Content Too Large"
    case 415: return "Unsupported Media Type"
    case 421: return "Misdirected Request"
    case 431: return "Request Header Fields Too Large"
    case 500: return "Internal Server Error"
    case 503: return "Service Unavailable"
    case 505: return "HTTP Version Not Supported"
    default: return "Status"
    }
  }
}
