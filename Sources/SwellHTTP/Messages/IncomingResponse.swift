import NIOHTTP1

/// What was answered.
struct IncomingResponse: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]

  /// The first value of a header.
  func header(_ name: String) -> String? { headers.first(name: name) }

  /// The type of the body without its parameters, in small letters.
  var mediaType: String {
    let text = header("Content-Type") ?? ""
    return text.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
  }

  /// What the type says of how its characters are encoded.
  var charset: String? {
    guard let text = header("Content-Type")?.lowercased() else { return nil }
    for part in text.split(separator: ";").dropFirst() {
      let words = part.split(separator: "=", maxSplits: 1)
      guard words.count == 2, words[0].filter({ $0 != " " }) == "charset" else { continue }
      return words[1].filter { $0 != " " && $0 != "\"" }
    }
    return nil
  }

  var isJSON: Bool {
    let type = mediaType
    return type == "application/json" || type == "text/json" || type.hasSuffix("+json")
  }
}
