import Foundation
import NIOHTTP1
import SwellModel

/// An HMAC-SHA-256 of the body in a header, as webhooks have it.
///
/// With a header for the time, the signed text is the time in seconds, a dot, and the body; so what was
/// signed once cannot be sent again for ever.
struct MessageSignature: Sendable {
  var secret: String
  var header: String
  var prefix: String
  var isBase64: Bool
  var timestampHeader: String?

  init(_ reader: SettingsReader) throws {
    secret = try reader.required("secret")
    header = try reader.text("header") ?? "X-Signature"
    prefix = try reader.text("prefix") ?? ""
    isBase64 = try reader.choice("encoding") == HTTPKind.SignatureEncoding.base64
    timestampHeader = try reader.text("timestampHeader")
    for name in [header, timestampHeader].compactMap(\.self) {
      guard let problem = HTTPKind.headerProblem(name) else { continue }
      throw SettingsReader.invalid(problem.message, code: problem.code)
    }
    guard HTTPKind.isHeaderValue(prefix) else {
      throw SettingsReader.invalid(
        "auth.hmac.prefix cannot stand in a header", code: "invalid_header")
    }
  }

  /// Signs a request.
  ///
  /// - Parameter time: in seconds since 1970.
  func sign(_ request: inout OutgoingRequest, at time: Int) {
    var signed: [UInt8] = []
    if let timestampHeader {
      request.headers.replaceOrAdd(name: timestampHeader, value: "\(time)")
      signed = Array("\(time).".utf8)
    }
    signed += request.body ?? []
    let code = HMACSHA256.code(of: signed, key: Array(secret.utf8))
    let text = isBase64 ? Data(code).base64EncodedString() : Hexadecimal.text(code)
    request.headers.replaceOrAdd(name: header, value: prefix + text)
  }
}
