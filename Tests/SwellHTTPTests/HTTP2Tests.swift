import NIOCore
import NIOHTTP1
import NIOSSL
import SwellModel
import Testing

@testable import SwellHTTP

/// The same over HTTP/2, which a server offers with its certificate.
@Suite struct HTTP2Tests {
  private struct Stage {
    var channel: any Channel
    var log: TestServer.SharedLog
    var trial: Trial

    init() async throws {
      log = TestServer.SharedLog()
      channel = try await TestStream.serve(
        .makeServerConfiguration(
          certificateChain: try NIOSSLCertificate.fromPEMBytes(
            Array(TestCertificates.server.utf8)
          ).map { .certificate($0) },
          privateKey: .privateKey(
            try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem))),
        log)
      trial = try Trial(
        .all, resolver: HostResolver { _ in [IPAddress(bytes: [127, 0, 0, 1])] })
    }

    func settings(_ path: String, _ more: String = "") -> String {
      let authority = TestCertificates.authority.replacing("\n", with: "\\n")
      let port = channel.localAddress?.port ?? 0
      return
        #"{"url": "https://orders.internal:\#(port)\#(path)", "tls": {"ca": "\#(authority)"}\#(more)}"#
    }

    func end() async throws {
      await trial.node.shutDown()
      try await channel.close().get()
    }
  }

  @Test func `many requests share one connection`() async throws {
    let stage = try await Stage()
    #expect(try await stage.trial.execute(stage.settings("/first"), .source) == #""/first""#)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          let output = try await stage.trial.execute(
            stage.settings("/\(number)", #", "body": {"n": \#(number)}"#))
          #expect(output == #""/\#(number)""#)
        }
      }
      try await group.waitForAll()
    }
    #expect(stage.log.now.opened == 1)
    let posted = stage.log.now.requests.filter { $0.method == "POST" }
    #expect(posted.count == 50)
    #expect(posted.allSatisfy { $0.headers.contains(name: "Idempotency-Key") })
    #expect(posted.allSatisfy { $0.headers["Host"].first?.hasPrefix("orders.internal:") == true })
    try await stage.end()
  }

  @Test func `a cancelled attempt ends at once`() async throws {
    let stage = try await Stage()
    let task = Task { try await stage.trial.execute(stage.settings("/silence"), .source) }
    while stage.log.now.requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    let start = ContinuousClock.now
    task.cancel()
    let result = await task.result
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(throws: CancellationError.self) { try result.get() }
    #expect(try await stage.trial.execute(stage.settings("/next"), .source) == #""/next""#)
    try await stage.end()
  }
}
