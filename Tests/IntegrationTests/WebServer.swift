import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// A web server of one test, on the loopback.
final class WebServer: Sendable {
  struct Request: Sendable {
    var method: String
    var path: String
    var headers: [String: String]
    var body: String
  }

  struct Answer: Sendable {
    var status = 200
    var body = "{}"
    /// How long it takes; for servers that hang.
    var delay = Duration.zero
  }

  let port: UInt16
  private let requests = Mutex<[Request]>([])
  private let answer: Mutex<Answer>
  private let task: Task<Void, any Error>

  init(_ answer: Answer = Answer()) async throws {
    let server = HTTPServer(
      address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
    self.answer = Mutex(answer)
    task = Task { try await server.run() }
    try await server.waitUntilListening()
    guard case .ip4(_, let port)? = await server.listeningAddress else {
      throw CocoaError(.featureUnsupported)
    }
    self.port = port
    await server.appendRoute("*") { [weak self] request in
      try await self?.reply(to: request) ?? HTTPResponse(statusCode: .gone)
    }
  }

  var seen: [Request] { requests.withLock { $0 } }

  /// How it answers from now on.
  func behave(_ answer: Answer) {
    self.answer.withLock { $0 = answer }
  }

  func stop() {
    task.cancel()
  }

  private func reply(to request: HTTPRequest) async throws -> HTTPResponse {
    let body = String(decoding: try await request.bodyData, as: UTF8.self)
    let headers = request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }
    requests.withLock {
      $0.append(
        Request(
          method: request.method.rawValue, path: request.path,
          headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }), body: body))
    }
    let answer = answer.withLock { $0 }
    // sleeps: a slow server is the case
    try await Task.sleep(for: answer.delay)
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: "Told"),
      headers: [.contentType: "application/json"], body: Data(answer.body.utf8))
  }
}
