public import SwellEngine
public import SwellModel

/// The kind `http`: sends one request and gives what was answered.
///
/// An answer that the node does not expect is an error that says whether asking again can help; secrets
/// are in none of them. Requests that change something carry a key that is the same for every attempt.
/// Hosts of the worker's own network are refused unless they are allowed, also behind a redirect and
/// behind a name of the outside.
///
/// Connections are kept between attempts, for all nodes of the process, until `shutDown`.
public struct HTTPNode: NodeKind {
  public let kind = "http"
  public let concurrencyLimit: Int?
  private let root: String?
  private let transport: HTTPTransport
  private let tokens: OAuthTokens

  /// - Parameters:
  ///   - privateHosts: the hosts of one's own network that nodes may ask; none by default.
  ///   - root: the folder in which the files of `tls` are; without it there are none.
  ///   - concurrencyLimit: how many requests are under way at a time.
  public init(
    privateHosts: PrivateHosts = .none, root: String? = nil, concurrencyLimit: Int = 256
  ) {
    self.init(
      privateHosts: privateHosts, root: root, concurrencyLimit: concurrencyLimit,
      resolver: HostResolver())
  }

  init(
    privateHosts: PrivateHosts, root: String? = nil, concurrencyLimit: Int = 256,
    resolver: HostResolver
  ) {
    self.root = root
    self.concurrencyLimit = concurrencyLimit
    transport = HTTPTransport(
      privateHosts: privateHosts, resolver: resolver,
      clients: HTTPClients(connectionsPerHost: concurrencyLimit))
    tokens = OAuthTokens()
  }

  public func execute(_ request: NodeRequest) async throws -> Payload {
    let settings = try HTTPSettings(request, root: root)
    var exchange = HTTPExchange(
      settings, of: request, transport: transport, tokens: tokens)
    do {
      let output = try await exchange.perform()
      return exchange.redactor.redacting(output)
    } catch let error as NodeError {
      // Tokens are no secrets of the worker, but as secret as those.
      throw exchange.redactor.redacting(error)
    }
  }

  public func shutDown() async {
    await transport.clients.shutDown()
  }
}
