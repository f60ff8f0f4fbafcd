import Foundation
import NIOHTTP1
import SwellCore
import SwellEngine
import SwellModel

/// What an `http` node is told to do, once its expressions are evaluated.
struct HTTPSettings: Sendable {
  var request: OutgoingRequest
  var authorization: HTTPAuthorization?
  var tls: TLSMaterial
  var expected: ExpectedStatuses
  var result: HTTPKind.Result
  /// In bytes.
  var maxResponse: Int
  /// How many redirects are followed.
  var redirects: Int

  /// - Throws: `NodeError` of kind `validation` for what an expression gave and no request can have.
  init(_ request: NodeRequest, root: String?) throws {
    let reader = try SettingsReader(request.with)
    let role = request.definition.node.role
    let method = try Self.method(reader, role)
    let (address, written) = try Self.address(reader)
    let (body, contentType) = try Self.body(reader, method, input: request.input)
    self.request = OutgoingRequest(
      method: method, address: address, written: written,
      headers: try Self.headers(reader, contentType: contentType), body: body)
    if !method.isIdempotent, !self.request.headers.contains(name: "Idempotency-Key") {
      self.request.headers.add(name: "Idempotency-Key", value: request.idempotencyKey)
    }
    authorization = try reader.object("auth").map { try HTTPAuthorization($0) }
    tls = try reader.object("tls").map { try TLSMaterial($0, root: root) } ?? TLSMaterial()
    expected =
      try reader.value("expect").map { value in
        guard let statuses = ExpectedStatuses(value) else {
          throw SettingsReader.invalid("expect must be statuses such as 200, 2xx or [2xx, 404]")
        }
        return statuses
      } ?? .standard
    result = try reader.choice("result") ?? .body
    maxResponse = try Self.maxResponse(reader)
    redirects = try Self.redirects(reader)
  }

  private static func method(
    _ reader: SettingsReader, _ role: Node.Role
  ) throws -> HTTPKind.Method {
    let method: HTTPKind.Method = try reader.choice("method") ?? HTTPKind.defaultMethod(of: role)
    guard HTTPKind.methods(of: role).contains(method) else {
      throw SettingsReader.invalid("a \(role.rawValue) cannot \(method.rawValue); make it a sink")
    }
    return method
  }

  /// The address with its query, and the same as it was written.
  private static func address(_ reader: SettingsReader) throws -> (WebAddress, String) {
    guard let text = try reader.text("url") else { throw SettingsReader.invalid("there is no url") }
    var address = try SettingsReader.address(text, "url")
    var query = try reader.fields("query").map(FormText.pair).joined(separator: "&")
    if !query.isEmpty { query = (address.target.contains("?") ? "&" : "?") + query }
    address.target += query
    return (address, text + query)
  }

  private static func headers(
    _ reader: SettingsReader, contentType: String?
  ) throws -> HTTPHeaders {
    var headers = HTTPHeaders()
    for (name, value) in try reader.fields("headers") {
      if let problem = HTTPKind.headerProblem(name) {
        throw SettingsReader.invalid(problem.message, code: problem.code)
      }
      guard HTTPKind.isHeaderValue(value) else {
        throw SettingsReader.invalid(
          "the header \(name) holds a line break or another control character",
          code: "invalid_header")
      }
      headers.add(name: name, value: value)
    }
    func fill(_ name: String, _ value: String) {
      if !headers.contains(name: name) { headers.add(name: name, value: value) }
    }
    if let contentType { fill("Content-Type", contentType) }
    fill("Accept", "application/json, */*;q=0.8")
    fill("Accept-Encoding", "gzip, deflate")
    fill("User-Agent", "swell/\(Worker.version)")
    return headers
  }

  /// The body with its type. A request that takes one and is told of none carries the node's input.
  private static func body(
    _ reader: SettingsReader, _ method: HTTPKind.Method, input: Payload
  ) throws -> ([UInt8]?, String?) {
    let written = reader.bodies
    guard written.count < 2 else {
      throw SettingsReader.invalid("there are several bodies: \(written.joined(separator: ", "))")
    }
    guard let name = written.first else {
      let carriesInput = method.takesBody && method != .delete
      return carriesInput ? (input.bytes, "application/json") : (nil, nil)
    }
    guard method.takesBody else {
      throw SettingsReader.invalid("\(method.rawValue) has no body", code: "body_not_allowed")
    }
    switch name {
    case "form":
      let pairs = try reader.fields("form").map(FormText.pair)
      return (Array(pairs.joined(separator: "&").utf8), "application/x-www-form-urlencoded")
    case "text":
      return (try reader.text("text").map { Array($0.utf8) }, "text/plain; charset=utf-8")
    case "bytes":
      guard let bytes = try reader.text("bytes").flatMap({ Data(base64Encoded: $0) }) else {
        throw SettingsReader.invalid("bytes is not base64")
      }
      return (Array(bytes), "application/octet-stream")
    default:
      return (try reader.json("body"), "application/json")
    }
  }

  private static func maxResponse(_ reader: SettingsReader) throws -> Int {
    guard let value = try reader.value("maxResponse") else { return HTTPKind.defaultMaxResponse }
    let bytes = value.int.flatMap { Int(exactly: $0) } ?? value.string.flatMap(ByteSizeText.parse)
    guard let bytes, (1...HTTPKind.largestMaxResponse).contains(bytes) else {
      throw SettingsReader.invalid("maxResponse must be a size of at most 64MiB")
    }
    return bytes
  }

  private static func redirects(_ reader: SettingsReader) throws -> Int {
    guard let value = try reader.value("followRedirects") else { return HTTPKind.defaultRedirects }
    if let follows = value.bool { return follows ? HTTPKind.defaultRedirects : 0 }
    guard let count = value.int, (0...Int64(HTTPKind.mostRedirects)).contains(count) else {
      throw SettingsReader.invalid(
        "followRedirects must be true, false or a number from 0 to \(HTTPKind.mostRedirects)")
    }
    return Int(count)
  }
}
