import Foundation
import Testing

/// The cases of the examples, as their reader would run them.
@Suite struct ExampleCasesTests {
  @Test func `every example does what its cases say`() async throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let ended = try await SwellCommand.run(["test", root.appending(path: "Examples").path])
    #expect(ended.code == 0, "\(ended.output)")
    #expect(ended.output.contains("hello.test.yaml"))
    #expect(ended.output.contains("order_fulfilment.test.yaml"))
  }
}
