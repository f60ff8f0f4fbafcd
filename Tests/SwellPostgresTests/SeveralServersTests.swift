import Foundation
import SwellPostgres
import Testing

/// Connecting to whichever of several servers answers.
@Suite struct SeveralServersTests {
  /// A port at which connections are taken and nothing is ever said, as by a server that hangs, or
  /// behind a cable that was pulled.
  private final class SilentPort {
    let port: UInt16
    private let socket: Int32

    init() throws {
      let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      self.socket = socket
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let listens = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(socket, $0, length) == 0 && listen(socket, 16) == 0
            && getsockname(socket, $0, &length) == 0
        }
      }
      try #require(listens)
      port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }
  }

  /// The folder of the scratch server's socket.
  private static func folder() throws -> String {
    let host = try ScratchServer.conninfo().split(separator: " ").first { $0.hasPrefix("host=") }
    return try String(#require(host).dropFirst(5))
  }

  private static func connect(
    _ hosts: [String], _ ports: [String], _ rest: String = "", user: String = "postgres",
    within limit: Duration = .seconds(8)
  ) async throws -> PostgresConnection {
    try await PostgresConnection.connect(
      PostgresConfiguration(
        "host=\(hosts.joined(separator: ",")) port=\(ports.joined(separator: ",")) \(rest) user=\(user) dbname=postgres"
      ), on: .shared(), within: limit)
  }

  @Test(
    arguments: [[0, 1], [1, 0], [0, 0, 1], [2, 0, 1], [0, 2, 1]],
    [
      "", "target_session_attrs=read-write",
    ])
  func `one that says nothing holds up nobody`(order: [Int], rest: String) async throws {
    let silent = try SilentPort()
    let hosts = ["127.0.0.1", try Self.folder(), "/nowhere"]
    let ports = ["\(silent.port)", "5432", "5432"]
    let connection = try await Self.connect(order.map { hosts[$0] }, order.map { ports[$0] }, rest)
    let rows = try await connection.query(Statement("", "SELECT 1"), within: limit)
    #expect(rows.count == 1)
    await connection.close()
  }

  @Test func `one that refused is asked again while another says nothing`() async throws {
    let silent = try SilentPort()
    let later = FileManager.default.temporaryDirectory.path + "/swell-later-\(getpid())"
    try FileManager.default.createDirectory(atPath: later, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: later) }
    async let connection = Self.connect(
      [later, "127.0.0.1"], ["5432", "\(silent.port)"], within: .seconds(20))
    // sleeps: both were tried, and the first one has refused, when it comes to life
    try await Task.sleep(for: .seconds(1))
    try FileManager.default.createSymbolicLink(
      atPath: later + "/.s.PGSQL.5432",
      withDestinationPath: try Self.folder() + "/.s.PGSQL.5432")
    let made = try await connection
    await made.close()
  }

  @Test func `all that refuse are named`() async throws {
    let error = await failure {
      _ = try await Self.connect(
        ["/nowhere", "/no/where"], ["5432", "5433"], within: .seconds(60))
    }
    #expect(error?.code == .connect)
    #expect(error?.message.contains("/nowhere/.s.PGSQL.5432") == true)
    #expect(error?.message.contains("/no/where/.s.PGSQL.5433") == true)
  }

  @Test(arguments: [[0, 1], [1, 0], [0, 2], [2, 0]])
  func `a refusal that no patience can mend is told, wherever it came from`(order: [Int])
    async throws
  {
    let silent = try SilentPort()
    let hosts = [try Self.folder(), "/nowhere", "127.0.0.1"]
    let ports = ["5432", "5432", "\(silent.port)"]
    let error = await failure {
      _ = try await Self.connect(
        order.map { hosts[$0] }, order.map { ports[$0] }, user: "nobody_at_all", within: .seconds(2)
      )
    }
    #expect(error?.code == .authentication)
    #expect(error?.sqlState == "28000")
  }

  @Test func `while one says nothing the deadline names who refused`() async throws {
    let silent = try SilentPort()
    let error = await failure {
      _ = try await Self.connect(
        ["127.0.0.1", "/nowhere"], ["\(silent.port)", "5432"], within: .seconds(2))
    }
    #expect(error?.code == .deadline)
    #expect(error?.message.contains("/nowhere") == true)
    #expect(error?.message.contains(#"to server at "127.0.0.1", port \#(silent.port)"#) == true)
  }

  @Test(arguments: [1, 2]) func `connect_timeout ends a try`(count: Int) async throws {
    let silent = try SilentPort()
    let error = await failure {
      _ = try await Self.connect(
        Array(repeating: "127.0.0.1", count: count), ["\(silent.port)"], "connect_timeout=1",
        within: .seconds(60))
    }
    #expect(error?.code == .connect)
    #expect(
      error?.message.contains(
        #"no answer within connect_timeout, 2 s, from "127.0.0.1", port \#(silent.port)"#) == true)
  }

  @Test func `a ranking of servers is left to libpq`() async throws {
    let folder = try Self.folder()
    let connection = try await Self.connect(
      ["/nowhere", folder], ["5432"], "target_session_attrs=prefer-standby")
    await connection.close()
  }

  @Test func `a list that does not fit is refused`() async throws {
    let error = await failure {
      _ = try await Self.connect(["/a", "/b", "/c"], ["1", "2"])
    }
    #expect(error?.code == .connect)
    #expect(error?.message.contains("could not match 2 port numbers to 3 hosts") == true)
  }
}
