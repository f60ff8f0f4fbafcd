import Foundation
import SwellPostgres
import Synchronization

/// A PostgreSQL server of this test process alone: on a Unix socket in a temporary folder,
/// started when first asked for and stopped when the process ends.
enum ScratchServer {
  private static let folder = Mutex<Result<String, PostgresError>?>(nil)

  /// How to reach it as its superuser.
  static func conninfo() throws -> String {
    "host=\(try socketFolder()) user=postgres dbname=postgres"
  }

  /// Where its socket is.
  static func socketFolder() throws -> String {
    try folder.withLock { folder in
      if let folder { return folder }
      let started = Result { () throws(PostgresError) in try start() }
      folder = started
      return started
    }.get()
  }

  static func configuration(pooled: Bool = false) throws -> PostgresConfiguration {
    PostgresConfiguration(try conninfo(), pooled: pooled)
  }

  private static func start() throws(PostgresError) -> String {
    let folder = "/tmp/swell-pg-\(getpid())"
    let data = "\(folder)/data"
    try run("mkdir -m 700 \(folder)", asServer: false)
    if getuid() == 0 { try run("chown postgres \(folder)", asServer: false) }
    let stop = command("pg_ctl -D \(data) -m immediate stop > /dev/null; rm -rf \(folder)")
    // A watcher outlives a crash of the tests, and of what comes next.
    try spawn("while kill -0 \(getpid()); do sleep 0.2; done 2>/dev/null; \(stop)")
    try run(
      """
      initdb -D \(data) -U postgres -A trust -E UTF8 --locale=C --no-sync > \(folder)/log 2>&1 &&
      echo "default_transaction_isolation = 'serializable'" >> \(data)/postgresql.conf &&
      pg_ctl -D \(data) -w -l \(folder)/log start > /dev/null \
      -o "-c listen_addresses= -k \(folder) -c fsync=off -c max_connections=100"
      """)
    return folder
  }

  private static func command(_ script: String) -> String {
    // The same server as `ServerPrograms` finds: SWELL_PG_BIN decides, then PATH, then the newest.
    let path = """
      PATH=${SWELL_PG_BIN:+$SWELL_PG_BIN:}$PATH:\
      $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV | tr "\\n" :)
      """
    let quoted = "\(path); \(script)".replacingOccurrences(of: "'", with: "'\\''")
    return getuid() == 0
      ? "setpriv --reuid=postgres --regid=postgres --clear-groups sh -c '\(quoted)'"
      : "sh -c '\(quoted)'"
  }

  private static func run(_ script: String, asServer: Bool = true) throws(PostgresError) {
    let process = try spawn(asServer ? command(script) : script)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    if status != 0 { throw PostgresError(code: .connect, "status \(status): \(script)") }
  }

  /// Foundation's `Process` waits for every descendant that keeps a descriptor of it: for the
  /// server, without end.
  @discardableResult
  private static func spawn(_ script: String) throws(PostgresError) -> pid_t {
    // A server must not hold the pipes of whoever runs the tests either.
    let words = ["/bin/sh", "-c", "exec </dev/null >/dev/null 2>&1; cd /; \(script)"]
    var arguments = words.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    arguments.append(nil)
    var process = pid_t()
    let status = posix_spawn(&process, "/bin/sh", nil, nil, arguments, environ)
    if status != 0 { throw PostgresError(code: .connect, "no shell: \(status)") }
    return process
  }
}
