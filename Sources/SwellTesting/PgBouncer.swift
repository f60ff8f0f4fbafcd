import Foundation
import Synchronization

/// A PgBouncer in transaction mode, in front of a PostgreSQL server on a Unix socket.
///
/// Its settings are its defaults where they do not matter: no prepared statements survive a
/// transaction, and neither does anything else of a session.
public final class PgBouncer: Sendable {
  private let folder: String
  private let port = 6432
  private let command: [String]
  private let process: Mutex<Process?> = Mutex(nil)

  /// Where the program is; nil when it is not installed.
  public static let program = [
    "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer",
  ]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

  public struct Unusable: Error, CustomStringConvertible {
    public var description: String
  }

  /// Starts one, and waits until it accepts connections.
  ///
  /// - Parameters:
  ///   - url: of any database of the server; each of them can be reached through it.
  ///   - poolSize: how many connections to one database it keeps.
  public init(inFrontOf url: String, poolSize: Int = 20) async throws {
    guard let program = Self.program else {
      throw Unusable(description: "pgbouncer is not installed: apt-get install pgbouncer")
    }
    let items = URLComponents(string: url)?.queryItems ?? []
    func item(_ name: String) -> String? { items.first { $0.name == name }?.value }
    guard let host = item("host"), host.hasPrefix("/") else {
      throw Unusable(description: "no Unix socket in \(url)")
    }
    var template = Array("/tmp/swell-pooler-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Unusable(description: "no folder under /tmp") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try """
    [databases]
    * = host=\(host) port=\(item("port") ?? "5432")
    [pgbouncer]
    unix_socket_dir = \(folder)
    listen_port = \(port)
    auth_type = trust
    auth_file = \(folder)/users.txt
    pool_mode = transaction
    default_pool_size = \(poolSize)
    max_client_conn = 1000
    server_idle_timeout = 10
    server_login_retry = 1
    logfile = \(folder)/pgbouncer.log
    pidfile = \(folder)/pgbouncer.pid

    """.write(toFile: folder + "/pgbouncer.ini", atomically: false, encoding: .utf8)
    try "\"\(item("user") ?? "swell")\" \"\"\n"
      .write(toFile: folder + "/users.txt", atomically: false, encoding: .utf8)
    var prefix: [String] = []
    if geteuid() == 0 {
      // It refuses to run as root, so it runs as the server's user.
      var status = stat()
      guard stat(host, &status) == 0, status.st_uid != 0 else {
        throw Unusable(description: "there is no server at \(host)")
      }
      prefix = [
        "/usr/bin/setpriv", "--reuid=\(status.st_uid)", "--regid=\(status.st_gid)",
        "--clear-groups", "--",
      ]
      for path in ["", "/pgbouncer.ini", "/users.txt"] {
        chown(folder + path, status.st_uid, status.st_gid)
      }
    }
    command = prefix + [program, "-q", folder + "/pgbouncer.ini"]
    try await startAgain()
  }

  deinit { stop() }

  /// The same database, through this pooler.
  public func url(for url: String) -> String {
    guard var parts = URLComponents(string: url) else { return url }
    var items = (parts.queryItems ?? []).filter { !["host", "port"].contains($0.name) }
    items += [
      URLQueryItem(name: "host", value: folder), URLQueryItem(name: "port", value: "\(port)"),
    ]
    parts.queryItems = items
    return parts.string ?? url
  }

  /// Ends it, as a crash does unless another signal is named; every client loses its connection.
  ///
  /// What has not ended five seconds after a signal is killed.
  public func end(by signal: Int32? = nil) async {
    guard let process = take() else { return }
    kill(process.processIdentifier, signal ?? SIGKILL)
    let end = ContinuousClock.now + .seconds(5)
    while process.isRunning, ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(5))
    }
    Self.finish(process)
  }

  /// Starts it after `end`; the URLs stay the same.
  public func startAgain() async throws {
    let process = try launched()
    ServerAtExit.kill(process.processIdentifier, folder: folder)
    self.process.withLock { $0 = process }
    let end = ContinuousClock.now + .seconds(10)
    while (try? ProxySocket.connected(to: folder + "/.s.PGSQL.\(port)")) == nil {
      guard process.isRunning, ContinuousClock.now < end else {
        throw Unusable(description: "pgbouncer did not start: \(log)")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private func launched() throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    // A thread of the pool blocks signals, and its child would inherit that: SIGTERM and SIGINT
    // would never come.
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
    return process
  }

  private func take() -> Process? {
    process.withLock { process in
      defer { process = nil }
      return process
    }
  }

  private static func finish(_ process: Process) {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    ServerAtExit.forget(process.processIdentifier)
  }

  /// Ends it and removes its folder.
  public func stop() {
    if let process = take() { Self.finish(process) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// What it wrote down of itself.
  public var log: String {
    (try? String(contentsOfFile: folder + "/pgbouncer.log", encoding: .utf8)) ?? ""
  }
}
