import Foundation
import Synchronization

/// One client's way to the server and back: a thread reads calls, another one reads replies.
final class ProxySession: Sendable {
  /// What a session asks its proxy.
  struct Book: Sendable {
    var take: @Sendable ([String]) -> (CallFault?, Duration)
    var traffic: @Sendable () -> TrafficFaults
    var end: @Sendable () -> Void
  }

  /// What becomes of a reply that is on its way.
  private enum ReplyFault {
    case late(Duration)
    case cut(bytes: Int)
    case panic(String)
  }

  private struct State {
    var server: ProxySocket?
    /// One entry per call that the server has not answered.
    var expected: [ReplyFault?] = []
    var bytesLeft: Int?
    var isCut = false
  }

  private let client: ProxySocket
  private let upstream: String
  private let tap: Tap
  private let book: Book
  private let state: Mutex<State>
  /// Held while bytes are written to the client: both threads do.
  private let writing = Mutex(())

  init(client: ProxySocket, upstream: String, tap: Tap, bytes: Int?, book: Book) {
    self.client = client
    self.upstream = upstream
    self.tap = tap
    self.book = book
    state = Mutex(State(bytesLeft: bytes))
  }

  /// Ends both sides at once.
  func cut() {
    let server = state.withLock { state in
      state.isCut = true
      return state.server
    }
    client.shut()
    server?.shut()
  }

  /// Reads calls until the client goes.
  func run() {
    defer { book.end() }
    var reader = CallReader(client)
    guard let greeting = readGreeting(&reader) else { return client.shut() }
    tap.pass()
    guard let server = try? ProxySocket.connected(to: upstream) else { return client.shut() }
    state.withLock { $0.server = server }
    if state.withLock({ $0.isCut }) { return cut() }
    guard server.write(greeting) else { return cut() }
    if Self.code(of: greeting) == Self.cancelRequest {
      // The server closes when it has done what was asked, and only then does libpq go on.
      var nothing: [UInt8] = []
      _ = server.read(into: &nothing)
      return cut()
    }
    if let rate = book.traffic().bytesPerSecond {
      Thread.detachNewThread {
        self.pump(from: server, to: self.client, rate: rate)
        self.client.shut()
      }
      pump(from: client, to: server, rate: rate)
      return server.shutWriting()
    }
    Thread.detachNewThread { self.readReplies(server) }
    while let part = reader.next() {
      switch part {
      case .aside(let bytes):
        tap.pass()
        guard send(bytes, to: server) else { return cut() }
      case .farewell(let bytes):
        tap.pass()
        _ = send(bytes, to: server)
      case .call(let bytes, let functions, let lastMessage):
        guard pass(bytes, functions, lastMessage, to: server) else { return cut() }
      }
    }
    // What the server still does, it does to its end, as after a client's death.
    server.shutWriting()
  }

  /// Passes bytes on as a thin line does, a little at a time: whoever sends more is held up.
  private func pump(from source: ProxySocket, to target: ProxySocket, rate: Int) {
    var bytes: [UInt8] = []
    while source.read(into: &bytes) {
      tap.pass(after: .seconds(Double(bytes.count) / Double(rate)))
      guard send(bytes, to: target) else { break }
      bytes = []
    }
  }

  private func readGreeting(_ reader: inout CallReader) -> [UInt8]? {
    while let packet = reader.greeting() {
      guard let code = Self.code(of: packet), Self.encryptionRequests.contains(code) else {
        return packet
      }
      guard client.write([UInt8(ascii: "N")]) else { return nil }
    }
    return nil
  }

  /// Handles one call. False when the connection has to end.
  private func pass(
    _ bytes: [UInt8], _ functions: [String], _ lastMessage: Int, to server: ProxySocket
  ) -> Bool {
    let (fault, delay) = book.take(functions)
    tap.pass(after: delay)
    switch fault {
    case nil: return forward(bytes, to: server, reply: nil)
    case .error(let sqlState):
      let isFatal = sqlState.hasPrefix("57P")
      return answer(error: sqlState, severity: isFatal ? "FATAL" : "ERROR") && !isFatal
    case .timeout: return true
    case .lateReply(let time): return forward(bytes, to: server, reply: .late(time))
    case .lateCall(let time):
      tap.pass(after: time)
      return forward(bytes, to: server, reply: nil)
    case .cutBefore: return false
    case .cutAfter: return forward(bytes, to: server, reply: .cut(bytes: 0))
    case .cutReply(let count): return forward(bytes, to: server, reply: .cut(bytes: count))
    case .panicAfter(let state): return forward(bytes, to: server, reply: .panic(state))
    case .cutInside(let share):
      _ = server.write(bytes.prefix(max(1, Int(Double(bytes.count) * share))))
      return false
    case .cutBeforeSync:
      _ = server.write(bytes.prefix(lastMessage))
      return false
    }
  }

  private func forward(_ bytes: [UInt8], to server: ProxySocket, reply: ReplyFault?) -> Bool {
    state.withLock { $0.expected.append(reply) }
    return send(bytes, to: server)
  }

  /// Reads replies until the server goes.
  private func readReplies(_ server: ProxySocket) {
    defer { client.shut() }
    var reader = MessageReader(server)
    var isGreeting = true
    var reply: (fault: ReplyFault?, sent: Int)?
    var bytes: [UInt8] = []
    while let message = reader.message() {
      let isNews = message[0] == UInt8(ascii: "A")
      if isNews, book.traffic().losesNotifications { continue }
      let isEnd = message[0] == UInt8(ascii: "Z")
      if !isGreeting, !isNews, reply == nil, let fault = state.withLock({ $0.expected.first }) {
        reply = (fault, 0)
        if case .late(let time) = reply?.fault { tap.pass(after: time) }
        tap.pass(after: book.traffic().delay)
      }
      bytes += message
      guard isEnd || !reader.hasMessage || bytes.count > 1 << 18 else { continue }
      if case .cut(let limit) = reply?.fault {
        let share = bytes.prefix(max(0, limit - (reply?.sent ?? 0)))
        reply?.sent += share.count
        if !share.isEmpty, !sendToClient(Array(share)) { return cut() }
        // The commit is done only when the server is ready again.
        if isEnd { return cut() }
      } else if case .panic(let sqlState) = reply?.fault {
        if isEnd {
          _ = answer(error: sqlState, severity: "PANIC")
          return cut()
        }
      } else {
        tap.pass()
        guard sendToClient(bytes) else { return server.shutWriting() }
      }
      bytes = []
      guard isEnd else { continue }
      if !isGreeting { state.withLock { if !$0.expected.isEmpty { $0.expected.removeFirst() } } }
      isGreeting = false
      reply = nil
    }
    if !bytes.isEmpty { _ = sendToClient(bytes) }
  }

  private func answer(error sqlState: String, severity: String) -> Bool {
    var fields: [UInt8] = []
    for (letter, text) in [
      ("S", severity), ("V", severity), ("C", sqlState), ("M", "a fault of the proxy"),
    ] {
      fields += Array(letter.utf8) + Array(text.utf8) + [0]
    }
    var reply = Self.message("E", fields + [0])
    if severity == "ERROR" { reply += Self.message("Z", Array("I".utf8)) }
    return sendToClient(reply)
  }

  private func sendToClient(_ bytes: [UInt8]) -> Bool {
    writing.withLock { _ in send(bytes, to: client) }
  }

  /// Sends what the connection's share of bytes allows; false when that is used up.
  private func send(_ bytes: [UInt8], to socket: ProxySocket) -> Bool {
    let allowed = state.withLock { state -> Int in
      guard let left = state.bytesLeft else { return bytes.count }
      state.bytesLeft = max(0, left - bytes.count)
      return min(left, bytes.count)
    }
    let isSent = socket.write(bytes.prefix(allowed))
    if allowed < bytes.count { cut() }
    return isSent && allowed == bytes.count
  }

  private static func message(_ type: String, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(body.count + 4)
    return Array(type.utf8) + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
      + body
  }

  private static func code(of packet: [UInt8]) -> Int? {
    guard packet.count >= 8 else { return nil }
    return packet[4..<8].reduce(0) { $0 << 8 | Int($1) }
  }

  private static let cancelRequest = 80_877_102
  private static let encryptionRequests: Set<Int> = [80_877_103, 80_877_104]
}
