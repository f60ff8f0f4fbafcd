import SwellCore
import SwellModel
import Testing

/// A run whose output does not fit its workflow's schema fails once all of it has ended well.
@Suite struct OutputSchemaTests {
  private func workflow(
    _ nodes: [Workflow.Sketch], onError: [String] = [], _ schema: String
  ) throws -> Workflow {
    var workflow = Workflow.sketch(nodes, onError: onError)
    workflow.outputSchema = try JSONSchema(JSONValue.parse(Array(schema.utf8)))
    return workflow
  }

  @Test func `an output that fits ends the run as any other`() throws {
    var run = TestRun.begun(try workflow([.init("a")], #"{"type": "string"}"#))
    run.succeed("a")
    #expect(run.end?.state == .succeeded)
    #expect(run.end?.output?.text == "\"a\"")
  }

  @Test func `an output that does not fit fails the run, with the place`() throws {
    var run = TestRun.begun(
      try workflow([.init("a"), .init("b")], #"{"properties": {"b": {"type": "number"}}}"#))
    run.succeed("a")
    #expect(run.end == nil)
    run.succeed("b")
    #expect(run.end?.state == .failed)
    #expect(run.end?.output == nil)
    #expect(run.error?["kind"]?.string == "marshaling")
    #expect(run.error?["code"]?.string == "output_mismatch")
    #expect(
      run.error?["message"]?.string
        == "the output of the run does not fit the schema of its workflow: "
        + "at /b: must be a number, and is a string")
    #expect(run.row("a")?.state == .succeeded && run.row("b")?.state == .succeeded)
  }

  @Test func `onError runs, and what it does changes nothing`() throws {
    for ending in ["succeeds", "fails"] {
      var run = TestRun.begun(
        try workflow(
          [.init("a"), .init("h"), .init("i", needs: ["h"])], onError: ["h", "i"], "false"))
      run.succeed("a")
      #expect(run.flying == ["h"])
      #expect(run.input("h")?["$error"]?["code"]?.string == "output_mismatch")
      #expect(run.input("h")?["$failedNode"] == .null)
      if ending == "succeeds" {
        run.succeed("h")
        run.succeed("i")
      } else {
        run.fail("h")
        if run.flying == ["i"] { run.succeed("i") }
      }
      #expect(run.end?.state == .failed)
      #expect(run.error?["code"]?.string == "output_mismatch")
    }
  }

  @Test func `whoever takes the run over comes to the same verdict`() throws {
    var run = TestRun.begun(
      try workflow(
        [.init("a"), .init("h"), .init("i", needs: ["h"])], onError: ["h", "i"], "false"))
    run.succeed("a")
    run.crash()
    #expect(run.flying == ["h"])
    run.succeed("h")
    run.crash()
    #expect(run.flying == ["i"])
    run.succeed("i")
    #expect(run.end?.state == .failed)
    #expect(run.error?["code"]?.string == "output_mismatch")
    #expect(run.store.refusals.isEmpty)
  }

  @Test func `a run that fails anyway is not judged`() throws {
    var run = TestRun.begun(try workflow([.init("a")], "false"))
    run.fail("a")
    #expect(run.error?["message"]?.string == "a")
  }

  @Test func `what was cancelled while its handlers ran has failed all the same`() throws {
    var run = TestRun.begun(
      try workflow([.init("a"), .init("h")], onError: ["h"], "false"))
    run.succeed("a")
    run.cancel()
    run.end(("h", .failure(NodeError(.cancelled, "stopped"))))
    #expect(run.end?.state == .failed)
    #expect(run.error?["code"]?.string == "output_mismatch")
  }

  @Test func `a cancel or a deadline that comes with the takeover changes no verdict`() throws {
    for isCancelled in [true, false] {
      var run = TestRun.begun(
        try workflow(
          [.init("a"), .init("h"), .init("i", needs: ["h"])], onError: ["h", "i"], "false"),
        deadline: Moment(microseconds: 10_000_000))
      run.succeed("a")
      run.succeed("h")
      if isCancelled {
        run.store.cancel = RunState.CancelRequest(by: "ann", reason: nil)
      } else {
        run.now = Moment(microseconds: 20_000_000)
      }
      run.crash()
      if run.flying == ["i"] { run.succeed("i") }
      #expect(run.end?.state == .failed)
      #expect(run.error?["code"]?.string == "output_mismatch")
    }
  }

  @Test
  func `a child is judged by its input when it is loaded, others were when they were enqueued`()
    throws
  {
    var child = Workflow.sketch([.init("a"), .init("h")], onError: ["h"])
    child.inputSchema = try JSONSchema(JSONValue.parse(Array("false".utf8)))
    let compiled = CompiledWorkflow(child, version: 1)
    for depth in [0, 1] {
      var state = RunState(
        compiled, input: .emptyObject, deadline: nil, wave: 0, crashes: 0, losses: [], cancel: nil,
        stored: [], facts: RunFacts(depth: depth))
      #expect(state.isEnding == (depth == 1))
      var changes = Changes()
      state.advance(now: Moment(microseconds: 1), changes: &changes)
      #expect(state.due.map { child.nodes[$0].id } == (depth == 1 ? ["h"] : ["a"]))
    }
  }

  @Test func `a run of skipped nodes has an output, too`() throws {
    var run = TestRun.begun(
      try workflow(
        [.init("a", optional: true), .init("b", needs: ["a"])], #"{"type": "string"}"#))
    run.fail("a")
    #expect(run.end?.state == .failed)
    #expect(run.error?["code"]?.string == "output_mismatch")
  }
}
