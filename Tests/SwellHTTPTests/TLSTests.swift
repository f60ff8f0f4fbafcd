import Foundation
import NIOHTTP1
import NIOSSL
import SwellModel
import Testing

@testable import SwellHTTP

/// Whom a request trusts, and as whom it comes.
@Suite struct TLSTests {
  private func configuration(wantsClient: Bool = false) throws -> TLSConfiguration {
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.server.utf8))
        .map { .certificate($0) },
      privateKey: .privateKey(
        try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)))
    if wantsClient {
      tls.certificateVerification = .noHostnameVerification
      tls.trustRoots = .certificates(
        try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8)))
    }
    return tls
  }

  private func server(wantsClient: Bool = false) async throws -> TestServer {
    try await TestServer(tls: try configuration(wantsClient: wantsClient)) { request in
      .json(#"{"host": "\#(request.headers["Host"].first ?? "")"}"#)
    }
  }

  private func trial(root: String? = nil) throws -> Trial {
    try Trial(
      .all, root: root,
      resolver: HostResolver { _ in [IPAddress(bytes: [127, 0, 0, 1])] })
  }

  private func settings(
    _ server: TestServer, host: String = "orders.internal", _ tls: [String: String]
  ) throws -> String {
    let tls = String(decoding: try JSONEncoder().encode(tls), as: UTF8.self)
    return #"{"url": "\#(server.url(host: host, scheme: "https"))", "tls": \#(tls)}"#
  }

  @Test func `a server whose authority is named is trusted, under its own name`() async throws {
    let server = try await server()
    let trial = try trial()
    let trusted = ["ca": TestCertificates.authority]
    let output = try await trial.execute(try settings(server, trusted), .source)
    #expect(output == #"{"host": "orders.internal:\#(server.port)"}"#)
    let error = try await trial.failure(
      try settings(server, host: "other.internal", trusted), .source)
    #expect(error.kind == .transport)
    #expect(error.code == "tls_failed")
    #expect(error.message.contains("another name"), "\(error) \(error.causes)")
    await trial.end(server)
  }

  @Test func `a server that nobody vouches for is not`() async throws {
    let server = try await server()
    let trial = try trial()
    for tls in [[:], ["ca": TestCertificates.stranger]] {
      let error = try await trial.failure(try settings(server, tls), .source)
      #expect(error.kind == .transport)
      #expect(error.code == "tls_failed")
      #expect(error.message.contains("tls.ca"), "\(error) \(error.causes)")
    }
    #expect(server.requests.isEmpty)
    await trial.end(server)
  }

  @Test func `a connection of one identity is not used by another`() async throws {
    let server = try await server()
    let trial = try trial()
    _ = try await trial.execute(
      try settings(server, ["ca": TestCertificates.authority]), .source)
    #expect(try await trial.failure(try settings(server, [:]), .source).code == "tls_failed")
    await trial.end(server)
  }

  @Test func `a client shows its certificate`() async throws {
    let server = try await server(wantsClient: true)
    let trial = try trial()
    var tls = ["ca": TestCertificates.authority]
    let error = try await trial.failure(try settings(server, tls), .source)
    #expect(error.kind == .transport)
    #expect(error.code == "tls_failed", "\(error) \(error.causes)")
    #expect(error.message.contains("tls.certificate"), "\(error) \(error.causes)")
    tls["certificate"] = TestCertificates.client
    tls["key"] = TestCertificates.clientKey
    #expect(try await trial.execute(try settings(server, tls), .source).contains("orders"))
    await trial.end(server)
  }

  @Test func `another host does not see it`() async throws {
    let other = try await server(wantsClient: true)
    let home = try await TestServer(tls: try configuration(wantsClient: true)) { _ in
      .redirect(307, other.url("/", host: "orders.internal", scheme: "https"))
    }
    let trial = try trial()
    let tls = [
      "ca": TestCertificates.authority, "certificate": TestCertificates.client,
      "key": TestCertificates.clientKey,
    ]
    let error = try await trial.failure(try settings(home, tls), .source)
    #expect(error.code == "tls_failed")
    #expect(error.context.metadata["url"]?.contains(":\(other.port)/") == true)
    #expect(home.requests.count == 1)
    #expect(other.requests.isEmpty)
    await trial.end(home, other)
  }

  @Test func `files are those of the worker's folder`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "root-\(UUID())")
    let inner = folder.appending(path: "root/tls")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(TestCertificates.authority.utf8).write(to: inner.appending(path: "ca.pem"))
    try Data(TestCertificates.authority.utf8).write(to: folder.appending(path: "ca.pem"))
    try FileManager.default.createSymbolicLink(
      at: inner.appending(path: "link.pem"), withDestinationURL: folder.appending(path: "ca.pem"))
    try Data("no certificate".utf8).write(to: inner.appending(path: "text.pem"))
    let server = try await server()
    let root = folder.appending(path: "root").path
    let trial = try trial(root: root)
    for path in ["tls/ca.pem", "\(root)/tls/ca.pem", "tls/../tls/ca.pem"] {
      #expect(
        try await trial.execute(try settings(server, ["ca": path]), .source).contains("orders"))
    }
    for (path, code) in [
      ("../ca.pem", "outside_root"), ("/etc/passwd", "outside_root"),
      ("tls/link.pem", "outside_root"), ("tls/none.pem", "no_tls_file"), ("tls", "no_tls_file"),
      ("tls/text.pem", "invalid_tls"),
    ] {
      let error = try await trial.failure(try settings(server, ["ca": path]), .source)
      #expect(error.code == code, "\(path): \(error)")
      #expect(!error.kind.isRetryable)
    }
    await trial.end(server)
  }

  @Test func `half an identity is none, and a key is shown to nobody`() async throws {
    let trial = try Trial()
    for tls in [
      ["certificate": TestCertificates.client], ["key": TestCertificates.clientKey],
      ["certificate": TestCertificates.client, "key": TestCertificates.client],
      ["certificate": TestCertificates.clientKey, "key": TestCertificates.clientKey],
    ] {
      let text = String(decoding: try JSONEncoder().encode(tls), as: UTF8.self)
      let error = try await trial.failure(
        #"{"url": "https://127.0.0.1/", "tls": \#(text)}"#, .source)
      #expect(error.code == "invalid_tls")
      #expect(!error.encoded().text.contains("BEGIN"))
    }
    await trial.end()
  }

  @Test func `a redirect from https to http is not followed`() async throws {
    let plain = try await TestServer { _ in .text("plain") }
    let server = try await TestServer(tls: try configuration()) { _ in
      .redirect(302, plain.url("/"))
    }
    let trial = try trial()
    let error = try await trial.failure(
      try settings(server, ["ca": TestCertificates.authority]), .source)
    #expect(error.code == "redirect_downgrade")
    #expect(plain.requests.isEmpty)
    await trial.end(server, plain)
  }
}
