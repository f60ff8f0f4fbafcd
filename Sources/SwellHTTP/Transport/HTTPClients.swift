import AsyncHTTPClient
import NIOCore
import NIOHTTPCompression
import NIOPosix
import SwellModel
import Synchronization

/// The connections of a process, kept between attempts.
///
/// One client of AsyncHTTPClient for each route: it connects a name to one address only if it is told so
/// when it is made, and shares no connection with a request that shows another certificate.
final class HTTPClients: Sendable {
  /// Where a connection leads, and as whom.
  struct Route: Sendable, Hashable {
    var host: String
    var address: IPAddress
    var tls: TLSMaterial
  }

  private struct Entry {
    let client: HTTPClient
    var users = 0
    var lastUsed = ContinuousClock.now
  }

  private let connectionsPerHost: Int
  private let entries = Mutex<[Route: Entry]>([:])

  /// How long a connection, and then its route, is kept without being used.
  private static let idleTime = Duration.seconds(30)
  static let connectTimeout = Duration.seconds(10)

  init(connectionsPerHost: Int) {
    self.connectionsPerHost = connectionsPerHost
  }

  deinit {
    for entry in entries.withLock({ $0 }).values { Self.close(entry.client) }
  }

  /// Lends the client of a route.
  func withClient<Value>(
    _ route: Route, _ body: (HTTPClient) async throws -> Value
  ) async throws -> Value {
    let client = try borrow(route)
    defer { giveBack(route) }
    return try await body(client)
  }

  /// Whether connections of the route may be open.
  func has(_ route: Route) -> Bool {
    entries.withLock { $0[route] != nil }
  }

  /// Closes all connections; those that are still in use, too.
  func shutDown() async {
    let old = entries.withLock { entries in
      defer { entries = [:] }
      return entries.values.map(\.client)
    }
    for client in old { try? await client.shutdown() }
  }

  private func borrow(_ route: Route) throws -> HTTPClient {
    // Reading certificates is not for a lock.
    let fresh = has(route) ? nil : try client(of: route)
    let (chosen, unneeded) = entries.withLock { entries -> (HTTPClient?, [HTTPClient]) in
      var unneeded = Self.removeIdle(&entries)
      var entry = entries[route]
      if entry == nil {
        entry = fresh.map { Entry(client: $0) }
      } else if let fresh {
        unneeded.append(fresh)
      }
      entry?.users += 1
      entries[route] = entry
      return (entry?.client, unneeded)
    }
    for client in unneeded { Self.close(client) }
    // It was dropped between the two looks.
    return try chosen ?? borrow(route)
  }

  private func giveBack(_ route: Route) {
    entries.withLock { entries in
      entries[route]?.users -= 1
      entries[route]?.lastUsed = .now
    }
  }

  private static func removeIdle(_ entries: inout [Route: Entry]) -> [HTTPClient] {
    let oldest = ContinuousClock.now - idleTime
    let idle = entries.filter { $0.value.users <= 0 && $0.value.lastUsed < oldest }
    for route in idle.keys { entries[route] = nil }
    return idle.values.map(\.client)
  }

  private func client(of route: Route) throws -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: try route.tls.configuration(), redirectConfiguration: .disallow,
      timeout: .init(connect: .nanoseconds(Self.connectTimeout.microseconds * 1000)),
      decompression: .enabled(limit: .size(HTTPKind.largestMaxResponse)))
    if IPAddress(route.host) == nil {
      configuration.dnsOverride = [route.host: "\(route.address)"]
    }
    configuration.connectionPool.idleTimeout = .nanoseconds(Self.idleTime.microseconds * 1000)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
    // The engine retries, and counts what it does.
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
      configuration: configuration)
  }

  private static func close(_ client: HTTPClient) {
    client.shutdown { _ in }
  }
}
