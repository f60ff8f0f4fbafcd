import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server of one test on the loopback: answers as it is told, well or badly.
final class TestServer: Sendable {
  struct Request: Sendable {
    var method: String
    var uri: String
    var headers: HTTPHeaders
    var body: [UInt8]
    /// Which connection it came on, counted from 1.
    var connection: Int

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  enum Answer: Sendable {
    case response(Int, [(String, String)], [UInt8])
    /// Bytes that may be no HTTP; then the connection is closed.
    case raw(String)
    /// Bytes that may be no HTTP; the connection stays open.
    case unfinished(String)
    case reset
    case silence

    static func json(_ text: String, status: Int = 200) -> Answer {
      .response(status, [("Content-Type", "application/json")], Array(text.utf8))
    }

    static func text(_ text: String, status: Int = 200, _ headers: (String, String)...) -> Answer {
      .response(status, [("Content-Type", "text/plain")] + headers, Array(text.utf8))
    }

    static func redirect(_ status: Int, _ location: String) -> Answer {
      .response(status, [("Location", location)], Array("elsewhere".utf8))
    }
  }

  struct Log: Sendable {
    var requests: [Request] = []
    var opened = 0
    var closed = 0
    var handshakeFailures = 0
  }

  typealias Handler = @Sendable (Request) async -> Answer

  let port: Int
  private let channel: any Channel
  private let shared: SharedLog

  /// - Parameters:
  ///   - host: the address to listen on.
  ///   - tls: whether it has a certificate, and which clients it wants.
  init(
    host: String = "127.0.0.1", tls: TLSConfiguration? = nil, _ handler: @escaping Handler
  ) async throws {
    let log = SharedLog()
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
          try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
          try pipeline.addHandler(TestConversation(handler, log))
        }
      }
      .bind(host: host, port: 0).get()
    port = channel.localAddress?.port ?? 0
    shared = log
  }

  var seen: Log { shared.now }
  var requests: [Request] { shared.now.requests }

  func url(_ path: String = "/", host: String = "127.0.0.1", scheme: String = "http") -> String {
    "\(scheme)://\(host):\(port)\(path)"
  }

  func stop() async {
    try? await channel.close().get()
  }

  /// Waits until what the server has seen is as it should be.
  func eventually(_ condition: (Log) -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      if condition(seen) { return true }
      try? await Task.sleep(for: .milliseconds(2))
    }
    return false
  }

  /// The log, as the connections and the test share it.
  final class SharedLog: Sendable {
    private let log = Mutex(Log())

    var now: Log { log.withLock { $0 } }

    func change(_ body: (inout Log) -> Void) {
      log.withLock { body(&$0) }
    }

    func open() -> Int {
      log.withLock { log in
        log.opened += 1
        return log.opened
      }
    }
  }
}
