import NIOHTTP1
import SwellModel
import Synchronization
import Testing

@testable import SwellHTTP

/// What a worker does not reach for anybody, however it is asked.
@Suite struct PrivateHostTests {
  @Test(arguments: [
    "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
    "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:a9fe:a9fe", "64:ff9b::a00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1",
    "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
  ])
  func `an address beyond the Internet is none of it`(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(!PublicNetwork.contains(address))
    #expect(!PrivateHosts.none.allow(address, of: "a.example"))
    #expect(PrivateHosts.all.allow(address, of: "a.example"))
  }

  @Test(arguments: [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.1.1.1",
    "169.253.1.1", "172.15.255.255", "172.32.0.0", "192.167.1.1", "192.169.0.0", "198.17.1.1",
    "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:4860::8888",
    "64:ff9b::808:808", "::ffff:8.8.8.8",
  ])
  func `an address of the Internet is`(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(PublicNetwork.contains(address))
  }

  @Test(arguments: [
    ("10.1.0.0/16", "10.1.2.3", "a", true), ("10.1.0.0/16", "10.2.0.1", "a", false),
    ("10.0.0.128/25", "10.0.0.127", "a", false), ("10.0.0.128/25", "10.0.0.128", "a", true),
    ("10.1.2.3", "10.1.2.3", "a", true), ("10.1.2.3", "10.1.2.4", "a", false),
    ("10.0.0.0/8", "::ffff:10.1.1.1", "a", true), ("::1", "::1", "a", true),
    ("[::1]", "::1", "a", true), ("fd00::/8", "fd01::5", "a", true),
    ("0.0.0.0/0", "::1", "a", false),
    ("orders.internal", "10.1.1.1", "orders.internal", true),
    ("Orders.Internal", "10.1.1.1", "orders.internal", true),
    ("orders.internal", "10.1.1.1", "other.internal", false),
    ("*.internal", "10.1.1.1", "a.b.internal", true),
    ("*.internal", "10.1.1.1", "internal", false), ("*.internal", "10.1.1.1", "xinternal", false),
    ("localhost", "127.0.0.1", "localhost", true), ("all", "127.0.0.1", "a", true),
  ])
  func `an entry allows what it says`(
    entry: String, address: String, host: String, isAllowed: Bool
  ) throws {
    let hosts = try PrivateHosts(["unrelated.example", entry])
    #expect(hosts.allow(try #require(IPAddress(address)), of: host) == isAllowed)
  }

  @Test(arguments: [
    "", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "http://a/", "a:80", "a b", "*", "*.", "*a",
    "a..b",
    "10.0.0.0/8/8", "/8", "a,b",
  ])
  func `an entry that means nothing is refused`(_ entry: String) {
    #expect(throws: PrivateHosts.Problem.self) { try PrivateHosts([entry]) }
  }

  @Test(arguments: [
    "127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "LOCALHOST", "localhost.",
  ])
  func `a server of this machine is refused, however it is named`(_ host: String) async throws {
    let server = try await TestServer { _ in .text("inside") }
    let trial = try Trial(PrivateHosts.none)
    let error = try await trial.failureOfGet(server.url(host: host))
    // Some systems do not know the odd ones at all.
    #expect(
      ["private_host", "host_not_found", "dns_failed", "invalid_url"].contains(error.code),
      "\(error)")
    if error.code == "private_host" {
      #expect(error.kind == .other)
      #expect(error.message.contains("--allow-private-hosts"))
    }
    #expect(server.seen.opened == 0)
    await trial.end(server)
  }

  @Test func `a host that is allowed is asked`() async throws {
    let server = try await TestServer { _ in .text("inside") }
    for entries in [["127.0.0.0/8"], ["127.0.0.1"], ["all"]] {
      let trial = try Trial(try PrivateHosts(entries))
      #expect(try await trial.get(server.url()) == #""inside""#)
      await trial.end()
    }
    let named = try Trial(try PrivateHosts(["localhost"]))
    #expect(try await named.get(server.url(host: "localhost")) == #""inside""#)
    #expect(try await named.failureOfGet(server.url()).code == "private_host")
    await named.end(server)
  }

  @Test func `a redirect leads to no private host`() async throws {
    let inside = try await TestServer { _ in .text("inside") }
    let outside = try await TestServer { request in
      .redirect(
        302, request.uri == "/name" ? "http://inside.test:\(inside.port)/" : inside.url("/"))
    }
    let trial = try Trial(
      try PrivateHosts(["outside.test"]),
      resolver: HostResolver { _ in [IPAddress(bytes: [127, 0, 0, 1])] })
    for path in ["/address", "/name"] {
      let error = try await trial.failureOfGet(outside.url(path, host: "outside.test"))
      #expect(error.code == "private_host", "\(error)")
    }
    #expect(inside.seen.opened == 0)
    #expect(outside.requests.count == 2)
    await trial.end(inside, outside)
  }

  @Test func `the connection goes to the address that was checked`() async throws {
    // The name says something else each time it is asked, as who means harm has it say.
    let server = try await TestServer { request in
      .text("to \(request.headers["Host"].first ?? "")")
    }
    let asked = Mutex(0)
    let resolver = HostResolver { _ in
      asked.withLock { $0 += 1 }
      return [IPAddress(bytes: [127, 0, 0, 1])]
    }
    // No other resolver knows this name, so nobody else was asked.
    let trial = try Trial(try PrivateHosts(["127.0.0.1"]), resolver: resolver)
    #expect(
      try await trial.get(server.url(host: "rebound.invalid"))
        == #""to rebound.invalid:\#(server.port)""#)
    #expect(asked.withLock { $0 } == 1)
    await trial.end(server)
  }

  @Test func `of several addresses only those that are allowed are tried`() async throws {
    let server = try await TestServer(host: "127.0.0.2") { _ in .text("two") }
    let resolver = HostResolver { _ in
      ["127.0.0.1", "127.0.0.2"].compactMap { IPAddress($0) }
    }
    let trial = try Trial(try PrivateHosts(["127.0.0.2"]), resolver: resolver)
    #expect(try await trial.get(server.url(host: "several.test")) == #""two""#)
    await trial.end(server)
  }

  @Test func `where nobody is at the first address, the next one is tried`() async throws {
    let server = try await TestServer(host: "127.0.0.2") { _ in .text("two") }
    let resolver = HostResolver { _ in
      ["127.0.0.1", "127.0.0.2"].compactMap { IPAddress($0) }
    }
    let trial = try Trial(.all, resolver: resolver)
    for _ in 0..<3 {
      #expect(try await trial.get(server.url(host: "several.test")) == #""two""#)
    }
    #expect(server.seen.opened == 1)
    await trial.end(server)
  }

  @Test(arguments: ["127.0.0.1", "::1", "fe80::1", "1.2.3.4", "2001:db8::ff"])
  func `an address is written as it is read`(_ text: String) {
    #expect(IPAddress(text)?.description == text)
  }

  @Test(arguments: ["127.1", "1.2.3", "0x7f.0.0.1", "fe80::1%eth0", "[::1]", "", "a", "1.2.3.4.5"])
  func `what is no usual notation is no address`(_ text: String) {
    #expect(IPAddress(text) == nil)
  }
}
