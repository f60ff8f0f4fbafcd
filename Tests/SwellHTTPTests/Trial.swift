import Foundation
import Logging
import SwellModel
import SwellPostgres
import Testing

@testable import SwellCore
@testable import SwellEngine
@testable import SwellHTTP

/// One node of the kind `http` and its attempts, without a worker.
struct Trial {
  var node: HTTPNode
  var secrets: SecretStore

  init(
    _ privateHosts: PrivateHosts = .all, root: String? = nil, secrets: [String: String] = [:],
    resolver: HostResolver = HostResolver()
  ) throws {
    node = HTTPNode(privateHosts: privateHosts, root: root, resolver: resolver)
    self.secrets = SecretStore(
      environment: Dictionary(
        uniqueKeysWithValues: secrets.map { ("SWELL_SECRET_\($0.key)", $0.value) }))
    // A secret is known from when a definition asks for it.
    for name in secrets.keys { _ = try self.secrets.secret(name) }
  }

  /// An attempt with settings that are JSON already, as a worker starts it.
  func execute(
    _ settings: String, _ role: Node.Role = .sink, input: String = "{}",
    timeout: Duration = .seconds(30)
  ) async throws -> String {
    let definition = NodeReference(Node(id: "call", role: role, kind: "http"))
    let run = PostgresUUID.random()
    // No database is reached before a node asks for one.
    let room = TransactionRoom(
      worker: .random(), recorder: 0, mailbox: Mailbox(),
      database: PostgresPool(
        configuration: PostgresConfiguration("host=/nowhere"), reactor: try Reactor.shared(),
        size: 1, waitLimit: .seconds(1)),
      callTimeout: .seconds(1), faults: nil)
    let handle = AttemptHandle(token: 1, hold: 1, node: 0)
    handle.begin(MonotonicClock.now(), timeout: timeout)
    let request = NodeRequest(
      run: run, workflow: "w", definition: definition, with: Payload(json: settings), origin: run,
      item: 0, iteration: 0, attempt: 1, wave: 0, input: Payload(json: input),
      timeout: timeout, handle: handle,
      host: AttemptHost(
        room: room, secrets: secrets, logger: Logger(label: "test"), maxOutputBytes: 1 << 20))
    do {
      return secrets.redacting(try await node.execute(request)).text
    } catch let error as NodeError {
      throw secrets.redacting(error)
    }
  }

  func get(_ url: String, _ more: String = "") async throws -> String {
    try await execute(#"{"url": "\#(url)"\#(more)}"#, .source)
  }

  /// The error of an attempt that must fail.
  func failure(
    _ settings: String, _ role: Node.Role = .sink, input: String = "{}",
    timeout: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> NodeError {
    do {
      let output = try await execute(settings, role, input: input, timeout: timeout)
      Issue.record("it gave \(output)", sourceLocation: sourceLocation)
      return NodeError(.other, "none")
    } catch let error as NodeError {
      return error
    }
  }

  func failureOfGet(
    _ url: String, _ more: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> NodeError {
    try await failure(
      #"{"url": "\#(url)"\#(more)}"#, .source, sourceLocation: sourceLocation)
  }

  func end(_ servers: TestServer...) async {
    await node.shutDown()
    for server in servers { await server.stop() }
  }
}
