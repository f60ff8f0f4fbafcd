import NIOCore
import NIOPosix
import NIOSSL

/// Stands before the scratch server as a pooler that speaks TLS does: it passes on in one piece what comes
/// within a moment, so that records are as long as TLS allows, 16 KiB, where the server's own end at 8.
final class TLSPooler: Sendable {
  let port: Int
  private let channel: any Channel

  /// - Parameter path: the server's socket.
  init(to path: String) async throws {
    let context = try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(Self.certificate.utf8)).map {
          .certificate($0)
        },
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(Self.key.utf8), format: .pem))))
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Client(context, path))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  func stop() async { try? await channel.close().get() }

  /// The client's side: answers its wish for TLS, and then passes on what it says.
  private final class Client: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let context: NIOSSLContext
    private let path: String
    private var server: (any Channel)?
    private var early = ByteBuffer()
    private var isEncrypted = false

    init(_ context: NIOSSLContext, _ path: String) {
      self.context = context
      self.path = path
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      if let server { return server.writeAndFlush(bytes, promise: nil) }
      early.writeBuffer(&bytes)
      guard !isEncrypted else { return }
      // SSLRequest has eight bytes.
      guard early.readableBytes >= 8 else { return }
      early.clear()
      isEncrypted = true
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "S")), promise: nil)
      try? context.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(context: self.context), position: .first)
      let client = context.channel
      let me = NIOLoopBound(self, eventLoop: context.eventLoop)
      ClientBootstrap(group: context.eventLoop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Server(client))
          }
        }
        .connect(unixDomainSocketPath: path)
        .whenComplete { result in
          guard case .success(let server) = result else { return client.close(promise: nil) }
          me.value.server = server
          server.writeAndFlush(me.value.early, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { server?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  /// The server's side: gathers what it says.
  private final class Server: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel
    private var gathered = ByteBuffer()
    private var isScheduled = false

    init(_ client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      gathered.writeBuffer(&bytes)
      guard !isScheduled else { return }
      isScheduled = true
      let me = NIOLoopBound(self, eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .milliseconds(5)) { me.value.passOn() }
    }

    func channelInactive(context: ChannelHandlerContext) {
      passOn()
      client.close(promise: nil)
    }

    private func passOn() {
      isScheduled = false
      guard gathered.readableBytes > 0 else { return }
      client.writeAndFlush(gathered, promise: nil)
      gathered = ByteBuffer()
    }
  }

  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgN7ROm2G1qD5T/eIX
    ct7qqWq+cUW5Kz2Dw8iYXclC42ShRANCAARGxE6oocYc1FnVkPWYFLNVxcdhVwZj
    WfoYuv5yQFofR0eFWSfn2QYSGboRGor/S+5YSUXMpZKcLOSQcWhRSLQc
    -----END PRIVATE KEY-----
    """

  private static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBfzCCASWgAwIBAgIUcgi6WlJts3EpSXO/3/X95DOeM4IwCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDE1MzMzNloYDzIxMjYxMTA2
    MTUzMzM2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAARGxE6oocYc1FnVkPWYFLNVxcdhVwZjWfoYuv5yQFofR0eFWSfn2QYS
    GboRGor/S+5YSUXMpZKcLOSQcWhRSLQco1MwUTAdBgNVHQ4EFgQU5mpQdB4139Yk
    19dcjO6x6kbcFOkwHwYDVR0jBBgwFoAU5mpQdB4139Yk19dcjO6x6kbcFOkwDwYD
    VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAdmInh6S6n8P6Ta2TjSYOC
    s23oJNHJCS3ToPGyGP+ZYwIhAIks+3K3CnF6CXp8OvQvzG7yuEC+li8mv2HnJrE8
    aTLt
    -----END CERTIFICATE-----
    """
}
