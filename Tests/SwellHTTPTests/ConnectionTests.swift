import Dispatch
import SwellModel
import Synchronization
import Testing

@testable import SwellHTTP

/// How connections are kept, given up and closed.
@Suite struct ConnectionTests {
  @Test func `attempts share a connection`() async throws {
    let server = try await TestServer { _ in .json("1") }
    let trial = try Trial()
    for _ in 0..<10 { _ = try await trial.get(server.url()) }
    _ = try await trial.failureOfGet(server.url(), #", "expect": 404"#)
    _ = try await trial.get(server.url())
    #expect(server.seen.opened == 1)
    await trial.node.shutDown()
    #expect(await server.eventually { $0.closed == 1 })
    await server.stop()
  }

  @Test func `a node that was shut down works again when it is asked`() async throws {
    let server = try await TestServer { _ in .json("1") }
    let trial = try Trial()
    _ = try await trial.get(server.url())
    await trial.node.shutDown()
    #expect(try await trial.get(server.url()) == "1")
    await trial.end(server)
    await trial.node.shutDown()
  }

  @Test func `many at once each get their own answer`() async throws {
    let server = try await TestServer { request in .json(#""\#(request.uri)""#) }
    let trial = try Trial()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          let output = try await trial.get(server.url("/\(number)"))
          #expect(output == #""/\#(number)""#)
        }
      }
      try await group.waitForAll()
    }
    await trial.end(server)
  }

  @Test(arguments: [
    TestServer.Answer.silence,
    .unfinished("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
    .unfinished("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
    .unfinished("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nabc"),
  ])
  func `a cancelled attempt ends at once, and so does its connection`(
    _ answer: TestServer.Answer
  ) async throws {
    let server = try await TestServer { _ in answer }
    let trial = try Trial()
    let task = Task { try await trial.get(server.url()) }
    #expect(await server.eventually { $0.requests.count == 1 })
    let start = ContinuousClock.now
    task.cancel()
    let result = await task.result
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(throws: CancellationError.self) { try result.get() }
    #expect(await server.eventually { $0.closed == 1 })
    await trial.end(server)
  }

  @Test func `an attempt that waits for a name is cancelled at once`() async throws {
    let gate = DispatchSemaphore(value: 0)
    let resolver = HostResolver { _ in
      gate.wait()
      return [IPAddress(bytes: [127, 0, 0, 1])]
    }
    let trial = try Trial(.all, resolver: resolver)
    let server = try await TestServer { _ in .json("1") }
    let other = Task { try await trial.get(server.url(host: "slow.test")) }
    let task = Task { try await trial.get(server.url(host: "slow.test")) }
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
    gate.signal()
    // Who was not cancelled is answered.
    #expect(try await other.value == "1")
    await trial.end(server)
  }

  @Test func `a connection that the server has closed is not used again`() async throws {
    let server = try await TestServer { _ in
      .raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1")
    }
    let trial = try Trial()
    for _ in 0..<5 {
      #expect(try await trial.get(server.url()) == #""1""#)
    }
    #expect(server.seen.opened == 5)
    await trial.end(server)
  }

  @Test func `no connection is kept for a node that nobody has any more`() async throws {
    let server = try await TestServer { _ in .json("1") }
    do {
      let trial = try Trial()
      _ = try await trial.get(server.url())
    }
    #expect(await server.eventually { $0.closed == 1 })
    await server.stop()
  }

  @Test func `an answer that was known is asked for again when it is old or bad`() async throws {
    let answers = SharedAnswers<String, Int>()
    let count = Mutex(0)
    @Sendable func ask() -> (answer: Int, keptFor: Duration) {
      let number = count.withLock { count in
        count += 1
        return count
      }
      return (number, .seconds(60))
    }
    #expect(try await answers.answer(for: "a", ask) == 1)
    #expect(try await answers.answer(for: "a", ask) == 1)
    #expect(try await answers.answer(for: "b", ask) == 2)
    answers.forget("a") { $0 == 7 }
    #expect(try await answers.answer(for: "a", ask) == 1)
    answers.forget("a") { $0 == 1 }
    #expect(try await answers.answer(for: "a", ask) == 3)
    await #expect(throws: NodeError.self) {
      try await answers.answer(for: "c") { throw NodeError(.transport, "away") }
    }
    #expect(try await answers.answer(for: "c", ask) == 4)
  }
}
