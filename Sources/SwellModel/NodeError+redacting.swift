extension NodeError {
  /// The error with `***` wherever one of the secrets occurs in any of its strings.
  ///
  /// A secret is also found in the form it has inside a JSON string. Where several match,
  /// the longest one does. Empty secrets are ignored.
  public func redacting(_ secrets: [String]) -> NodeError {
    var patterns: Set<[UInt8]> = []
    for secret in secrets where !secret.isEmpty {
      patterns.insert(Array(secret.utf8))
      var writer = JSONWriter(reserving: secret.utf8.count + 2)
      writer.string(secret)
      patterns.insert(Array(writer.bytes.dropFirst().dropLast()))
    }
    guard !patterns.isEmpty else { return self }
    // By first byte, so that text without secrets costs one look a byte.
    let byFirst = Dictionary(grouping: patterns.sorted { $0.count > $1.count }) { $0[0] }

    func clean(_ text: String) -> String {
      let bytes = Array(text.utf8)
      var output: [UInt8] = []
      var at = 0
      var found = false
      while at < bytes.count {
        if let match = byFirst[bytes[at]]?.first(where: { bytes[at...].starts(with: $0) }) {
          output.append(contentsOf: "***".utf8)
          at += match.count
          found = true
        } else {
          output.append(bytes[at])
          at += 1
        }
      }
      return found ? String(decoding: output, as: UTF8.self) : text
    }

    var copy = self
    copy.message = clean(message)
    copy.code = code.map(clean)
    copy.context.node = context.node.map(clean)
    copy.context.operation = context.operation.map(clean)
    copy.context.worker = context.worker.map(clean)
    copy.context.stackTrace = context.stackTrace.map(clean)
    copy.context.metadata = Dictionary(
      context.metadata.map { (clean($0.key), clean($0.value)) }, uniquingKeysWith: { old, _ in old }
    )
    copy.causes = causes.map { Cause(type: clean($0.type), message: clean($0.message)) }
    return copy
  }
}
