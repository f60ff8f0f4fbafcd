import Foundation
import Synchronization

/// Stands between clients and a PostgreSQL server on a Unix socket, and breaks what it is told
/// to: single calls, or everything that passes.
///
/// A call is everything up to a Sync, or one simple query; its reply is everything up to
/// ReadyForQuery. So a fault hits a whole transaction of Swell's protocol, at a known moment.
public final class FaultProxy: Sendable {
  /// Where clients connect: the server's own URL, with this proxy's socket.
  public let url: String

  private struct State {
    var decide: (@Sendable (ProxiedCall) -> CallFault?)?
    var traffic = TrafficFaults()
    var calls: [ProxiedCall] = []
    var counts: [[String]: Int] = [:]
    var sessions: [Int: ProxySession] = [:]
    var connections = 0
    var isStopped = false
  }

  private let state = Mutex(State())
  private let tap = Tap()
  private let listener: ProxySocket
  /// The folder of its socket: the host of a connection.
  public let folder: String
  private let upstream: String

  /// Starts to listen, on a Unix socket in a folder of its own.
  ///
  /// - Parameter url: of a server on a Unix socket, with `host` and `port` among its parameters.
  public init(to url: String) throws {
    guard var parts = URLComponents(string: url), var items = parts.queryItems,
      let host = items.firstIndex(where: { $0.name == "host" }),
      let path = items[host].value, path.hasPrefix("/")
    else { throw Unusable(description: "no Unix socket in \(url)") }
    let file = "/.s.PGSQL.\(items.first { $0.name == "port" }?.value ?? "5432")"
    upstream = path + file
    var template = Array("/tmp/swell-proxy-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Unusable(description: "no folder under /tmp") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    items[host].value = folder
    parts.queryItems = items
    self.url = parts.string ?? ""
    chmod(folder, 0o755)
    listener = try ProxySocket.listening(at: folder + file)
    Thread.detachNewThread { [weak self, listener] in
      while let client = listener.nextClient() {
        guard let self else { return }
        self.serve(client)
      }
    }
  }

  deinit { stop() }

  public struct Unusable: Error, CustomStringConvertible {
    public var description: String
  }

  /// Asked for every call, on the thread of its connection; nil ends all faults of calls.
  public func onCall(_ decide: (@Sendable (ProxiedCall) -> CallFault?)?) {
    state.withLock { $0.decide = decide }
  }

  /// Breaks one call: the one with this name and this place among those of its name.
  public func breakCall(_ name: String, count: Int, with fault: CallFault) {
    onCall { call in call.name == name && call.count == count ? fault : nil }
  }

  /// Every call so far, in the order in which they were complete.
  public var calls: [ProxiedCall] { state.withLock { $0.calls } }

  /// How many clients have connected so far.
  public var connections: Int { state.withLock { $0.connections } }

  /// Changes what is done to everything that passes.
  public func change(_ body: (inout TrafficFaults) -> Void) {
    state.withLock { body(&$0.traffic) }
  }

  /// From now on nothing flows, in either direction; new connections get no answer.
  public func stall() { tap.close() }

  /// Everything flows again, what was held back first.
  public func resume() { tap.open() }

  /// Cuts every connection that there is now.
  public func cutAll() {
    for session in state.withLock({ Array($0.sessions.values) }) { session.cut() }
  }

  /// Cuts everything and listens no more.
  public func stop() {
    let sessions = state.withLock { state -> [ProxySession]? in
      defer { state.isStopped = true }
      return state.isStopped ? nil : Array(state.sessions.values)
    }
    guard let sessions else { return }
    tap.end()
    listener.shut()
    for session in sessions { session.cut() }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func serve(_ client: ProxySocket) {
    let traffic = state.withLock { $0.traffic }
    guard !traffic.refuses else { return client.shut() }
    let number = state.withLock { state in
      state.connections += 1
      return state.connections
    }
    let book = ProxySession.Book(
      take: { [weak self] functions in self?.take(functions, on: number) ?? (nil, .zero) },
      traffic: { [weak self] in self?.state.withLock { $0.traffic } ?? TrafficFaults() },
      end: { [weak self] in _ = self?.state.withLock { $0.sessions.removeValue(forKey: number) } })
    let session = ProxySession(
      client: client, upstream: upstream, tap: tap, bytes: traffic.cutAfter?(), book: book)
    let isStopped = state.withLock { state in
      if !state.isStopped { state.sessions[number] = session }
      return state.isStopped
    }
    if isStopped { return session.cut() }
    Thread.detachNewThread { session.run() }
  }

  /// Counts a call, and says what becomes of it.
  private func take(_ functions: [String], on connection: Int) -> (CallFault?, Duration) {
    let (call, decide, delay) = state.withLock { state in
      let count = (state.counts[functions] ?? 0) + 1
      state.counts[functions] = count
      let call = ProxiedCall(
        number: state.calls.count + 1, connection: connection, functions: functions, count: count,
        at: .now)
      state.calls.append(call)
      return (call, state.decide, state.traffic.delay)
    }
    return (decide?(call), delay)
  }
}
