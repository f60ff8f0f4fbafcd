import Foundation
import SwellLocal
import SwellTesting

/// A scene's server and a streaming standby of it.
struct ReplicaPair: Sendable {
  let primary: PrivateServer
  let standby: PrivateServer

  /// What a worker is given: both, and whichever of them accepts writes.
  var url: String { url(primaryAt: primary.socketDirectory) }

  /// - Parameter folder: where the primary is reached, such as through a proxy.
  func url(primaryAt folder: String) -> String {
    """
    host=\(folder),\(standby.socketDirectory) port=\(primary.port),\(standby.port) \
    dbname=swell user=swell target_session_attrs=read-write
    """
  }

  /// Copies the scene's server and starts the copy as its standby; from now on the scene reaches
  /// whichever of the two accepts writes.
  ///
  /// - Parameter proxy: what the standby receives through, to be behind when it stalls.
  static func make(on scene: ChaosScene, through proxy: FaultProxy? = nil) async throws
    -> ReplicaPair
  {
    let primary = scene.server
    var template = Array("/tmp/swell-standby-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(description: "no folder under /tmp") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    scene.atEnd { try? FileManager.default.removeItem(atPath: folder) }
    try copy(primary, into: folder, from: proxy?.folder ?? primary.socketDirectory)
    let standby = try await PrivateServer.start(
      PrivateServer.Options(directory: folder, settings: ChaosScene.settings, keep: false))
    scene.atEnd { await standby.stop(mode: .immediate) }
    let pair = ReplicaPair(primary: primary, standby: standby)
    let admin = PatientConnection(primary.url)
    let streams = try await admin.eventually(
      "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'")
    guard streams else { throw Failure(description: "the standby does not stream") }
    await admin.close()
    await scene.database.redirect(to: pair.url)
    return pair
  }

  /// From now on the primary acknowledges only what the standby has.
  func makeSynchronous() async throws {
    let admin = PatientConnection(primary.url)
    try await admin.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    try await admin.query("SELECT pg_reload_conf()")
    let isSynchronous = try await admin.eventually(
      "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
    await admin.close()
    guard isSynchronous else { throw Failure(description: "the standby is not synchronous") }
  }

  /// Kills the primary's postmaster, as the end of its machine does.
  func killPrimary() {
    if let pid = primary.postmasterPID { kill(pid, SIGKILL) }
  }

  /// Makes the standby the primary.
  func promote() async throws {
    let admin = PatientConnection(standby.url)
    try await admin.query("SELECT pg_promote(true, 30)")
    await admin.close()
  }

  /// Brings the old primary back at its old address, as a standby of the new one.
  func rejoin() async throws {
    try? await primary.halt(mode: .immediate)
    try FileManager.default.removeItem(atPath: primary.dataDirectory)
    let root = URL(fileURLWithPath: primary.dataDirectory).deletingLastPathComponent().path
    try Self.copy(standby, into: root, from: standby.socketDirectory)
    try await primary.startAgain()
  }

  private static func copy(
    _ server: PrivateServer, into folder: String, from host: String
  ) throws {
    guard let pid = server.postmasterPID,
      let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
    else { throw ChaosSkip("where the server's programs are is known on Linux only") }
    let programs = URL(fileURLWithPath: program).deletingLastPathComponent().path
    guard FileManager.default.isExecutableFile(atPath: programs + "/pg_basebackup") else {
      throw ChaosSkip("there is no pg_basebackup in \(programs)")
    }
    var prefix: [String] = []
    if geteuid() == 0 {
      var status = stat()
      guard stat(server.dataDirectory, &status) == 0 else {
        throw Failure(description: "there is no server in \(server.dataDirectory)")
      }
      chown(folder, status.st_uid, status.st_gid)
      prefix = [
        "/usr/bin/setpriv", "--reuid=\(status.st_uid)", "--regid=\(status.st_gid)",
        "--clear-groups", "--",
      ]
    }
    try run(
      prefix + [
        programs + "/pg_basebackup", "-D", folder + "/data", "-X", "stream", "-c", "fast", "-R",
        "--no-sync", "-d",
        "host=\(host) port=\(server.port) user=swell application_name=standby",
      ])
    // The copy's settings are those of its own folder.
    let file = folder + "/data/postgresql.conf"
    let root = URL(fileURLWithPath: server.dataDirectory).deletingLastPathComponent().path
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacingOccurrences(of: root + "/", with: folder + "/")
      .write(toFile: file, atomically: false, encoding: .utf8)
  }

  private static func run(_ command: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = FileHandle.nullDevice
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: String(decoding: said, as: UTF8.self))
    }
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }
}
