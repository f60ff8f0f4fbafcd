import SwellModel

/// The tokens of a process, each asked for once and kept until shortly before it expires.
final class OAuthTokens: Sendable {
  private let answers = SharedAnswers<OAuthClient, String>()
  /// How long a token counts whose answer does not say it.
  static let unknownLife = Duration.seconds(300)

  /// The token of a client.
  ///
  /// - Parameter send: asks for it; its errors are those of the request that needs the token.
  func token(
    of client: OAuthClient, _ send: @escaping @Sendable () async throws -> IncomingResponse
  ) async throws -> String {
    try await answers.answer(for: client) {
      let (token, life) = try Self.read(try await send())
      // Shortly before: it has to last for its way, and clocks differ.
      return (token, life - min(.seconds(30), life / 10))
    }
  }

  /// Somebody was refused with this token: it is not given again.
  func refuse(_ token: String, of client: OAuthClient) {
    answers.forget(client) { $0 == token }
  }

  private static func read(_ response: IncomingResponse) throws -> (String, Duration) {
    let answer = try? JSONValue.parse(response.body)
    guard let token = answer?["access_token"]?.string, !token.isEmpty,
      HTTPKind.isHeaderValue(token)
    else {
      throw NodeError(
        .serialization, "the answer of the token address has no access_token",
        code: "oauth2_no_token", context: NodeError.Context(operation: "get token"))
    }
    let told = answer?["expires_in"]
    let seconds = told?.double ?? told?.string.flatMap(Double.init)
    guard let seconds, seconds > 0, seconds < 1e9 else { return (token, unknownLife) }
    return (token, .seconds(seconds))
  }
}
