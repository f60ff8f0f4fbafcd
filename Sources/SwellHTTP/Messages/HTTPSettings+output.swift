import Foundation
import SwellModel

extension HTTPSettings {
  /// The output of the node: what `result` says of a response that was expected.
  ///
  /// - Throws: `NodeError` of kind `serialization` for a body that cannot be read as what it should be.
  func output(of response: IncomingResponse) throws -> Payload {
    switch result {
    case .body: return try decoded(response)
    case .json: return try json(response)
    case .text: return JSONValue.string(try text(response)).payload
    case .bytes: return JSONValue.string(Data(response.body).base64EncodedString()).payload
    case .response:
      var writer = JSONWriter(reserving: response.body.count + 512)
      writer.raw("{\"status\":")
      writer.int(response.status)
      writer.raw(",\"headers\":")
      writer.value(headers(of: response))
      writer.raw(",\"body\":")
      writer.payload(try decoded(response))
      writer.raw("}")
      return writer.payload
    }
  }

  private func headers(of response: IncomingResponse) -> JSONValue {
    var names: [String] = []
    var values: [String: String] = [:]
    for (name, value) in response.headers {
      let name = name.lowercased()
      if let first = values[name] {
        values[name] = "\(first), \(value)"
      } else {
        names.append(name)
        values[name] = value
      }
    }
    return .object(names.map { .init($0, .string(values[$0] ?? "")) })
  }

  private func decoded(_ response: IncomingResponse) throws -> Payload {
    if response.body.isEmpty { return .null }
    return response.isJSON
      ? try json(response) : JSONValue.string(try text(response)).payload
  }

  private func json(_ response: IncomingResponse) throws -> Payload {
    var bytes = response.body
    if bytes.isEmpty { return .null }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    do {
      try PayloadScan.check(bytes, limits: .init(maxBytes: maxResponse))
    } catch {
      throw unreadable(
        "the answer is not one JSON value: \(error)", code: "response_not_json",
        kind: error.errorKind, response)
    }
    return Payload(bytes: bytes)
  }

  private func text(_ response: IncomingResponse) throws -> String {
    let encoding: String.Encoding? =
      switch response.charset {
      case nil, "utf-8", "utf8", "us-ascii": .utf8
      case "iso-8859-1", "latin1": .isoLatin1
      case "windows-1252": .windowsCP1252
      default: nil
      }
    guard let encoding, let text = String(bytes: response.body, encoding: encoding),
      !response.body.contains(0)
    else {
      throw unreadable(
        "the answer is no text that Swell can read; take it with 'result: bytes'",
        code: "response_not_text", kind: .serialization, response)
    }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }

  private func unreadable(
    _ message: String, code: String, kind: ErrorKind, _ response: IncomingResponse
  ) -> NodeError {
    NodeError(
      kind, message, code: code,
      context: NodeError.Context(
        operation: "decode response",
        metadata: [
          "status": "\(response.status)", "contentType": response.header("Content-Type") ?? "",
        ]))
  }
}
