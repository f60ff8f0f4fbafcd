import Foundation
import SwellLocal
import SwellTesting
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The life of a private server, and what is left of it.
@Suite struct PrivateServerTests {
  @Test func `a temporary server answers, and leaves nothing behind`() async throws {
    let server = try await PrivateServer.temporary()
    let pid = try #require(server.postmasterPID)
    #expect(!server.adopted)
    #expect(server.ownsServer)
    #expect(try ask(server, "SELECT current_database()") == "swell")
    #expect(try ask(server, "SHOW fsync") == "off")
    #expect(try ask(server, "SHOW listen_addresses") == "")
    #expect(try ask(server, "SHOW server_encoding") == "UTF8")
    #expect(server.url.contains("host=%2Ftmp%2Fswell-"))
    await server.stop()
    #expect(!ProcessTable.isRunning(pid))
    #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
    #expect(!FileManager.default.fileExists(atPath: server.socketDirectory))
  }

  @Test(.enabled(if: geteuid() == 0)) func `under root the server is not root's`() async throws {
    let server = try await PrivateServer.temporary()
    let pid = try #require(server.postmasterPID)
    var status = stat()
    #expect(stat("/proc/\(pid)", &status) == 0)
    #expect(status.st_uid != 0)
    await server.stop()
  }

  @Test func `data outlives a stop and a crash, under the same URL`() async throws {
    let server = try await PrivateServer.temporary()
    let url = server.url
    _ = try ask(server, "CREATE TABLE kept (n int)")
    try await server.restart()
    #expect(try ask(server, "SELECT count(*) FROM kept") == "0")
    try await server.halt(mode: .immediate)
    #expect(server.postmasterPID == nil)
    try await server.startAgain()
    #expect(try ask(server, "SELECT count(*) FROM kept") == "0")
    let pid = try #require(server.postmasterPID)
    kill(pid, SIGKILL)
    let limit = ContinuousClock.now + .seconds(30)
    while server.postmasterPID == pid, ContinuousClock.now < limit {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(server.postmasterPID == nil)
    try await server.startAgain()
    #expect(try ask(server, "SELECT count(*) FROM kept") == "0")
    #expect(server.url == url)
    await server.stop()
  }

  @Test func `a second start adopts, and leaves the server to its owner`() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let options = PrivateServer.Options(
      directory: folder, settings: PrivateServer.fastSettings, keep: true)
    let first = try await PrivateServer.start(options)
    let second = try await PrivateServer.start(options)
    #expect(second.adopted)
    #expect(!second.ownsServer)
    #expect(second.postmasterPID == first.postmasterPID)
    #expect(second.url == first.url)
    await second.stop()
    #expect(first.postmasterPID != nil)
    await first.stop()
    #expect(first.postmasterPID == nil)

    let third = try await PrivateServer.start(options)
    #expect(!third.adopted)
    #expect(third.url == first.url)
    let fourth = try await PrivateServer.start(options)
    await fourth.stop(evenIfAdopted: true)
    #expect(third.postmasterPID == nil)
    try? FileManager.default.removeItem(atPath: third.socketDirectory)
  }

  @Test func `two starts at once make one server`() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let options = PrivateServer.Options(
      directory: folder, settings: PrivateServer.fastSettings, keep: false)
    async let one = PrivateServer.start(options)
    async let other = PrivateServer.start(options)
    let both = try await [one, other]
    #expect(both.filter(\.adopted).count == 1)
    #expect(both.filter(\.ownsServer).count == 1)
    #expect(Set(both.map(\.url)).count == 1)
    for server in both where server.ownsServer { await server.stop() }
    #expect(both.allSatisfy { $0.postmasterPID == nil })
    try? FileManager.default.removeItem(atPath: both[0].socketDirectory)
  }

  @Test func `an owner that is gone leaves the server to the next`() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let options = PrivateServer.Options(
      directory: folder, settings: PrivateServer.fastSettings, keep: false)
    // Dropped without a stop: its lock goes as it goes with a killed process.
    _ = try await PrivateServer.start(options)
    let heir = try await PrivateServer.start(options)
    #expect(heir.adopted)
    #expect(heir.ownsServer)
    await heir.stop()
    #expect(heir.postmasterPID == nil)
    try? FileManager.default.removeItem(atPath: heir.socketDirectory)
  }

  @Test func `a lock file with somebody else's pid stops nobody`() async throws {
    let server = try await PrivateServer.temporary()
    let file = server.dataDirectory + "/postmaster.pid"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try await server.halt()
    // This process is alive, and no server of that cluster.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
    try ("\(getpid())\n" + lines.joined(separator: "\n"))
      .write(toFile: file, atomically: false, encoding: .utf8)
    #expect(server.postmasterPID == nil)
    try await server.startAgain()
    #expect(try ask(server, "SELECT 1") == "1")
    await server.stop()
  }

  @Test func `a setting that is none is refused before anything starts`() async {
    await #expect(throws: PrivateServerError.self) {
      try await PrivateServer.temporary(settings: ["fsync = off\nport": "1"])
    }
    let error = await #expect(throws: PrivateServerError.self) {
      try await PrivateServer.temporary(settings: ["no_such_setting": "1"])
    }
    #expect(error?.code == .start)
    #expect(error?.description.contains("no_such_setting") == true)
  }

  private func temporaryFolder() -> String { "/tmp/swell-test-\(UUID().uuidString)" }

  private func ask(_ server: PrivateServer, _ query: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", server.url, "-c", query]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
