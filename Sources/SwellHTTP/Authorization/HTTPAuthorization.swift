import Foundation
import SwellModel

/// How a request shows who sends it.
enum HTTPAuthorization: Sendable {
  /// What stands in the header `Authorization`.
  case header(String)
  case signature(MessageSignature)
  case token(OAuthClient)

  init(_ reader: SettingsReader) throws {
    if let token = try reader.text("bearer") {
      self = .header("Bearer \(token)")
    } else if let basic = try reader.object("basic") {
      self = .header(
        Self.basic(try basic.required("username"), try basic.required("password")))
    } else if let hmac = try reader.object("hmac") {
      self = .signature(try MessageSignature(hmac))
    } else if let oauth = try reader.object("oauth2") {
      self = .token(try OAuthClient(oauth))
    } else {
      throw SettingsReader.invalid("auth has none of bearer, basic, hmac and oauth2")
    }
    if case .header(let value) = self, !HTTPKind.isHeaderValue(value) {
      throw SettingsReader.invalid(
        "what auth gives holds a line break or another control character", code: "invalid_header")
    }
  }

  static func basic(_ name: String, _ password: String) -> String {
    "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
  }
}
