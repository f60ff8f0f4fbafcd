import NIOHTTP1
import SwellModel

/// A client that gets its tokens by its own credentials (RFC 6749, 4.4).
struct OAuthClient: Sendable, Hashable {
  var tokenAddress: WebAddress
  var id: String
  var secret: String
  var scope: String?
  var audience: String?
  /// Whether the credentials stand in the body; else in the header.
  var tellsInBody: Bool

  init(_ reader: SettingsReader) throws {
    tokenAddress = try SettingsReader.address(
      try reader.required("tokenUrl"), "auth.oauth2.tokenUrl")
    id = try reader.required("clientId")
    secret = try reader.required("clientSecret")
    scope = try reader.text("scope")
    audience = try reader.text("audience")
    tellsInBody = try reader.choice("credentials") == HTTPKind.ClientCredentials.body
  }

  /// What asks for a token.
  var request: OutgoingRequest {
    var fields = [(name: "grant_type", value: "client_credentials")]
    if let scope { fields.append((name: "scope", value: scope)) }
    if let audience { fields.append((name: "audience", value: audience)) }
    var headers: HTTPHeaders = [
      "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
    ]
    if tellsInBody {
      fields += [(name: "client_id", value: id), (name: "client_secret", value: secret)]
    } else {
      let (name, password) = (
        PercentEncoding.encoded(id, space: "+"), PercentEncoding.encoded(secret, space: "+")
      )
      headers.add(name: "Authorization", value: HTTPAuthorization.basic(name, password))
    }
    return OutgoingRequest(
      method: .post, address: tokenAddress, written: tokenAddress.text, headers: headers,
      body: Array(fields.map(FormText.pair).joined(separator: "&").utf8))
  }
}
