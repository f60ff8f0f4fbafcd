import NIOCore
import NIOHTTP1

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One connection of a test server.
final class TestConversation: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private let handler: TestServer.Handler
  private let log: TestServer.SharedLog
  private var number = 0
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ handler: @escaping TestServer.Handler, _ log: TestServer.SharedLog) {
    self.handler = handler
    self.log = log
  }

  func channelActive(context: ChannelHandlerContext) {
    number = log.open()
  }

  func channelInactive(context: ChannelHandlerContext) {
    log.change { $0.closed += 1 }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    log.change { $0.handshakeFailures += 1 }
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let part): body.append(contentsOf: part.readableBytesView)
    case .end:
      guard let head else { return }
      let request = TestServer.Request(
        method: head.method.rawValue, uri: head.uri, headers: head.headers, body: body,
        connection: number)
      log.change { $0.requests.append(request) }
      Self.answer(request, handler, context.channel)
    }
  }

  private static func answer(
    _ request: TestServer.Request, _ handler: @escaping TestServer.Handler, _ channel: any Channel
  ) {
    Task {
      let answer = await handler(request)
      send(answer, of: request, on: channel)
    }
  }

  private static func send(
    _ answer: TestServer.Answer, of request: TestServer.Request, on channel: any Channel
  ) {
    switch answer {
    case .response(let status, let headers, let body):
      var text = "HTTP/1.1 \(status) Told\r\n"
      for (name, value) in headers { text += "\(name): \(value)\r\n" }
      if !headers.contains(where: { $0.0 == "Content-Length" }), status != 204, status != 304 {
        text += "Content-Length: \(body.count)\r\n"
      }
      var buffer = ByteBuffer(string: text + "\r\n")
      if request.method != "HEAD" { buffer.writeBytes(body) }
      channel.writeAndFlush(buffer, promise: nil)
    case .raw(let text):
      channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in
        channel.close(promise: nil)
      }
    case .unfinished(let text): channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    case .reset:
      // Closed with nothing to linger for: the other side gets a reset.
      guard let socket = channel as? any SocketOptionProvider else { return }
      socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
        channel.close(promise: nil)
      }
    case .silence: break
    }
  }
}
