/// Splits a stream into messages of PostgreSQL's protocol, version 3.
struct MessageReader {
  private let socket: ProxySocket
  private var buffer: [UInt8] = []
  private var start = 0

  init(_ socket: ProxySocket) {
    self.socket = socket
  }

  /// A packet without a type: its length and what follows. nil when the other side has gone.
  mutating func packet() -> [UInt8]? {
    take(lengthAt: 0)
  }

  /// A message with its type. nil when the other side has gone.
  mutating func message() -> [UInt8]? {
    take(lengthAt: 1)
  }

  /// The type of the next message if it is here whole already.
  var hasMessage: Bool {
    guard buffer.count - start >= 5 else { return false }
    return buffer.count - start >= 1 + length(at: start + 1)
  }

  private mutating func take(lengthAt offset: Int) -> [UInt8]? {
    guard fill(offset + 4) else { return nil }
    let length = length(at: start + offset)
    guard length >= 4, fill(offset + length) else { return nil }
    let end = start + offset + length
    defer {
      start = end
      if start == buffer.count || start > 1 << 20 {
        buffer.removeFirst(start)
        start = 0
      }
    }
    return Array(buffer[start..<end])
  }

  private mutating func fill(_ count: Int) -> Bool {
    while buffer.count - start < count {
      guard socket.read(into: &buffer) else { return false }
    }
    return true
  }

  private func length(at place: Int) -> Int {
    buffer[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
