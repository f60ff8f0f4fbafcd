import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL

/// One request over HTTP/2, answered with what it was.
final class TestStream: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let log: TestServer.SharedLog
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ log: TestServer.SharedLog) {
    self.log = log
  }

  /// A server that speaks nothing else.
  static func serve(
    _ tls: TLSConfiguration, _ log: TestServer.SharedLog
  ) async throws -> any Channel {
    var tls = tls
    tls.applicationProtocols = ["h2"]
    let context = try NIOSSLContext(configuration: tls)
    return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          _ = log.open()
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(NIOSSLServerHandler(context: context))
          _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
          ) { stream in
            stream.eventLoop.makeCompletedFuture {
              try stream.pipeline.syncOperations.addHandlers(
                HTTP2FramePayloadToHTTP1ServerCodec(), TestStream(log))
            }
          }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body(let part): body.append(contentsOf: part.readableBytesView)
    case .end:
      guard let head else { return }
      log.change {
        $0.requests.append(
          TestServer.Request(
            method: head.method.rawValue, uri: head.uri, headers: head.headers, body: body,
            connection: 1))
      }
      // Silence for who asks for it.
      if head.uri == "/silence" { return }
      context.write(
        wrapOutboundOut(
          .head(.init(version: .http2, status: .ok, headers: ["content-type": "application/json"]))),
        promise: nil)
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "\"\(head.uri)\"")))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
