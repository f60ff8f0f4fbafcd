import Foundation
import NIOHTTP1
import SwellEngine
import SwellModel

/// One request with all that it takes to have it answered: a token, a new token, redirects.
struct HTTPExchange {
  private let settings: HTTPSettings
  private let node: NodeRequest
  private let transport: HTTPTransport
  private let tokens: OAuthTokens
  private var usedTokens: [String] = []
  /// Finds the tokens that were used.
  var redactor: Redactor { Redactor(usedTokens) }

  /// How much of an answer that nobody expects is read, to be told.
  private static let toldBytes = 16 << 10
  private static let redirections: Set<Int> = [301, 302, 303, 307, 308]

  init(
    _ settings: HTTPSettings, of node: NodeRequest, transport: HTTPTransport, tokens: OAuthTokens
  ) {
    self.settings = settings
    self.node = node
    self.transport = transport
    self.tokens = tokens
  }

  /// The output of the node.
  ///
  /// - Throws: `NodeError` with method, address, status and the beginning of what was answered.
  mutating func perform() async throws -> Payload {
    var request = settings.request
    var hops = 0
    var isRenewed = false
    while true {
      // A copy: the next address must not get what is for this one.
      var authorized = request
      let token = request.isAtHome ? try await authorize(&authorized) : nil
      let response = try await send(authorized)
      if settings.expected.contains(response.status) {
        do {
          return try settings.output(of: response)
        } catch let error as NodeError {
          throw told(error, request, response)
        }
      }
      if response.status == 401, let token, case .token(let client) = settings.authorization,
        !isRenewed
      {
        isRenewed = true
        tokens.refuse(token, of: client)
        continue
      }
      guard settings.redirects > 0, Self.redirections.contains(response.status),
        let location = response.header("Location")
      else { throw told(StatusFailure.classify(response), request, response) }
      hops += 1
      request = try follow(location, hops, request, response)
    }
  }

  private func send(_ request: OutgoingRequest) async throws -> IncomingResponse {
    let (expected, limit) = (settings.expected, settings.maxResponse)
    let tls = request.isAtHome ? settings.tls : settings.tls.anonymous
    do {
      return try await transport.send(request, tls: tls, deadline: node.deadline) { status in
        expected.contains(status) ? .atMost(limit) : .upTo(Self.toldBytes)
      }
    } catch let error as NodeError {
      throw told(error, request, nil)
    }
  }

  private func follow(
    _ location: String, _ hops: Int, _ request: OutgoingRequest, _ response: IncomingResponse
  ) throws -> OutgoingRequest {
    guard hops <= settings.redirects else {
      let count = settings.redirects
      throw told(
        NodeError(
          .validation, "more than \(count) \(count == 1 ? "redirect" : "redirects")",
          code: "too_many_redirects"), request, response)
    }
    do throws(RedirectProblem) {
      return try request.following(location, status: response.status) { redacting($0) }
    } catch {
      throw told(NodeError(.validation, error.message, code: error.code), request, response)
    }
  }

  /// Says who sends the request. Returns the token, if that is what says it.
  private mutating func authorize(_ request: inout OutgoingRequest) async throws -> String? {
    switch settings.authorization {
    case nil: return nil
    case .header(let value):
      request.headers.replaceOrAdd(name: "Authorization", value: value)
      return nil
    case .signature(let signature):
      signature.sign(&request, at: Int(Date().timeIntervalSince1970))
      return nil
    case .token(let client):
      let token = try await self.token(of: client)
      usedTokens.append(token)
      request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token)")
      return token
    }
  }

  private func token(of client: OAuthClient) async throws -> String {
    let (transport, asked) = (transport, client.request)
    // Of its own time: it may be for several attempts.
    let limit = Duration.seconds(30)
    do {
      return try await tokens.token(of: client) {
        let response = try await transport.send(asked, tls: TLSMaterial(), deadline: .now + limit) {
          _ in .upTo(Self.toldBytes)
        }
        guard ExpectedStatuses.standard.contains(response.status) else {
          var error = StatusFailure.classify(response)
          error.message = "no token: \(error.message)"
          if error.kind == .validation { error.code = "oauth2_refused" }
          error.context.metadata = StatusFailure.metadata(of: response)
          throw error
        }
        return response
      }
    } catch let error as NodeError {
      throw told(error, asked, nil)
    }
  }

  private func redacting(_ text: String) -> String {
    redactor.redacting(node.redacting(text))
  }

  /// The error with what there is to tell of the request and its answer.
  private func told(
    _ error: NodeError, _ request: OutgoingRequest, _ response: IncomingResponse?
  ) -> NodeError {
    var error = error
    let shown = request.shown { redacting($0) }
    error.context.operation = "\(request.method.rawValue) \(shown)"
    var metadata = error.context.metadata
    if let response { metadata.merge(StatusFailure.metadata(of: response)) { old, _ in old } }
    metadata["method"] = request.method.rawValue
    metadata["url"] = shown
    // Redacted before it is cut: half a secret is found by nobody.
    metadata["body"] = metadata["body"].map { String(redacting($0).prefix(1000)) }
    error.context.metadata = metadata
    return error
  }
}
