/// Reads what a client sends, a call at a time. Knows the statements that it has prepared.
struct CallReader {
  enum Part {
    /// What belongs to no call: a password, or what a standby reports to its primary.
    case aside([UInt8])
    /// Everything up to and with a Sync, or a simple query, and where its last message begins.
    case call([UInt8], functions: [String], lastMessage: Int)
    /// The client says goodbye.
    case farewell([UInt8])
  }

  private var messages: MessageReader
  private var prepared: [String: [String]] = [:]

  init(_ socket: ProxySocket) {
    messages = MessageReader(socket)
  }

  /// The packet that opens a connection, which has no type.
  mutating func greeting() -> [UInt8]? {
    messages.packet()
  }

  /// The next part, or nil when the client has gone.
  mutating func next() -> Part? {
    var bytes: [UInt8] = []
    var functions: [String] = []
    while let message = messages.message() {
      let start = bytes.count
      bytes += message
      switch message[0] {
      case UInt8(ascii: "p"), UInt8(ascii: "d"), UInt8(ascii: "c"):
        if start == 0 { return .aside(bytes) }
      case UInt8(ascii: "X"): return .farewell(bytes)
      case UInt8(ascii: "P"):
        let texts = Self.texts(in: message, 2)
        prepared[texts[0]] = ProxiedCall.functions(in: texts[1])
      case UInt8(ascii: "B"):
        functions += prepared[Self.texts(in: message, 2)[1]] ?? ["unknown"]
      case UInt8(ascii: "Q"):
        let text = Self.texts(in: message, 1)[0]
        return .call(bytes, functions: ProxiedCall.functions(in: text), lastMessage: start)
      case UInt8(ascii: "S"):
        return .call(bytes, functions: functions, lastMessage: start)
      default: break
      }
    }
    return nil
  }

  /// The first texts of a message, each of which ends with a zero.
  private static func texts(in message: [UInt8], _ count: Int) -> [String] {
    var texts: [String] = []
    var rest = message[5...]
    while texts.count < count {
      let end = rest.firstIndex(of: 0) ?? rest.endIndex
      texts.append(String(decoding: rest[..<end], as: UTF8.self))
      rest = rest[min(end + 1, rest.endIndex)...]
    }
    return texts
  }
}
