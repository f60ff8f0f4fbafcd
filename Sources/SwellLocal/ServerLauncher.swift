import Foundation

/// Makes a cluster, and brings its server up and down. Its callers hold the gate.
struct ServerLauncher: Sendable {
  var place: ServerPlace
  var programs: ServerPrograms
  var settings: [String: String]

  /// The server that runs here and can be reached, once it is ready.
  ///
  /// One that shuts down meanwhile, or whose socket somebody has removed, is no server to adopt;
  /// the latter is stopped.
  func processToAdopt() async -> ServerProcess? {
    let deadline = ContinuousClock.now + .seconds(60)
    while let process = ServerProcess.running(on: place.data) {
      if process.isReady {
        let socket = "\(process.socketFolder)/.s.PGSQL.\(process.port)"
        if FileManager.default.fileExists(atPath: socket) { return process }
        try? await stop(.fast)
        return nil
      }
      guard ContinuousClock.now < deadline,
        (try? await Task.sleep(for: .milliseconds(20))) != nil
      else { return nil }
    }
    return nil
  }

  /// Makes the cluster beside its final place and renames it: a half-made one is never served.
  func initialize() async throws(PrivateServerError) {
    let draft = place.root + "/data.new"
    try? FileManager.default.removeItem(atPath: draft)
    var arguments = [
      "-D", draft, "-U", PrivateServer.superuser, "-E", "UTF8", "--locale=\(Program.locale)",
      "--auth-local=trust", "--auth-host=reject",
    ]
    if settings["fsync"] == "off" { arguments.append("--no-sync") }
    let ending = try await program("initdb", arguments).run(orThrow: .initialization)
    guard ending.succeeded else {
      try? FileManager.default.removeItem(atPath: draft)
      throw PrivateServerError(
        .initialization, "initdb could not make a cluster in \(place.root)", detail: ending.tail)
    }
    do {
      let file = draft + "/postgresql.conf"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      // Not atomically: a replaced file would be this process's, and the server may be another
      // user.
      try (text + "\ninclude_if_exists = '\(place.root)/swell.conf'\n")
        .write(toFile: file, atomically: false, encoding: .utf8)
      try FileManager.default.moveItem(atPath: draft, toPath: place.data)
    } catch {
      throw PrivateServerError(
        .initialization, "cannot finish the cluster in \(place.root)", detail: "\(error)")
    }
  }

  /// Starts the server and waits until it accepts connections.
  func launch() async throws(PrivateServerError) -> ServerProcess {
    await ServerProcess.clearRemains(of: place.data)
    let socketFolder = try place.socketFolder()
    try writeSettings(socketFolder: socketFolder)
    let ending = try await program(
      "pg_ctl", ["start", "-D", place.data, "-l", place.logFile, "-w", "-t", "60", "-s"]
    ).run(orThrow: .start)
    guard ending.succeeded, let process = ServerProcess.running(on: place.data) else {
      await abandon()
      throw PrivateServerError(
        .start, "PostgreSQL did not start in \(place.root)",
        detail: ending.tail + "\n" + place.logTail(lines: 10))
    }
    return process
  }

  /// Stops the server, if there is one, and waits until it is gone.
  func stop(_ mode: PrivateServer.Mode) async throws(PrivateServerError) {
    guard ServerProcess.running(on: place.data) != nil else { return }
    let ending = try await program(
      "pg_ctl", ["stop", "-D", place.data, "-m", mode.rawValue, "-w", "-t", "30", "-s"]
    ).run(orThrow: .stop)
    guard ending.succeeded || ServerProcess.running(on: place.data) == nil else {
      throw PrivateServerError(
        .stop, "PostgreSQL in \(place.root) did not stop", detail: ending.tail)
    }
  }

  /// Takes down what a failed start may have left running.
  func abandon() async {
    try? await stop(.immediate)
  }

  /// Creates the database unless it is there.
  func ensureDatabase(
    _ name: String, process: ServerProcess
  ) async throws(PrivateServerError) {
    let connection = [
      "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", process.socketFolder, "-p", "\(process.port)", "-U",
      PrivateServer.superuser, "-d", "postgres", "-c",
    ]
    let answer = try await program("psql", connection + ["SELECT datname FROM pg_database"])
      .run(orThrow: .database)
    if answer.succeeded, answer.output.split(separator: "\n").contains(Substring(name)) { return }
    let creation = try await program("psql", connection + ["CREATE DATABASE \(name)"])
      .run(orThrow: .database)
    guard creation.succeeded else {
      throw PrivateServerError(
        .database, "cannot create the database \(name)", detail: creation.tail)
    }
  }

  private func writeSettings(socketFolder: String) throws(PrivateServerError) {
    let fixed = [
      "listen_addresses": "", "unix_socket_directories": socketFolder,
      "unix_socket_permissions": "0700", "logging_collector": "off", "log_destination": "stderr",
    ]
    var lines = ["# Written at every start; changes here are lost."]
    for (name, value) in settings.merging(fixed, uniquingKeysWith: { $1 }).sorted(by: <) {
      let known = name.utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
          || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
          || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
      }
      guard known, !name.isEmpty, !value.utf8.contains(where: { $0 < 0x20 }) else {
        throw PrivateServerError(.setting, "\(name) = \(value) is no setting of PostgreSQL")
      }
      let quoted = value.replacing("\\", with: "\\\\").replacing("'", with: "''")
      lines.append("\(name) = '\(quoted)'")
    }
    let file = place.root + "/swell.conf"
    do {
      try lines.joined(separator: "\n").appending("\n")
        .write(toFile: file, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    } catch {
      throw PrivateServerError(.directory, "cannot write \(file)", detail: "\(error)")
    }
  }

  private func program(_ name: String, _ arguments: [String]) -> Program {
    Program(path: programs.path(name), arguments: arguments, user: place.user)
  }
}
