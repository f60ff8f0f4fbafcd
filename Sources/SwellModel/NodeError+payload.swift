extension NodeError {
  /// The error as one JSON object that jsonb accepts, whatever its strings hold.
  ///
  /// Every part is bounded: the message at 64 KiB, 200 lines of stack trace, 100 entries of
  /// metadata, 32 causes; together they stay below the limit of a payload.
  public func encoded() -> Payload {
    var writer = JSONWriter(reserving: 512)
    writer.raw("{\"kind\":")
    writer.string(kind.rawValue)
    writer.raw(",\"message\":")
    writer.string(message, limit: 64 << 10)
    if let code {
      writer.raw(",\"code\":")
      writer.string(code, limit: 1 << 10)
    }
    writer.raw(",\"retryable\":")
    writer.bool(kind.isRetryable)
    writer.raw(",\"context\":{")
    context.write(to: &writer)
    writer.raw("}")
    if !causes.isEmpty {
      writer.raw(",\"causes\":[")
      for (index, cause) in causes.prefix(32).enumerated() {
        if index > 0 { writer.raw(",") }
        writer.raw("{\"type\":")
        writer.string(cause.type, limit: 256)
        writer.raw(",\"message\":")
        writer.string(cause.message, limit: 8 << 10)
        writer.raw("}")
      }
      writer.raw("]")
    }
    if let retryAfter {
      writer.raw(",\"retryAfterMs\":")
      let (whole, part) = retryAfter.microseconds.quotientAndRemainder(dividingBy: 1000)
      if part == 0 { writer.int(whole) } else { writer.double(Double(whole) + Double(part) / 1000) }
    }
    writer.raw("}")
    return writer.payload
  }

  /// Reads an error back as it was stored. A kind that this version does not know is `other`.
  ///
  /// - Throws: `JSONSyntaxProblem` if the payload is not JSON or not an object.
  public init(payload: Payload) throws(JSONSyntaxProblem) {
    let json = try JSONValue.parse(payload)
    guard case .object = json else {
      throw JSONSyntaxProblem(.syntax, "an error is stored as an object", at: .start)
    }
    let context = json["context"]
    var metadata: [String: String] = [:]
    if case .object(let members)? = context?["metadata"] {
      for member in members { metadata[member.key] = member.value.string }
    }
    self.init(
      json["kind"]?.string.flatMap(ErrorKind.init(rawValue:)) ?? .other,
      json["message"]?.string ?? "",
      code: json["code"]?.string,
      context: Context(
        node: context?["node"]?.string, operation: context?["operation"]?.string,
        attempt: context?["attempt"]?.int.flatMap { Int(exactly: $0) },
        wave: context?["wave"]?.int.flatMap { Int(exactly: $0) },
        worker: context?["worker"]?.string,
        stackTrace: context?["stackTrace"]?.array?.compactMap(\.string) ?? [],
        metadata: metadata),
      causes: json["causes"]?.array?.map {
        Cause(type: $0["type"]?.string ?? "", message: $0["message"]?.string ?? "")
      } ?? [],
      retryAfter: json["retryAfterMs"]?.double.flatMap {
        Int64(exactly: ($0 * 1000).rounded()).map(Duration.microseconds)
      })
  }
}

extension NodeError.Context {
  /// The members of the object, without its braces; absent ones are left out.
  fileprivate func write(to writer: inout JSONWriter) {
    var first = true
    func name(_ key: StaticString, _ writer: inout JSONWriter) {
      if !first { writer.raw(",") }
      first = false
      writer.raw(key)
    }
    if let node {
      name("\"node\":", &writer)
      writer.string(node, limit: 1 << 10)
    }
    if let operation {
      name("\"operation\":", &writer)
      writer.string(operation, limit: 4 << 10)
    }
    if let attempt {
      name("\"attempt\":", &writer)
      writer.int(attempt)
    }
    if let wave {
      name("\"wave\":", &writer)
      writer.int(wave)
    }
    if let worker {
      name("\"worker\":", &writer)
      writer.string(worker, limit: 1 << 10)
    }
    if !stackTrace.isEmpty {
      name("\"stackTrace\":[", &writer)
      for (index, line) in stackTrace.prefix(200).enumerated() {
        if index > 0 { writer.raw(",") }
        writer.string(line, limit: 1 << 10)
      }
      writer.raw("]")
    }
    if !metadata.isEmpty {
      name("\"metadata\":{", &writer)
      let entries = metadata.sorted { $0.key < $1.key }.prefix(100)
      for (index, entry) in entries.enumerated() {
        if index > 0 { writer.raw(",") }
        writer.string(entry.key, limit: 256)
        writer.raw(":")
        writer.string(entry.value, limit: 2 << 10)
      }
      writer.raw("}")
    }
  }
}
