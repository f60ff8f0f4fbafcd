import SwellCore
import SwellModel
import Testing

/// The circuit of a node that names none and whose kind has one: known once its settings are.
@Suite struct HostCircuitTests {
  private func run(
    _ url: String, _ more: String = "", input: String = #"{"host": "b.internal"}"#,
    failing: [String: Moment?] = [:]
  ) throws -> TestRun {
    let definition = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        a:
          source: http
          with: {url: "\(url)"}
          retry: {strategy: fixed, delay: 1s}
      \(more)
      """)
    var run = TestRun(definition.workflow)
    run.input = Payload(json: input)
    run.board.failing = failing
    run.reload()
    run.turn()
    return run
  }

  private func circuits(_ run: TestRun) -> [String] {
    run.recorded.flatMap(\.circuits).map { "\($0.circuit) \($0.succeeded)" }
  }

  @Test(arguments: [
    ("https://a.internal/x", "http:a.internal"), ("http://A.Internal:80/", "http:a.internal"),
    ("https://a.internal:8443/", "http:a.internal:8443"),
    ("https://${{ input.host }}/x", "http:b.internal"), ("http://[::1]:7/", "http:[::1]:7"),
  ])
  func `requests are under the circuit of their host`(url: String, circuit: String) throws {
    var failed = try run(url)
    failed.fail("a", .transport)
    #expect(circuits(failed) == ["\(circuit) false"])
    var done = try run(url)
    done.succeed("a")
    #expect(circuits(done) == ["\(circuit) true"])
    var refused = try run(url)
    refused.fail("a", .validation)
    #expect(circuits(refused) == [])
  }

  @Test func `while a host is away nothing is sent to it`() throws {
    let open = ["http:b.internal": Optional(Moment(microseconds: 1000))]
    var waiting = try run("https://${{ input.host }}/x", failing: open)
    #expect(waiting.started.isEmpty)
    #expect(waiting.row("a")?.state == .waiting)
    #expect(waiting.row("a")?.error?.text.contains("http:b.internal") == true)
    waiting.claim(at: waiting.givenBack?.due)
    #expect(waiting.started.map(\.probe) == ["http:b.internal"])
    waiting.end(("a", .notTried))
    #expect(waiting.row("a")?.error?.text.contains("http:b.internal") == true)
    #expect(circuits(waiting) == [])
    let other = try run("https://a.internal/", failing: open)
    #expect(other.started.map(\.probe) == [nil])
    let failed = try run("https://b.internal/", "    whenOpen: fail", failing: open)
    #expect(failed.row("a")?.state == .failed)
  }

  @Test func `a circuit of one's own is kept, and none is none`() throws {
    let open = [
      "http:b.internal": Optional(Moment(microseconds: 1000)),
      "api": Optional(Moment(microseconds: 0)),
    ]
    let own = try run("https://b.internal/", "    circuit: api", failing: open)
    #expect(own.started.map(\.probe) == ["api"])
    var none = try run("https://b.internal/", "    circuit: none", failing: open)
    #expect(none.started.map(\.probe) == [nil])
    none.fail("a", .transport)
    #expect(circuits(none) == [])
  }

  @Test func `each item is under the circuit of its own host`() throws {
    var run = try run(
      "https://${{ item }}/", #"    map: {over: "${{ input.hosts }}"}"#,
      input: #"{"hosts": ["a.b", "c.d:81"]}"#)
    #expect(run.inFlight.count == 2)
    for execution in run.inFlight {
      run.settle(execution.node, .failure(NodeError(.transport, "away")))
    }
    run.turn()
    #expect(circuits(run).sorted() == ["http:a.b false", "http:c.d:81 false"])
  }

  @Test func `an address that is none has no circuit`() throws {
    var run = try run("${{ input.host }}")
    #expect(run.started.map(\.probe) == [nil])
    run.fail("a", .transport)
    #expect(circuits(run) == [])
  }
}
