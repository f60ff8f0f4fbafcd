import Foundation
import Swell
import SwellTesting
import Testing

/// What definitions can say, from the text to the rows.
@Suite struct LanguageTests {
  private func finish(
    _ stage: Stage, _ yaml: String, input: String = "{}", _ environment: [String: String] = [:]
  ) async throws -> (run: String, worker: WorkerProcess) {
    try await stage.database.apply(yaml)
    let worker = try stage.worker(environment)
    let run = try await stage.enqueue("w", input: input)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    return (run, worker)
  }

  private func output(_ stage: Stage, _ run: String, _ node: String) async throws -> String? {
    try await stage.database.scalar(
      "SELECT state || ' ' || COALESCE(output::text, '') FROM swell.node WHERE run_id = '\(run)' AND node_id = '\(node)' AND item = 0 AND iteration = 0"
    )
  }

  @Test func `expressions are edges, and give values with their types`() async throws {
    let stage = try await Stage()
    let (run, worker) = try await finish(
      stage,
      """
      workflow: w
      nodes:
        total:
          transform: cel
          with: {value: "${{ nodes.order.items.map(i, i.price * i.quantity).sum() }}"}
        order:
          transform: cel
          with:
            value:
              items: ${{ input.items }}
              text: "order ${{ input.id }} of ${{ run.workflow }}"
        charge:
          handler: echo
          input: {amount: "${{ nodes.total }}", order: "${{ nodes.order.text }}", all: "${{ nodes.order.items }}"}
      """,
      input: #"{"id": 7, "items": [{"price": 2.5, "quantity": 2}, {"price": 10, "quantity": 1}]}"#)
    #expect(try await output(stage, run, "total") == "succeeded 15.0")
    #expect(
      try await stage.run(run, "output")
        == #"{"all": [{"price": 2.5, "quantity": 2}, {"price": 10, "quantity": 1}], "order": "order 7 of w", "amount": 15.0}"#
    )
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: [(5, "small"), (5000, "review")])
  func `a branch takes one way, and what nobody leads to is skipped`(
    total: Int, way: String
  ) async throws {
    let stage = try await Stage()
    let (run, worker) = try await finish(
      stage,
      """
      workflow: w
      nodes:
        size:
          branch:
            - when: ${{ input.total > 1000 }}
              then: [review]
            - otherwise: [small]
        review: {handler: noop, then: [after_review]}
        small: {handler: noop}
        after_review: {handler: noop}
        join:
          transform: cel
          with: {value: "${{ has(nodes.review) ? 'review' : 'small' }}"}
        needs_review:
          transform: cel
          with: {value: "${{ nodes.review.ok }}"}
      """, input: "{\"total\": \(total)}")
    #expect(try await output(stage, run, "size") == "succeeded {\"taken\": [\"\(way)\"]}")
    #expect(try await output(stage, run, "join") == "succeeded \"\(way)\"")
    let reviewed = way == "review"
    let states = try await stage.database.query(
      "SELECT node_id, state FROM swell.node WHERE run_id = '\(run)' ORDER BY node_id")
    let byNode = Dictionary(uniqueKeysWithValues: states.map { ($0[0] ?? "", $0[1] ?? "") })
    #expect(byNode["review"] == (reviewed ? "succeeded" : "skipped"))
    #expect(byNode["after_review"] == (reviewed ? "succeeded" : "skipped"))
    #expect(byNode["needs_review"] == (reviewed ? "succeeded" : "skipped"))
    #expect(byNode["small"] == (reviewed ? "skipped" : "succeeded"))
    let error = try await stage.run(run, "error")
    #expect(error == nil)
    #expect(try await stage.states() == ["succeeded": 1])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `when skips, and an expression that fails fails its node with its place`() async throws
  {
    let stage = try await Stage()
    let (run, worker) = try await finish(
      stage,
      """
      workflow: w
      nodes:
        never: {handler: noop, when: "${{ input.n > 5 }}"}
        always: {handler: noop, when: "${{ input.n < 5 }}"}
        broken:
          handler: echo
          optional: true
          input: {x: "${{ 1 / (input.n - 1) }}"}
      """, input: #"{"n": 1}"#)
    #expect(try await output(stage, run, "never") == "skipped ")
    #expect(try await output(stage, run, "always")?.hasPrefix("succeeded") == true)
    #expect(try await stage.node(run, "broken", "state") == "failed")
    #expect(
      try await stage.node(run, "broken", "error ->> 'code'") == "expression_division_by_zero")
    #expect(
      try await stage.node(run, "broken", "error ->> 'message'")?.hasPrefix(
        "input.x, line 1, column")
        == true)
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a fallback and an error handler see what went wrong`() async throws {
    let stage = try await Stage()
    let (run, worker) = try await finish(
      stage,
      """
      workflow: w
      nodes:
        first: {handler: reject, fallback: second}
        second:
          transform: cel
          with: {value: "${{ $primaryError.code }} of ${{ $primaryInput.id }}"}
        third: {handler: reject, needs: [first]}
      onError:
        transform: cel
        with: {value: "${{ $failedNode }}: ${{ $error.kind }} after ${{ nodes.first }}"}
      """, input: #"{"id": 3}"#)
    #expect(try await output(stage, run, "second") == "succeeded \"no_thanks of 3\"")
    #expect(
      try await output(stage, run, "on_error")
        == "succeeded \"third: validation after no_thanks of 3\"")
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `what a skipped node makes ready does not wait for what is in flight`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        slow: {handler: doze, input: {ms: 60000}}
        b: {handler: noop, when: "${{ false }}"}
        c: {handler: effect, needs: b, input: {}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.node WHERE node_id = 'c' AND state = 'succeeded'",
        within: .seconds(20)), "\(worker.log)")
    try await stage.database.query("SELECT swell.cancel('\(run)')")
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a fallback that is skipped has handled nothing`() async throws {
    let stage = try await Stage()
    let (run, worker) = try await finish(
      stage,
      """
      workflow: w
      nodes:
        first: {handler: reject, fallback: second}
        second: {handler: noop, when: "${{ $primaryError.kind == 'timeout' }}"}
      """)
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error ->> 'code'") == "no_thanks")
    #expect(try await output(stage, run, "second") == "skipped ")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a key that is missing is an error, though a node that was skipped was asked for`()
    async throws
  {
    let stage = try await Stage()
    let (run, worker) = try await finish(
      stage,
      """
      workflow: w
      nodes:
        never: {handler: noop, when: "${{ false }}"}
        reader: {handler: echo, input: "${{ has(nodes.never) ? 1 : input.missing }}"}
      """)
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error ->> 'code'") == "expression_no_such_key")
    #expect(try await stage.end([worker]) == [])
  }
}
