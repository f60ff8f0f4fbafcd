import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SwellModel

/// Sends one request to one address that was checked, and reads what comes back.
struct HTTPTransport: Sendable {
  var privateHosts: PrivateHosts
  var resolver: HostResolver
  let clients: HTTPClients

  /// How much of a response is read.
  enum Reading: Sendable {
    /// More is an error.
    case atMost(Int)
    /// The rest is of no interest.
    case upTo(Int)
  }

  /// - Parameters:
  ///   - deadline: when the answer has to be there as a whole. The engine cancels an attempt a little
  ///     earlier; what is shared by several attempts, nobody else does.
  ///   - reading: says of a status how much of its body is read.
  /// - Throws: `NodeError` without a context, `CancellationError`.
  func send(
    _ request: OutgoingRequest, tls: TLSMaterial, deadline: ContinuousClock.Instant,
    _ reading: @escaping @Sendable (Int) -> Reading
  ) async throws -> IncomingResponse {
    try await withThrowingTaskGroup(of: IncomingResponse?.self) { group in
      group.addTask { try await send(request, tls: tls, reading) }
      group.addTask {
        try await Task.sleep(until: deadline + .seconds(1), clock: .continuous)
        return nil
      }
      defer { group.cancelAll() }
      guard let response = try await group.next() ?? nil else {
        throw NodeError(
          .timeout, "\(request.address.authority) did not answer in time",
          code: "response_timeout")
      }
      return response
    }
  }

  private func send(
    _ request: OutgoingRequest, tls: TLSMaterial, _ reading: (Int) -> Reading
  ) async throws -> IncomingResponse {
    let routes = try await routes(of: request.address, tls)
    for (place, route) in routes.enumerated() {
      do {
        return try await clients.withClient(route) { client in
          try await send(request, by: client, reading)
        }
      } catch let error where place < routes.count - 1 && TransportFailure.isUnreached(error) {
        continue
      } catch {
        throw try TransportFailure.classify(error, host: request.address.authority)
      }
    }
    throw NodeError(.transport, "there is no way to the host", code: "host_unreachable")
  }

  /// The ways to a host that the worker allows, those with open connections first.
  private func routes(
    of address: WebAddress, _ tls: TLSMaterial
  ) async throws -> [HTTPClients.Route] {
    let host = address.bareHost
    let found = try await resolver.addresses(of: host)
    let allowed = found.filter { privateHosts.allow($0, of: host) }
    guard !allowed.isEmpty else {
      let shown = found.map(\.description).joined(separator: ", ")
      throw NodeError(
        .other,
        host == shown
          ? "\(host) is not an address of the Internet; allow it with --allow-private-hosts \(host)"
          : "\(host) is \(shown), which is not of the Internet; allow it with "
            + "--allow-private-hosts \(host)",
        code: "private_host")
    }
    let routes = allowed.map { HTTPClients.Route(host: host, address: $0, tls: tls) }
    return routes.filter(clients.has) + routes.filter { !clients.has($0) }
  }

  private func send(
    _ request: OutgoingRequest, by client: HTTPClient, _ reading: (Int) -> Reading
  ) async throws -> IncomingResponse {
    var message = HTTPClientRequest(url: request.address.text)
    message.method = HTTPMethod(rawValue: request.method.rawValue)
    message.headers = request.headers
    message.body = request.body.map { .bytes(ByteBuffer(bytes: $0)) }
    let response = try await client.execute(message, deadline: .distantFuture)
    let status = Int(response.status.code)
    let body = try await read(
      response, isBodiless: request.method == .head, reading(status))
    return IncomingResponse(status: status, headers: response.headers, body: body)
  }

  private func read(
    _ response: HTTPClientResponse, isBodiless: Bool, _ reading: Reading
  ) async throws -> [UInt8] {
    if case .atMost(let limit) = reading, !isBodiless,
      let text = response.headers.first(name: "Content-Length"), let length = Int(text),
      length > limit
    {
      throw tooLarge(limit)
    }
    var body: [UInt8] = []
    for try await part in response.body {
      switch reading {
      case .atMost(let limit):
        guard body.count + part.readableBytes <= limit else { throw tooLarge(limit) }
        body.append(contentsOf: part.readableBytesView)
      case .upTo(let limit):
        body.append(contentsOf: part.readableBytesView.prefix(limit - body.count))
        if body.count == limit { return body }
      }
    }
    // Should a cancelled stream just end, it would look like a whole one.
    try Task.checkCancellation()
    return body
  }

  private func tooLarge(_ limit: Int) -> NodeError {
    NodeError(
      .tooLarge, "the answer has more than \(limit) bytes; ask for less, or set maxResponse",
      code: "response_too_large")
  }
}
